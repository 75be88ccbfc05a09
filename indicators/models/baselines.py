"""Where progress starts, where an area starts from a year of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.models.areas import Area
from indicators.models.indicators import Indicator


class Baseline(models.Model):
    """The baseline year of one indicator in one area; others keep the indicator's own."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="baselines", verbose_name=_("indicator")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="baselines", verbose_name=_("area"))
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(_("source"), max_length=400, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("baseline year of an area")
        verbose_name_plural = _("baseline years of areas")
        ordering = ["indicator_id", "area_id"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area"], name="baseline_once_per_area")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.slug} {self.area.code}: {self.year}"
