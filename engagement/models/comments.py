"""What was said about a measure's wording, and the published answer to it."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.models.drafts import ProvisionText
from engagement.registry.visibility import scope
from indicators.tokens import new_token


class CommentQuerySet(models.QuerySet):
    def received(self):
        """Those that were really made: their address was confirmed, and not taken back."""
        return self.exclude(state__in=[Comment.State.UNCONFIRMED, Comment.State.WITHDRAWN])

    def published(self):
        """Those whose words the public page shows."""
        return self.filter(state__in=[Comment.State.SUBMITTED, Comment.State.ANSWERED])

    def unanswered(self):
        """Those that keep a consultation open."""
        return self.filter(state=Comment.State.SUBMITTED)

    def visible_to(self, user, *, on: date | None = None):
        """For the back office: all, or those from the user's own areas and bodies, or none."""
        allowed = scope(user, "engagement.view_comment", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        return self.filter(
            Q(area__in=allowed.areas)
            | Q(organisation__body__in=allowed.bodies)
            | Q(organisation__in=allowed.organisations)
            | Q(post__body__in=allowed.bodies)
        ).distinct()


class Comment(models.Model):
    """A remark on the wording of one provision."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("awaiting confirmation by e-mail")
        SUBMITTED = "submitted", _("awaiting an answer")
        ANSWERED = "answered", _("answered")
        HIDDEN = "hidden", _("hidden")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Source(models.TextChoices):
        WEB = "web", _("web")
        MAIL = "mail", _("mail")
        ROOM = "room", _("in the room")

    text = models.ForeignKey(
        ProvisionText, models.PROTECT, related_name="comments", verbose_name=_("wording")
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    quote = models.TextField(_("words it is about"), blank=True)
    body = models.TextField(_("comment"))
    proposed_wording = models.TextField(_("proposed wording"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    name = models.CharField(_("name"), max_length=200)
    show_name = models.BooleanField(_("publish the name"), default=False)
    address = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    person = models.ForeignKey(
        "engagement.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("author"),
    )
    post = models.ForeignKey(
        "engagement.Post",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("post"),
    )
    organisation = models.ForeignKey(
        "engagement.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("organisation"),
    )
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    source = models.CharField(_("source"), max_length=4, choices=Source, default=Source.WEB)
    state = models.CharField(
        _("state"), max_length=11, choices=State, default=State.UNCONFIRMED, db_index=True
    )
    submitted_at = models.DateTimeField(_("made"))
    idempotency_key = models.CharField(max_length=40, blank=True, editable=False)
    consent_version = models.CharField(
        _("version of the consent wording"), max_length=40, blank=True
    )
    hidden_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_rule = models.CharField(_("rule it breaks"), max_length=200, blank=True)
    appeal = models.TextField(_("appeal"), blank=True)
    entered_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_demonstration = models.BooleanField(_("demonstration"), default=False)

    objects = CommentQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["idempotency_key", "token"])

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["submitted_at", "pk"]
        permissions = [("hide_comment", "Can hide a comment")]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="comment_once_per_form",
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(hidden_rule=""),
                name="comment_hidden_by_a_rule",
                violation_error_message=_("Name the rule the comment breaks."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("engagement:comment", args=[self.token])

    @property
    def author(self) -> str:
        """The name as published: empty when the person did not agree to publish it."""
        return self.name if self.show_name else ""


class Disposition(models.Model):
    """The published answer to a comment."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("accepted in part")
        NOTED = "noted", _("noted")
        NOT_ACCEPTED = "not_accepted", _("not accepted")
        OUT_OF_SCOPE = "out_of_scope", _("out of scope")

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="disposition")
    outcome = models.CharField(_("answer"), max_length=12, choices=Outcome)
    reason = models.TextField(_("reason"))
    resulting_text = models.TextField(_("resulting text"), blank=True)
    by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.comment}"
