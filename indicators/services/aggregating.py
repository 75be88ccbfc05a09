"""Values of ASEAN, or of another group, computed from its members' values.

Rules, each shown beside the value:

* A period's member set is the one of the day in its middle, so that a state counts in the periods
  of which it was a member for the better half: in 2025 ASEAN has ten members, in 2025-Q4 eleven.
* Members' totals only: percentages of breakdowns are never averaged.
* Below the indicator's minimum of members there is no value (status L) but a sentence that names
  who is missing; with fewer than all members the value is marked as estimated (status E). Where no
  minimum is stated, all members are needed.
* A value somebody states for the group wins: for its period none is computed.
* Invented values are never mixed with real ones; where both exist, the real ones count.
"""

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q

from indicators.errors import IndicatorsError
from indicators.judging import judge
from indicators.ledger import Estimate, Recorded, record
from indicators.models import (
    AggregateDue,
    Area,
    AreaMembership,
    Baseline,
    Indicator,
    Observation,
    ObservationStatus,
    Population,
)
from indicators.models.aggregates import COMPUTED
from indicators.periods import midpoint, moment, year_of
from indicators.progress import aggregate, plain
from indicators.readings import comparable

logger = logging.getLogger(__name__)

AT_A_TIME = 50
_AGAIN = timedelta(minutes=10)
_METHODS = {
    "mean": "mean of the member states",
    "weighted_mean": "mean of the member states weighted by population",
    "sum": "sum of the member states",
    "count": "count of member states whose value is not zero",
}
# What a member's value says about itself says the group's, too; the gravest first.
_CARRIED = (
    ObservationStatus.BREAK,
    ObservationStatus.LOW_RELIABILITY,
    ObservationStatus.ESTIMATED,
    ObservationStatus.PROVISIONAL,
)


@dataclass(frozen=True)
class _Group:
    """A group with the dated memberships of its areas."""

    area: Area
    memberships: Sequence[AreaMembership]

    def members(self, day: date) -> list[Area]:
        """Who belonged to it on the day, by name."""
        found = {
            one.area
            for one in self.memberships
            if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
        }
        return sorted(found, key=lambda area: area.name)


def aggregate_due(*, at: datetime) -> int:
    """Compute again what is due; return how many indicators that were.

    An indicator that fails is logged, put aside for ten minutes, and stops no other.
    """
    done = 0
    due = AggregateDue.objects.filter(since__lte=at).order_by("since", "pk")
    for pk in list(due.values_list("indicator_id", flat=True)[:AT_A_TIME]):
        try:
            with transaction.atomic():
                # Taken out first: what changes from here on asks again.
                if not AggregateDue.objects.filter(indicator_id=pk).delete()[0]:
                    continue
                aggregate_indicator(indicator=Indicator.objects.get(pk=pk), at=at)
                done += 1
        except (IndicatorsError, ValueError):
            logger.exception("The aggregates of indicator %s could not be computed.", pk)
            AggregateDue.objects.filter(indicator_id=pk).update(since=at + _AGAIN)
    return done


def ask_for_every_aggregate(*, at: datetime) -> int:
    """Have every aggregate computed again: memberships, populations or a rule may have changed.

    What was asked for before keeps its place. Returns how many were added.
    """
    wanted = Indicator.objects.filter(
        ~Q(aggregation=Indicator.Aggregation.NONE)
        | Q(
            observations__source__startswith=COMPUTED,
            observations__state=Observation.State.PUBLISHED,
        )
    ).filter(aggregate_due=None)
    pks = set(wanted.values_list("pk", flat=True))
    AggregateDue.objects.ask(pks, at)
    return len(pks)


@transaction.atomic
def aggregate_indicator(*, indicator: Indicator, at: datetime) -> Recorded:
    """Record what the members' values give for each group and period; withdraw what they no longer
    give. Doing it again changes nothing.
    """
    estimates: list[Estimate] = []
    if indicator.aggregation != Indicator.Aggregation.NONE:
        totals = list(
            Observation.objects.published()
            .totals()
            .filter(indicator=indicator)
            .exclude(source__startswith=COMPUTED)
            .select_related("area")
        )
        years = dict(Baseline.objects.filter(indicator=indicator).values_list("area_id", "year"))
        for group in _groups():
            estimates += _estimates(indicator, group, totals, years)
    elif not Observation.objects.filter(indicator=indicator, source=source_of(indicator)).exists():
        return Recorded()
    content = json.dumps([asdict(one) for one in estimates], default=str, sort_keys=True)
    return record(
        estimates,
        source=source_of(indicator),
        digest=hashlib.sha256(content.encode()).hexdigest(),
        at=at,
    )


def source_of(indicator: Indicator) -> str:
    """The words under which an indicator's computed values are recorded."""
    name = f"{COMPUTED}{indicator.slug}"
    return name if len(name) <= 120 else f"{COMPUTED}{indicator.slug[:80]}-{indicator.pk}"


