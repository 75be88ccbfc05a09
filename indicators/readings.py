"""What pages ask the ledger for: figures, the table, one indicator. Prepared here, shown there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from indicators import composition, formatting
from indicators.judging import awaited, judge, judge_progress
from indicators.models import Area, Baseline, Framework, Indicator, Observation, Target
from indicators.periods import moment
from indicators.progress import Progress, Sufficiency

__all__ = [
    "ASEAN",
    "AreaReading",
    "Counts",
    "Figure",
    "Reading",
    "Row",
    "awaited",
    "comparable",
    "count",
    "figures",
    "judge",
    "judge_progress",
    "newest_of",
    "read",
    "table",
]

ASEAN = "ASEAN"


@dataclass(frozen=True)
class Figure:
    """One indicator's newest value in one area, ready to be shown. `observation` may be None."""

    indicator: Indicator
    observation: Observation | None
    title: str
    value_text: str
    interval_text: str
    n: int | None
    n_effective: Decimal | None
    period: str
    is_demonstration: bool
    is_stale: bool
    url: str
    sentence: str
    composition: str = ""
    """Who is in a value computed from member states; "" for every other value."""


@dataclass(frozen=True)
class Row:
    """One line of the table of indicators."""

    figure: Figure
    sufficiency: Sufficiency
    progress: Progress
    is_demonstration: bool
    points: Sequence[Observation] = ()
    """The values that may be compared, by period."""

    @property
    def indicator(self) -> Indicator:
        return self.figure.indicator


@dataclass(frozen=True)
class AreaReading:
    """What is known of one indicator in one area."""

    area: Area
    points: Sequence[Observation]
    newest: Observation | None
    value_text: str
    interval_text: str
    sufficiency: Sufficiency
    progress: Progress
    own_year: int | None = None
    """The area's own baseline year, where it has one."""


@dataclass(frozen=True)
class Reading:
    """One indicator with everything its page shows."""

    figure: Figure
    here: str
    areas: Sequence[AreaReading]
    breakdowns: Sequence[tuple[str, Sequence[Observation]]]
    observations: Sequence[Observation]
    targets: Sequence[Target]
    breakdown: str = ""
    """The group of people whose values the charts show; "" for everybody."""
    shown: Sequence[tuple[Area, Sequence[Observation]]] = ()
    """The values of `breakdown` in each area that has any."""

    def shown_in(self, code: str) -> Sequence[Observation]:
        """The values that the charts show of one area."""
        return next((rows for area, rows in self.shown if area.code == code), ())

    def area(self, code: str) -> AreaReading | None:
        """The reading of one area, None where nothing is recorded for it."""
        return next((found for found in self.areas if found.area.code == code), None)


@dataclass(frozen=True)
class Counts:
    """How many indicators are sufficient and how many of those show progress: computed."""

    all: int
    sufficient: int
    better: int
    demonstration: int
    insufficient: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "insufficient", self.all - self.sufficient)


def figures(slugs: Sequence[str], *, area: str = ASEAN) -> list[Figure]:
    """The newest published total of each indicator in `area`, in the order asked for.

    One query for the indicators and one for their observations. A slug that is unknown or not
    public is left out.
    """
    found = {
        indicator.slug: indicator
        for indicator in Indicator.objects.filter(slug__in=slugs, is_published=True)
        .select_related("framework")
        .prefetch_related(_totals_of(area))
    }
    return [_figure(found[slug], found[slug].totals_here) for slug in slugs if slug in found]


def table(
    user: Any,
    *,
    framework: Framework | None = None,
    area: str = ASEAN,
    state: Area | None = None,
    slugs: Sequence[str] | None = None,
) -> list[Row]:
    """Every indicator the user may see, or those of `slugs`, with what it says in `area`.

    An indicator without any value in `area` shows that of another group (a survey of the European
    Union in the framework of published surveys), named as such by its observation's area. With
    `state` the rows are that member state's own and say whom its missing values are awaited from.
    """
    if state is not None:
        area, areas = state.code, {state.pk: state}
    else:
        areas = Area.objects.filter(Q(code=area) | Q(kind=Area.Kind.GROUP)).in_bulk()
    indicators = (
        Indicator.objects.visible_to(user)
        .select_related("framework", "node", "node__parent", "parent")
        .prefetch_related(_totals_in(areas), _targets_of(area), _baselines_of(area))
    )
    if framework is not None:
        indicators = indicators.filter(framework=framework)
    if slugs is not None:
        indicators = indicators.filter(slug__in=slugs)
    rows = []
    for indicator in indicators:
        for row in indicator.totals_here:
            row.area = areas[row.area_id]
        here = _preferring(area, indicator.totals_here)
        observed = comparable(here)
        found = judge(indicator, observed, state, baseline_year=_year_of(indicator.baselines_here))
        rows.append(
            Row(
                _figure(indicator, here),
                found,
                judge_progress(indicator, found, indicator.targets_here, observed),
                any(row.is_demonstration for row in observed),
                observed,
            )
        )
    return rows


def count(rows: Iterable[Row]) -> Counts:
    """Counts over rows of the table, from the observations and from nothing printed."""
    rows = list(rows)
    sufficient = [row for row in rows if row.sufficiency.is_sufficient]
    better = [row for row in sufficient if row.progress.verdict in {"better", "met"}]
    made_up = sum(row.is_demonstration for row in rows)
    return Counts(len(rows), len(sufficient), len(better), made_up)


