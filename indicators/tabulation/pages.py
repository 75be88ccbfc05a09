"""The tables as pages and files show them: charts with their tables, and flat rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators import charts, printed
from indicators.charts import Chart, Mark
from indicators.exports.cells import Cell
from indicators.formatting import number
from indicators.models import Activity, Framework
from indicators.tabulation.beside import Beside, beside
from indicators.tabulation.tables import ActivityTable, Counts, Share, Tables, percent

HEADERS = ("table", "subject_code", "subject", "dimension", "key", "label", "activities", "percent")
_MOST_BODIES = 8


@dataclass(frozen=True)
class Line:
    """A row of a table on a page: every cell as it is written."""

    label: str
    activities: str
    share: str


@dataclass(frozen=True)
class BodyLine:
    """A body on a page: what it leads, and wherever it takes part."""

    label: str
    leads: str
    share: str
    taking_part: str


@dataclass(frozen=True)
class PartLine:
    """A part of a table's subject on a page."""

    key: str
    label: str
    activities: str
    implemented: str
    rate: str
    completed: str
    bodies: str
    largest: str


@dataclass(frozen=True)
class TablePage:
    """One table with everything its page shows."""

    table: ActivityTable
    statuses: tuple[Line, ...]
    types: tuple[Line, ...]
    bodies: tuple[BodyLine, ...]
    parts: tuple[PartLine, ...]
    charts: tuple[Chart, ...]
    beside: tuple[Beside, ...]


def table_page(framework: Framework, table: ActivityTable) -> TablePage:
    """A table for a page, with what the framework's document prints beside it."""
    counts = table.counts
    return TablePage(
        table=table,
        statuses=tuple(_statuses(counts)),
        types=tuple(_lines(table.by_type)),
        bodies=tuple(_bodies(table)),
        parts=tuple(
            PartLine(
                key=part.subject.key,
                label=str(part.subject),
                activities=_whole(part.counts.standing),
                implemented=_whole(part.counts.implemented),
                rate=_percent(part.counts.rate),
                completed=_percent(part.counts.completed_share),
                bodies=_whole(part.bodies),
                largest=f"{part.largest.label} ({_percent(part.largest.percent)})"
                if part.largest
                else "",
            )
            for part in table.parts
        ),
        charts=tuple(_charts(table)) if counts.standing else (),
        beside=beside(printed.tables(framework), table),
    )


def table_rows(tables: Tables) -> Iterator[tuple[Cell, ...]]:
    """Every number of every table as flat rows in `HEADERS`' order; percentages unrounded."""
    for table in tables.all:
        code = table.subject.code if table.subject else ""
        start = (table.number, code, table.subject.title if table.subject else table.title)
        counts = table.counts
        for status in Activity.Status:
            many = getattr(counts, status)
            share = None if status == Activity.Status.WITHDRAWN else percent(many, counts.standing)
            yield (*start, "status", str(status), str(status.label), many, share)
        yield (*start, "total", "standing", _("not withdrawn"), counts.standing, None)
        yield (
            *start,
            "total",
            "implemented",
            _("completed or ongoing"),
            counts.implemented,
            counts.rate,
        )
        for dimension, shares in (
            ("type", table.by_type),
            ("lead_body", table.by_body),
            ("body_taking_part", table.taking_part),
        ):
            for one in shares:
                yield (*start, dimension, one.key, one.label, one.activities, one.percent)
        for part in table.parts:
            yield (
                *start,
                "part",
                part.subject.code or part.subject.key,
                part.subject.title,
                part.counts.standing,
                part.counts.rate,
            )


def _statuses(counts: Counts) -> Iterator[Line]:
    for status in Activity.Status:
        many = getattr(counts, status)
        is_counted = status != Activity.Status.WITHDRAWN
        share = _percent(percent(many, counts.standing)) if is_counted else _("not counted")
        yield Line(str(status.label), _whole(many), share)


def _lines(shares: tuple[Share, ...]) -> Iterator[Line]:
    for one in shares:
        yield Line(one.label, _whole(one.activities), _percent(one.percent))


def _bodies(table: ActivityTable) -> Iterator[BodyLine]:
    taking = {share.key: share.activities for share in table.taking_part}
    leads = {share.key: share for share in table.by_body}
    others = [share.key for share in table.taking_part if share.key not in leads]
    for key in [*leads, *others]:
        lead = leads.get(key)
        yield BodyLine(
            label=lead.label if lead else key,
            leads=_whole(lead.activities if lead else 0),
            share=_percent(lead.percent) if lead else "",
            taking_part=_whole(taking.get(key, 0)),
        )


def _charts(table: ActivityTable) -> Iterator[Chart]:
    parts = [part for part in table.parts if part.counts.rate is not None]
    if len(parts) > 1:
        yield charts.bars(
            _("Completed or ongoing, by part: %(title)s") % {"title": table.title},
            [
                Mark(
                    part.subject.code or part.subject.title,
                    part.counts.rate,
                    text=_("%(share)s of %(number)s")
                    % {"share": _percent(part.counts.rate), "number": part.counts.standing},
                )
                for part in parts
            ],
            unit="%",
            label_header=_("Part"),
        )
    yield charts.bars(
        _("Activities by main type: %(title)s") % {"title": table.title},
        [_mark(share) for share in table.by_type],
        unit="%",
        label_header=_("Type"),
    )
    if table.by_body:
        yield charts.bars(
            _("Activities by lead body: %(title)s") % {"title": table.title},
            [_mark(share) for share in table.by_body[:_MOST_BODIES]],
            unit="%",
            label_header=_("Body"),
            caption=_("The bodies that lead most.") if len(table.by_body) > _MOST_BODIES else "",
        )


def _mark(share: Share) -> Mark:
    text = f"{_percent(share.percent)} ({share.activities})"
    return Mark(share.label, share.percent, text=text)


def _whole(value: int) -> str:
    return number(Decimal(value), 0)


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{number(value, 1)}\N{NO-BREAK SPACE}%"
