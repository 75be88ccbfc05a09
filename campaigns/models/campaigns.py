"""A campaign: an outreach effort with objectives in the plan."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.tokens import new_token


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CampaignQuerySet":
        """Return the campaigns `user` may see in the back office: all of them, or none."""
        return self if user.has_perm("campaigns.view_campaign") else self.none()


class Campaign(models.Model):
    """The whole effort: its mailings, media and advocacy work, surveys and events."""

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    slug = models.SlugField(_("short name in addresses"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(
        _("what it wants to achieve"), blank=True, help_text=_("Two or three sentences.")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("owner"),
    )
    nodes = models.ManyToManyField(
        "indicators.FrameworkNode",
        blank=True,
        related_name="campaigns",
        verbose_name=_("objectives in the plan"),
    )
    indicators = models.ManyToManyField(
        "indicators.Indicator",
        blank=True,
        related_name="campaigns",
        verbose_name=_("indicators it should move"),
    )
    events = models.ManyToManyField(
        "engagement.Event", blank=True, related_name="campaigns", verbose_name=_("events")
    )
    surveys = models.ManyToManyField(
        "surveys.Survey", blank=True, related_name="campaigns", verbose_name=_("surveys")
    )
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)

    objects = CampaignQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_ends_after_it_starts",
                violation_error_message=_("A campaign cannot end before it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.title