def read(indicator: Indicator, user: Any, *, area: str = ASEAN, breakdown: str = "") -> Reading:
    """What the page of one indicator shows: totals of every area, and groups of people in one.

    The figure and the groups are those of `area`, or of the first area that has values; of the
    groups only the newest year is read. With `breakdown` the charts show that group everywhere,
    unless it has no value in the area; what is judged are always the totals.
    """
    held = (
        Observation.objects.visible_to(user)
        .published()
        .filter(indicator=indicator)
        .select_related("area")
    )
    observations = _in_order(held.totals())
    targets = list(indicator.targets.select_related("area").order_by("area__name", "period"))
    codes = [row.area.code for row in observations]
    if codes and area not in codes:
        area = codes[0]
    broken: dict[str, list[Observation]] = defaultdict(list)
    for row in _in_order(held.filter(area__code=area).exclude(breakdown="").of_newest_year()):
        broken[row.breakdown].append(row)
    totals = _by_area(observations)
    if breakdown not in broken:
        breakdown = ""
    shown = _by_area(_in_order(held.filter(breakdown=breakdown))) if breakdown else totals
    years = dict(indicator.baselines.values_list("area_id", "year"))
    areas = []
    for rows in totals.values():
        observed = comparable(rows)
        own_year = years.get(rows[0].area_id)
        found = judge(indicator, observed, rows[0].area, baseline_year=own_year)
        aims = [target for target in targets if target.area_id == rows[0].area_id]
        newest = newest_of(rows)
        areas.append(
            AreaReading(
                rows[0].area,
                rows,
                newest,
                formatting.value_text(newest, indicator),
                formatting.interval_text(newest, indicator),
                found,
                judge_progress(indicator, found, aims, observed),
                own_year,
            )
        )
    here = next((rows for rows in totals.values() if rows[0].area.code == area), [])
    return Reading(
        _figure(indicator, here),
        area,
        areas,
        sorted((text, rows) for text, rows in broken.items()),
        observations,
        targets,
        breakdown,
        [(rows[0].area, rows) for rows in shown.values()],
    )


def _in_order(rows: Iterable[Observation]) -> list[Observation]:
    return sorted(
        rows,
        key=lambda row: (row.area.code != ASEAN, row.area.name, moment(row.period), row.breakdown),
    )


def _by_area(rows: Iterable[Observation]) -> dict[int, list[Observation]]:
    found: dict[int, list[Observation]] = defaultdict(list)
    for row in rows:
        found[row.area_id].append(row)
    return found


def newest_of(rows: Iterable[Observation]) -> Observation | None:
    """The value of the newest period; of two sources of one period, the one recorded last."""
    return max(
        rows, key=lambda row: (moment(row.period), row.recorded_at, row.pk or 0), default=None
    )


def comparable(rows: Iterable[Observation]) -> list[Observation]:
    """One value for each period, never mixing demonstration values with real ones."""
    rows = list(rows)
    real = [row for row in rows if not row.is_demonstration and row.status != "D"]
    invented = [row for row in rows if row.is_demonstration]
    chosen: dict[str, Observation] = {}
    for row in sorted(real or invented or rows, key=lambda row: (row.recorded_at, row.pk or 0)):
        chosen[row.period] = row
    return sorted(chosen.values(), key=lambda row: moment(row.period))


def _totals_of(area: str) -> Prefetch:
    rows = Observation.objects.published().totals().filter(area__code=area)
    return Prefetch("observations", rows.select_related("area"), to_attr="totals_here")


def _totals_in(areas: Mapping[int, Area]) -> Prefetch:
    """Without the areas themselves: of a thousand values hardly three differ in theirs."""
    rows = Observation.objects.published().totals().filter(area__in=areas)
    return Prefetch("observations", rows, to_attr="totals_here")


def _preferring(area: str, rows: Sequence[Observation]) -> list[Observation]:
    """The rows of `area`; without any, those of the first other group by name."""
    chosen = area
    if rows and not any(row.area.code == area for row in rows):
        chosen = min(rows, key=lambda row: row.area.name).area.code
    return [row for row in rows if row.area.code == chosen]


def _targets_of(area: str) -> Prefetch:
    return Prefetch("targets", Target.objects.filter(area__code=area), to_attr="targets_here")


def _baselines_of(area: str) -> Prefetch:
    return Prefetch("baselines", Baseline.objects.filter(area__code=area), to_attr="baselines_here")


def _year_of(baselines: Sequence[Baseline]) -> int | None:
    return baselines[0].year if baselines else None


def _figure(indicator: Indicator, rows: Sequence[Observation]) -> Figure:
    newest = newest_of(row for row in rows if row.value is not None) or newest_of(rows)
    title = str(indicator)
    if newest is None:
        return Figure(
            indicator=indicator,
            observation=None,
            title=title,
            value_text="",
            interval_text="",
            n=None,
            n_effective=None,
            period="",
            is_demonstration=False,
            is_stale=False,
            url=indicator.get_absolute_url(),
            sentence=_("%(title)s: no value is recorded yet.") % {"title": title},
        )
    value = formatting.value_text(newest, indicator)
    interval = formatting.interval_text(newest, indicator)
    details = [
        part
        for part in (
            interval,
            composition.words(newest),
            f"n = {formatting.number(Decimal(newest.n), 0)}" if newest.n is not None else "",
        )
        if part
    ]
    sentence = _("%(title)s: %(value)s in %(period)s%(details)s.") % {
        "title": title,
        "value": value,
        "period": newest.period,
        "details": f" ({', '.join(details)})" if details else "",
    }
    return Figure(
        indicator=indicator,
        observation=newest,
        title=title,
        value_text=value,
        interval_text=interval,
        n=newest.n,
        n_effective=newest.n_effective,
        period=newest.period,
        is_demonstration=newest.is_demonstration,
        is_stale=newest.is_stale,
        url=indicator.get_absolute_url(),
        sentence=sentence,
        composition=composition.words(newest),
    )
