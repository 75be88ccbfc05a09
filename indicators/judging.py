"""From observations to a judgement: sufficiency and progress of one indicator in one area."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators import composition
from indicators.models import Area, Indicator, Observation, ObservationStatus, Target
from indicators.periods import moment
from indicators.progress import (
    Point,
    Progress,
    Promise,
    Sufficiency,
    group_is_sufficient,
    progress,
    sufficiency,
)


def judge(
    indicator: Indicator,
    rows: Iterable[Observation],
    area: Area | None = None,
    *,
    baseline_year: int | None = None,
) -> Sufficiency:
    """Sufficiency of an indicator in one area, with whom a missing value is awaited from.

    `baseline_year` is the area's own, where it has one. Values of a group that were computed from
    its members are judged by the members: enough of them must be sufficient themselves. A value
    somebody states for the group and a computed one are of different definitions, so a series is
    made of one kind; the stated ones come first.
    """
    rows = list(rows)
    year = baseline_year or indicator.baseline_year
    stated = [row for row in rows if not composition.is_computed(row)]
    computed = [row for row in rows if composition.is_computed(row)]
    awaiting = awaited(indicator, area)
    if not computed:
        return _judged(indicator, _points(stated), year, awaiting)
    if not stated:
        return _of_members(indicator, computed, year)
    for found in (
        _judged(indicator, _points(stated), year, awaiting),
        _of_members(indicator, computed, year),
    ):
        if found.is_sufficient:
            return found
    points = _points(sorted(rows, key=lambda row: moment(row.period)), by_kind=True)
    return _judged(indicator, points, year, awaiting)


def judge_progress(
    indicator: Indicator,
    found: Sufficiency,
    targets: Sequence[Target],
    rows: Sequence[Observation] = (),
) -> Progress:
    """Progress of an indicator in one area against its latest target, if it has one.

    A survey value may carry the tested change since an earlier period in its provenance, as
    `"change": {"since": "2025", "low": 1.2, "high": 7.0}` in the indicator's unit; it is used when
    that period is the baseline. Computed values of a group whose members differ are compared over
    the members that have both values, and the sentence says so.
    """
    aim = max(targets, key=lambda target: moment(target.period), default=None)
    note = ""
    if found.is_sufficient and found.baseline is not None and found.latest is not None:
        ends = [_row_of(rows, found.baseline), _row_of(rows, found.latest)]
        if all(row is not None and composition.is_computed(row) for row in ends):
            compared = composition.compare(indicator, *ends)
            if compared is not None and not compared.is_possible:
                return Progress("undetermined", compared.sentence)
            if compared is not None:
                note = compared.sentence
                if aim is None:
                    found = compared.applied_to(found)
    judged = progress(
        found,
        direction=indicator.direction,
        target=Promise(aim.period, aim.value) if aim else None,
        method=indicator.progress_method,
        within=(indicator.range_low, indicator.range_high),
        difference=_tested_change(found, rows),
        decimals=indicator.decimals,
    )
    return composition.noted(judged, note)


def awaited(indicator: Indicator, area: Area | None = None) -> str:
    """Whose value is missing, from the data route: "awaiting the focal point of Myanmar"."""
    route = indicator.data_route
    if route == Indicator.DataRoute.SECTORAL_BODY:
        return _("awaiting the record of a sectoral body")
    if route == Indicator.DataRoute.NATIONAL_POLICY:
        if area is not None and area.kind == Area.Kind.MEMBER_STATE:
            return _("national policy; awaiting the focal point of %(area)s") % {"area": area}
        return _("national policy; awaiting the focal points of the member states")
    if route == Indicator.DataRoute.PUBLIC_PERCEPTION:
        return _("awaiting a survey")
    if route == Indicator.DataRoute.OFFICIAL_STATISTICS:
        return _("awaiting official statistics")
    return _("the source does not state who records it")


def _judged(
    indicator: Indicator, points: Iterable[Point], year: int | None, awaiting: str
) -> Sufficiency:
    return sufficiency(points, baseline_year=year, minimum_n=indicator.minimum_n, awaiting=awaiting)


def _of_members(
    indicator: Indicator, computed: Sequence[Observation], year: int | None
) -> Sufficiency:
    own = _judged(indicator, _points(computed), year, "")
    enough, lacking = composition.members_judged(max(computed, key=lambda r: moment(r.period)))
    return group_is_sufficient(
        enough=enough,
        lacking=lacking,
        minimum_members=indicator.minimum_members,
        baseline=own.baseline if own.is_sufficient else None,
        latest=own.latest if own.is_sufficient else None,
    )


def _points(rows: Iterable[Observation], *, by_kind: bool = False) -> list[Point]:
    points, before = [], None
    for row in rows:
        is_computed = composition.is_computed(row)
        turns = by_kind and before is not None and is_computed != before
        before = is_computed
        status = ObservationStatus.BREAK if row.breaks_series or turns else row.status
        points.append(Point(row.period, row.value, row.low, row.high, row.n, status))
    return points


def _row_of(rows: Sequence[Observation], point: Point) -> Observation | None:
    return next((row for row in rows if row.period == point.period), None)


def _tested_change(
    found: Sufficiency, rows: Sequence[Observation]
) -> tuple[Decimal, Decimal] | None:
    if found.baseline is None or found.latest is None:
        return None
    latest = _row_of(rows, found.latest)
    change = latest.provenance.get("change") if latest else None
    if not isinstance(change, dict) or change.get("since") != found.baseline.period:
        return None
    try:
        return Decimal(str(change["low"])), Decimal(str(change["high"]))
    except (KeyError, ArithmeticError):
        return None
