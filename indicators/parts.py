"""Values of the ledger that contradict each other: totals and their breakdowns, ASEAN and its members.

Listed, never corrected: which of the numbers is wrong is not ours to decide.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators import formatting
from indicators.models import Area, AreaMembership, Framework, Indicator, Observation
from indicators.periods import midpoint
from indicators.progress import check_parts

_MEANS = {Indicator.Aggregation.MEAN, Indicator.Aggregation.WEIGHTED_MEAN}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A value that its own parts do not give."""

    indicator: Indicator
    area: Area
    period: str
    parts: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Value:
    indicator: int
    area: int
    period: str
    source: str
    breakdown: str
    value: Decimal | None
    n: int | None


def disagreements(framework: Framework) -> list[Disagreement]:
    """What the published values of the framework's public indicators contradict among themselves.

    Only counts and shares are checked: of another number it is not known how parts make the whole.
    Three queries, however many values there are.
    """
    indicators = {
        one.pk: one
        for one in Indicator.objects.filter(framework=framework, is_published=True)
        if _adds_up(one) is not None
    }
    columns = ("indicator_id", "area_id", "period", "source", "breakdown", "value", "n")
    values = [
        _Value(*row)
        for row in Observation.objects.published()
        .filter(indicator__in=indicators)
        .exclude(status="D")
        .order_by()
        .values_list(*columns)
    ]
    areas = {area.pk: area for area in Area.objects.all()}
    found = _of_breakdowns(indicators, areas, values) + _of_members(indicators, areas, values)
    return sorted(
        found, key=lambda one: (one.indicator.position, one.area.name, one.period, one.parts)
    )


def _adds_up(indicator: Indicator) -> bool | None:
    """Whether parts add up to the whole (True), frame it (False), or nobody said (None)."""
    if indicator.aggregation in (Indicator.Aggregation.SUM, Indicator.Aggregation.COUNT):
        return True
    if indicator.aggregation in _MEANS or indicator.unit == "percent":
        return False
    return None


def _of_breakdowns(
    indicators: Mapping[int, Indicator], areas: Mapping[int, Area], values: list[_Value]
) -> list[Disagreement]:
    totals: dict[tuple, _Value] = {}
    parts: dict[tuple, dict[str, list[_Value]]] = defaultdict(lambda: defaultdict(list))
    for one in values:
        key = (one.indicator, one.area, one.period, one.source)
        if not one.breakdown:
            totals[key] = one
        elif ";" not in one.breakdown:
            parts[key][one.breakdown.partition("=")[0]].append(one)
    found = []
    for key, by_dimension in parts.items():
        for of_one in by_dimension.values():
            if key not in totals or not _are_whole(totals[key], of_one):
                continue
            indicator = indicators[key[0]]
            named = {formatting.breakdown_text(one.breakdown): one.value for one in of_one}
            wrong = check_parts(totals[key].value, named, adds_up=bool(_adds_up(indicator)))
            if wrong is not None:
                names = ", ".join(named)
                found.append(Disagreement(indicator, areas[key[1]], key[2], names, wrong.sentence))
    return found


def _are_whole(total: _Value, parts: list[_Value]) -> bool:
    """Whether the parts may be compared with the total: at least two, none withheld, and together
    the same respondents, where respondents are counted."""
    if len(parts) < 2 or total.value is None or any(one.value is None for one in parts):
        return False
    if total.n is None and all(one.n is None for one in parts):
        return True
    return total.n is not None and total.n == sum(one.n or 0 for one in parts)


def _of_members(
    indicators: Mapping[int, Indicator], areas: Mapping[int, Area], values: list[_Value]
) -> list[Disagreement]:
    memberships = defaultdict(list)
    for one in AreaMembership.objects.all():
        memberships[one.group_id].append(one)
    totals: dict[tuple[int, str], dict[int, Decimal]] = defaultdict(dict)
    for one in values:
        if not one.breakdown and one.value is not None:
            totals[one.indicator, one.period][one.area] = one.value
    found = []
    for (pk, period), by_area in totals.items():
        for group, dated in memberships.items():
            day = midpoint(period)
            members = {
                one.area_id
                for one in dated
                if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
            }
            # With a member missing nothing follows for the whole.
            if group not in by_area or not members or not members <= by_area.keys():
                continue
            named = {areas[member].name: by_area[member] for member in sorted(members)}
            adds_up = _adds_up(indicators[pk])
            if indicators[pk].aggregation == Indicator.Aggregation.COUNT:
                named = {name: Decimal(value != 0) for name, value in named.items()}
            wrong = check_parts(by_area[group], named, adds_up=bool(adds_up))
            if wrong is not None:
                found.append(
                    Disagreement(
                        indicators[pk], areas[group], period, _("member states"), wrong.sentence
                    )
                )
    return found