def _groups() -> list[_Group]:
    found: dict[Area, list[AreaMembership]] = defaultdict(list)
    for one in AreaMembership.objects.select_related("group", "area"):
        found[one.group].append(one)
    return [_Group(area, memberships) for area, memberships in found.items()]


def _estimates(
    indicator: Indicator,
    group: _Group,
    totals: Sequence[Observation],
    years: Mapping[int, int],
) -> list[Estimate]:
    own = [row for row in totals if row.area_id == group.area.pk and row.value is not None]
    of_members: dict[Area, list[Observation]] = defaultdict(list)
    for row in totals:
        if row.area_id != group.area.pk:
            of_members[row.area].append(row)
    periods: dict[str, list[Observation]] = defaultdict(list)
    for rows in of_members.values():
        for row in comparable(rows):
            if row.value is not None and row.status != ObservationStatus.DEFINITION:
                periods[row.period].append(row)
    if not periods:
        return []
    newest = group.members(midpoint(max(periods, key=moment)))
    judged = {
        area: judge(
            indicator,
            comparable(of_members.get(area, [])),
            area,
            baseline_year=years.get(area.pk),
        ).is_sufficient
        for area in newest
    }
    found = []
    for period, rows in sorted(periods.items(), key=lambda item: moment(item[0])):
        members = group.members(midpoint(period))
        here = [row for row in rows if row.area in members]
        real = [row for row in here if not row.is_demonstration]
        stated = [row for row in own if row.period == period]
        if any(not row.is_demonstration for row in stated) or (stated and not real):
            continue
        if here:
            found.append(_estimate(indicator, group, period, members, real or here, judged))
    return found


def _estimate(
    indicator: Indicator,
    group: _Group,
    period: str,
    members: Sequence[Area],
    rows: Sequence[Observation],
    judged: Mapping[Area, bool],
) -> Estimate:
    by_code = {row.area.code: row for row in rows}
    needed = indicator.minimum_members or len(members)
    weights: Mapping[str, Decimal] = {}
    vintage = ""
    told: dict = {
        "kind": "aggregate",
        "method": indicator.aggregation,
        "set": [area.code for area in members],
        "set_on": midpoint(period).isoformat(),
        "needed": needed,
        "without": {area.code: area.name for area in members if area.code not in by_code},
        "values": {code: plain(row.value) for code, row in sorted(by_code.items())},
        "sufficient": {area.code: area.name for area, enough in judged.items() if enough},
        "lacking": {area.code: area.name for area, enough in judged.items() if not enough},
    }
    values = {code: row.value for code, row in by_code.items()}
    if indicator.aggregation == Indicator.Aggregation.WEIGHTED_MEAN:
        weights, vintage = _weights(indicator, members, by_code, year_of(period))
        told["weights"] = {code: plain(weights[code]) for code in sorted(weights)}
        unweighted = {row.area.code: row.area.name for row in rows if row.area.code not in weights}
        if unweighted:
            # A mean that left them out would be another one than it says it is.
            told["unweighted"], values = unweighted, {}
    result = aggregate(
        values,
        members=[area.code for area in members],
        method=indicator.aggregation,
        weights=weights,
        minimum_members=needed,
    )
    status = result.status
    if result.value is not None:
        kinds = {row.status for row in rows} | {"B" for row in rows if row.breaks_series}
        status = next((kind for kind in _CARRIED if kind in kinds), status)
        if status != ObservationStatus.BREAK and result.missing:
            status = ObservationStatus.ESTIMATED
    return Estimate(
        indicator=indicator.slug,
        area=group.area.code,
        period=period,
        value=result.value,
        status=status,
        method=_METHODS[indicator.aggregation],
        provenance=told,
        members=result.members or tuple(by_code),
        population_vintage=vintage,
        is_demonstration=any(row.is_demonstration for row in rows),
    )


def _weights(
    indicator: Indicator, members: Sequence[Area], by_code: Mapping, year: int
) -> tuple[dict[str, Decimal], str]:
    """Populations of one vintage, age range and year for those who have a value, and their name.

    Of the figures that exist for the most members: adults for what people were asked, everybody for
    the rest; then the year nearest to the period, the earlier of two.
    """
    wanted = "15+" if indicator.data_route == Indicator.DataRoute.PUBLIC_PERCEPTION else "all"
    sets: dict[tuple[str, str, int], dict[str, Decimal]] = defaultdict(dict)
    for row in Population.objects.filter(area__in=members, value__gt=0).annotate(
        code=F("area__code")
    ):
        sets[row.vintage, row.ages, row.year][row.code] = Decimal(row.value)
    best = min(
        sets,
        key=lambda key: (
            -sum(code in sets[key] for code in by_code),
            key[1] != wanted,
            abs(key[2] - year),
            key[2],
            key,
        ),
        default=None,
    )
    if best is None:
        return {}, ""
    vintage, ages, of_year = best
    weights = {code: people for code, people in sets[best].items() if code in by_code}
    return weights, f"{vintage}, {ages}, {of_year}"[:60]
