"""The charts and tables of one indicator, prepared so that its template asks nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from indicators import charts, composition, formatting
from indicators.charts import Chart, Mark
from indicators.models import Area, Indicator, Observation
from indicators.periods import moment
from indicators.readings import AreaReading, Reading, comparable, newest_of


@dataclass(frozen=True)
class BreakdownRow:
    """One value of a breakdown, as shown; `key` is its text in the ledger."""

    label: str
    period: str
    value: str
    interval: str
    n: str
    is_weak: bool
    key: str = ""
    token: str = ""


@dataclass(frozen=True)
class ValueRow:
    """One value of the series shown. `token` leads to where it comes from."""

    period: str
    value: str
    interval: str
    n: str
    status: str
    is_demonstration: bool
    token: str


def by_period(indicator: Indicator, reading: Reading) -> Chart | None:
    """The chart over time, where the area has at least two periods that may be compared.

    For everybody (no breakdown chosen) it shows the baseline and the latest target, too.
    """
    here = reading.area(reading.here)
    rows = reading.shown_in(reading.here)
    points = [row for row in comparable(rows) if row.value is not None]
    if here is None or len(points) < 2:
        return None
    marks = [_mark(indicator, row, row.period) for row in points]
    baseline = target = None
    if not reading.breakdown:
        start = here.sufficiency.baseline
        baseline = next((mark for mark in marks if start and mark.label == start.period), None)
        aims = [aim for aim in reading.targets if aim.area_id == here.area.pk]
        if aims:
            aim = max(aims, key=lambda found: moment(found.period))
            told = formatting.with_unit(aim.value, indicator)
            target = Mark(aim.period, aim.value, text=told)
    return charts.line(
        _titled(_("%(title)s over time, %(area)s"), indicator, reading, area=here.area),
        marks,
        unit=_axis(indicator),
        caption=" ".join(
            part
            for part in (
                _caption(points),
                composition.differing(points),
                _("Dotted: the baseline.") if baseline else "",
                _("The diamond is the target.") if target else "",
            )
            if part
        ),
        baseline=baseline,
        target=target,
    )


def by_area(indicator: Indicator, reading: Reading) -> Chart | None:
    """The chart by area for the newest period, where at least two areas have a value."""
    newest = [
        found
        for _area, rows in reading.shown
        if (found := newest_of(rows)) is not None and found.value is not None
    ]
    if len(newest) < 2:
        return None
    period = newest_of(newest).period
    rows = [row for row in newest if row.period == period]
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: (row.area.kind != Area.Kind.GROUP, -row.value))
    return charts.bars(
        _titled(_("%(title)s by area, %(period)s"), indicator, reading, period=period),
        [_mark(indicator, row, str(row.area)) for row in rows],
        unit=_axis(indicator),
        label_header=_("Area"),
        caption=_caption(rows),
    )


def by_group(indicator: Indicator, reading: Reading) -> Chart | None:
    """The newest value of each group of people in the area shown, with its interval."""
    rows = [newest_of(found) for _text, found in reading.breakdowns]
    rows = [row for row in rows if row is not None and row.value is not None]
    here = reading.area(reading.here)
    if len(rows) < 2 or here is None:
        return None
    period = newest_of(rows).period
    rows = [row for row in rows if row.period == period]
    if here.newest is not None and here.newest.period == period and here.newest.value is not None:
        rows.insert(0, here.newest)
    return charts.intervals(
        _("%(title)s by group, %(area)s, %(period)s")
        % {"title": indicator.display_title, "area": here.area, "period": period},
        [(period, [_mark(indicator, r, formatting.breakdown_text(r.breakdown)) for r in rows])],
        label_header=_("Group"),
        series_header=_("Period"),
        unit=_axis(indicator),
        caption=_caption(rows),
    )


def breakdown_rows(indicator: Indicator, reading: Reading) -> list[BreakdownRow]:
    """The newest value of each breakdown of the area shown."""
    rows = []
    for text, observations in reading.breakdowns:
        newest = newest_of(observations)
        rows.append(
            BreakdownRow(
                formatting.breakdown_text(text),
                newest.period,
                formatting.value_text(newest, indicator),
                formatting.range_text(newest, indicator),
                "" if newest.n is None else str(newest.n),
                newest.status in {"U", "Q"},
                text,
                newest.token,
            )
        )
    return rows


def value_rows(indicator: Indicator, rows: Sequence[Observation]) -> list[ValueRow]:
    """Every value of a series, newest first, each leading to where it comes from."""
    return [
        ValueRow(
            row.period,
            formatting.value_text(row, indicator),
            formatting.range_text(row, indicator),
            "" if row.n is None else str(row.n),
            "" if row.status == "A" or row.value is None else row.get_status_display(),
            row.is_demonstration,
            row.token,
        )
        for row in sorted(rows, key=lambda row: (moment(row.period), row.recorded_at), reverse=True)
    ]


def sparkline(indicator: Indicator, rows: Sequence[Observation], area: str = "") -> str:
    """The course of an indicator in the size of a word, "" without at least two values."""
    points = [row for row in comparable(rows) if row.value is not None]
    if len(points) < 2:
        return ""
    told = _("From %(first)s in %(from)s to %(last)s in %(to)s.") % {
        "first": formatting.value_text(points[0], indicator),
        "from": points[0].period,
        "last": formatting.value_text(points[-1], indicator),
        "to": points[-1].period,
    }
    marks = [Mark(row.period, row.value, breaks=row.breaks_series) for row in points]
    return charts.sparkline(marks, told)


def awaited_areas(indicator: Indicator, reading: Reading, members: Sequence[Area]) -> list[Area]:
    """Member states without any value, where the indicator is reported state by state."""
    if indicator.data_route != Indicator.DataRoute.NATIONAL_POLICY:
        return []
    have = {found.area.pk for found in reading.areas}
    return [area for area in members if area.pk not in have]


def is_demonstration(areas: Sequence[AreaReading]) -> bool:
    """Whether any value on the page is made up."""
    return any(row.is_demonstration for found in areas for row in found.points)


def query(**chosen: str) -> str:
    """The parameters of an address that were chosen, with its question mark; "" for none."""
    told = {name: value for name, value in chosen.items() if value}
    return f"?{urlencode(told)}" if told else ""


def _titled(pattern: str, indicator: Indicator, reading: Reading, **words: object) -> str:
    title = indicator.display_title
    if reading.breakdown:
        title = f"{title} ({formatting.breakdown_text(reading.breakdown)})"
    return pattern % {"title": title, **words}


def _mark(indicator: Indicator, row: Observation, label: str) -> Mark:
    def text(value):
        return "" if value is None else formatting.number(value, indicator.decimals)

    return Mark(
        label,
        row.value,
        row.low,
        row.high,
        formatting.value_text(row, indicator),
        text(row.low),
        text(row.high),
        row.n,
        row.breaks_series,
    )


def _axis(indicator: Indicator) -> str:
    return "" if indicator.unit == "percent" else indicator.unit


def _caption(rows: Sequence[Observation]) -> str:
    if any(row.low is not None for row in rows):
        return _("Lines across the values are their intervals.")
    return ""
