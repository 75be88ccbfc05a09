"""Areas that start from a year of their own: what is known there, and what another year changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indicators import formatting
from indicators.judging import judge, judge_progress
from indicators.models import Area, Baseline, Indicator, Observation
from indicators.periods import year_of
from indicators.progress import Progress, Sufficiency
from indicators.readings import comparable


@dataclass(frozen=True)
class Verdict:
    """What is said of an indicator in one area, starting from one year.

    `start` is the value it starts from, "" where none is recorded in that year.
    """

    rule: str
    start: str
    sufficiency: Sufficiency
    progress: Progress

    @property
    def sentence(self) -> str:
        """The verdict in words: on progress where there is evidence, else why there is none."""
        return (
            self.progress.sentence if self.sufficiency.is_sufficient else self.sufficiency.sentence
        )


@dataclass(frozen=True)
class OwnBaseline:
    """An area's own year, and the verdict that starts from it."""

    baseline: Baseline
    verdict: Verdict


@dataclass(frozen=True)
class Change:
    """The verdict as it is, and as it is going to be."""

    before: Verdict
    after: Verdict

    @property
    def is_none(self) -> bool:
        """Whether the verdict says the same before and after."""
        return self.before.sentence == self.after.sentence


def own_baselines(indicator: Indicator, user: Any) -> list[OwnBaseline]:
    """Every area of the indicator with a year of its own, by name. Three queries in all."""
    own = list(indicator.baselines.select_related("area").order_by("area__name"))
    if not own:
        return []
    points = _points(indicator, user, [one.area for one in own])
    targets = list(indicator.targets.all())
    return [
        OwnBaseline(one, _verdict(indicator, one.area, points[one.area_id], targets, one.year))
        for one in own
    ]


def change_of(indicator: Indicator, area: Area, user: Any, *, year: int | None) -> Change:
    """What a year of its own would change for an area; None is to start as the others do."""
    held = indicator.baselines.filter(area=area).values_list("year", flat=True).first()
    points = _points(indicator, user, [area])[area.pk]
    targets = list(indicator.targets.all())
    return Change(
        _verdict(indicator, area, points, targets, held),
        _verdict(indicator, area, points, targets, year),
    )


def common_rule(indicator: Indicator) -> str:
    """Where areas without a year of their own start, in words."""
    if indicator.baseline_year:
        return _("fixed year %(year)s") % {"year": indicator.baseline_year}
    return _("the earliest value of the same definition")


def _points(indicator: Indicator, user: Any, areas: Sequence[Area]) -> dict[int, list[Observation]]:
    rows = (
        Observation.objects.visible_to(user)
        .published()
        .totals()
        .filter(indicator=indicator, area__in=areas)
    )
    held: dict[int, list[Observation]] = {area.pk: [] for area in areas}
    for row in rows:
        held[row.area_id].append(row)
    return {area: comparable(found) for area, found in held.items()}


def _verdict(
    indicator: Indicator,
    area: Area,
    points: Sequence[Observation],
    targets: Sequence[Any],
    year: int | None,
) -> Verdict:
    found = judge(indicator, points, area, baseline_year=year)
    aims = [target for target in targets if target.area_id == area.pk]
    start = next(
        (row for row in points if row.value is not None and year_of(row.period) == year), None
    )
    if year is None and found.baseline is not None:
        start = next((row for row in points if row.period == found.baseline.period), None)
    return Verdict(
        _("a year of the area's own: %(year)s") % {"year": year}
        if year
        else common_rule(indicator),
        ""
        if start is None
        else _("%(value)s in %(period)s")
        % {"value": formatting.value_text(start, indicator), "period": start.period},
        found,
        judge_progress(indicator, found, aims, points),
    )
