"""The queue of group values to be computed again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models.indicators import Indicator
from indicators.wakeups import wake

JOB = "indicators.aggregate"
COMPUTED = "indicators.aggregate:"
"""How the source of every computed value begins."""


class AggregateDueQuerySet(models.QuerySet["AggregateDue"]):
    def ask(self, indicators: Iterable[int], at: datetime) -> None:
        """Have the aggregates of these indicators (primary keys) computed again."""
        due = [AggregateDue(indicator_id=pk, since=at) for pk in sorted(set(indicators))]
        if due:
            self.bulk_create(
                due,
                update_conflicts=True,
                unique_fields=["indicator"],
                update_fields=["since"],
                batch_size=500,
            )
            wake(JOB)

    def follow(self, changed: Iterable[tuple[int, str, str]], *, at: datetime) -> None:
        """Have what rests on changed totals computed again; computed values start nothing.

        Each is the indicator's primary key, the breakdown and the source of a value.
        """
        touched = {
            indicator
            for indicator, breakdown, source in changed
            if not breakdown and not source.startswith(COMPUTED)
        }
        if touched:
            self.ask(
                Indicator.objects.filter(pk__in=touched)
                .exclude(aggregation=Indicator.Aggregation.NONE)
                .values_list("pk", flat=True),
                at,
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
