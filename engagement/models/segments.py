"""A segment: a saved filter over the registry that recomputes each time it is used."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.registry.visibility import SegmentQuerySet
from indicators.tokens import new_token


class Segment(models.Model):
    """Who belongs to it is never stored: `engagement.registry.segments.people_in` asks anew."""

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("description"), blank=True)
    definition = models.JSONField(_("definition"), default=dict, blank=True)
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("Whose segment this is. Empty: of the whole region, for regional staff."),
    )
    created_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = SegmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
