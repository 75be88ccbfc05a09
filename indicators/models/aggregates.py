"""The queue of group values to be computed again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models.indicators import Indicator


class AggregateDueQuerySet(models.QuerySet["AggregateDue"]):
    def ask(self, indicators: Iterable[int], at: datetime) -> None:
        """Have the aggregates of these indicators (primary keys) computed again."""
        self.bulk_create(
            [AggregateDue(indicator_id=pk, since=at) for pk in indicators],
            update_conflicts=True,
            unique_fields=["indicator"],
            update_fields=["since"],
        )


class AggregateDue(models.Model):
    """One indicator whose members' values have changed since `since`; gone when it is done."""

    indicator = models.OneToOneField(
        Indicator, models.CASCADE, related_name="aggregate_due", verbose_name=_("indicator")
    )
    since = models.DateTimeField(_("since"))

    objects = AggregateDueQuerySet.as_manager()

    class Meta:
        verbose_name = _("aggregate to compute")
        verbose_name_plural = _("aggregates to compute")
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.since:%Y-%m-%d %H:%M}"
