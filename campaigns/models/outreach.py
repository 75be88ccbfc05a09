"""Outreach beside e-mail: press, broadcast, posts and advocacy, with reach and evidence."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.tokens import new_token


class OutreachActivityQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OutreachActivityQuerySet":
        """Return the activities `user` may see in the back office: all of them, or none."""
        return self if user.has_perm("campaigns.view_outreachactivity") else self.none()


class OutreachActivity(models.Model):
    """Something done in public for a campaign."""

    class Kind(models.TextChoices):
        PRESS_RELEASE = "press_release", _("press release")
        INTERVIEW = "interview", _("interview")
        BROADCAST = "broadcast", _("broadcast")
        POST = "post", _("post")
        COVERAGE = "coverage", _("coverage")
        ADVOCACY = "advocacy", _("advocacy step")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        on_delete=models.PROTECT,
        related_name="outreach",
        verbose_name=_("campaign"),
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("date"))
    language = models.CharField(_("language"), max_length=12, default="en")
    area = models.ForeignKey(
        "indicators.Area",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outreach",
        verbose_name=_("area"),
    )
    node = models.ForeignKey(
        "indicators.FrameworkNode",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outreach",
        verbose_name=_("objective it serves"),
    )
    outlet = models.ForeignKey(
        "engagement.Organisation",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="outreach",
        verbose_name=_("outlet or partner"),
    )
    summary = models.TextField(_("what was done"), blank=True)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    reach = models.PositiveBigIntegerField(
        _("people reached"), null=True, blank=True, help_text=_("Leave blank if nobody counted.")
    )
    reach_source = models.CharField(
        _("who says so"),
        max_length=200,
        blank=True,
        help_text=_("Required with a reach, for example: stated by the outlet."),
    )
    evidence = models.TextField(_("evidence"), blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False, editable=False)

    objects = OutreachActivityQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("outreach activity")
        verbose_name_plural = _("outreach activities")
        ordering = ["-held_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reach__isnull=True) | ~models.Q(reach_source=""),
                name="outreach_reach_has_a_source",
                violation_error_message=_("Say who counted the people reached."),
            )
        ]

    def __str__(self) -> str:
        return self.title
