"""Giving an area a baseline year of its own, and taking it back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import ChangedMeanwhile, InvalidEntry, NotAllowed
from indicators.models import AggregateDue, Area, Baseline, Indicator
from indicators.periods import is_period
from indicators.services.frameworks import save_with_history


@transaction.atomic
def set_baseline(
    *,
    indicator: Indicator,
    area: Area,
    year: int,
    source: str,
    before: int | None,
    by: Any,
    at: datetime,
) -> Baseline:
    """Let the indicator start from `year` in the area; `before` is the own year it was shown with.

    What was computed from the area's values is computed again. Raises NotAllowed, InvalidEntry for
    a year that cannot be, and ChangedMeanwhile when somebody else has given it another year.
    """
    _check_right(by)
    if not is_period(str(year)):
        raise InvalidEntry(
            _("%(year)s is not a year. Write it with four digits, such as 2016.") % {"year": year},
            "year",
        )
    found = _held(indicator, area, before)
    baseline = found or Baseline(indicator=indicator, area=area)
    baseline.year, baseline.source = year, source.strip()
    save_with_history(baseline, by=by, at=at)
    _compute_again(indicator, at)
    return baseline


@transaction.atomic
def remove_baseline(
    *, indicator: Indicator, area: Area, before: int | None, by: Any, at: datetime
) -> None:
    """Let the area start where the others do; its history stays. Raises as `set_baseline` does."""
    _check_right(by)
    baseline = _held(indicator, area, before)
    if baseline is None:
        return
    baseline._history_user, baseline._history_date = by, at
    baseline.delete()
    _compute_again(indicator, at)


def _check_right(by: Any) -> None:
    if not (by.is_active and by.has_perm("indicators.change_indicator")):
        raise NotAllowed(_("Saying where an indicator starts needs the right to edit indicators."))


def _held(indicator: Indicator, area: Area, before: int | None) -> Baseline | None:
    """The area's own baseline, with nobody else changing those of the indicator until we are done."""
    Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
    found = Baseline.objects.filter(indicator=indicator, area=area).first()
    if (found.year if found else None) != before:
        raise ChangedMeanwhile(
            _(
                "Somebody else has changed the baseline year of %(area)s meanwhile. What it is now "
                "is shown below; nothing of yours was saved."
            )
            % {"area": area}
        )
    return found


def _compute_again(indicator: Indicator, at: datetime) -> None:
    if indicator.aggregation != Indicator.Aggregation.NONE:
        AggregateDue.objects.ask([indicator.pk], at)
