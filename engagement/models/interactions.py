"""What happened with a stakeholder. Written by our own applications and by staff; append-only."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.models.appendonly import AppendOnlyModel
from engagement.registry.visibility import InteractionQuerySet
from indicators.tokens import new_token


class Interaction(AppendOnlyModel):
    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting")
        CALL = "call", _("telephone call")
        LETTER = "letter", _("letter")
        EMAIL = "email", _("e-mail")
        MAILING = "mailing", _("mailing")
        EVENT = "event", _("consultation event")
        SURVEY = "survey", _("survey")
        COMMENT = "comment", _("comment on a draft")
        SUBMISSION = "submission", _("submitted values")
        MEDIA = "media", _("media work")
        NOTE = "note", _("remark")

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("when"))
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"), blank=True)
    source = models.CharField(
        _("source"),
        max_length=200,
        blank=True,
        help_text=_("In words, such as campaigns.mailing:have-your-say."),
    )
    people = models.ManyToManyField(
        "engagement.Person", related_name="interactions", verbose_name=_("people"), blank=True
    )
    organisations = models.ManyToManyField(
        "engagement.Organisation",
        related_name="interactions",
        verbose_name=_("organisations"),
        blank=True,
    )
    posts = models.ManyToManyField(
        "engagement.Post", related_name="interactions", verbose_name=_("posts"), blank=True
    )
    recorded_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at"], name="interaction_at_idx")]

    def __str__(self) -> str:
        return self.subject
