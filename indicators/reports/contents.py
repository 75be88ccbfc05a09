"""Everything a report says, read from the ledger once and put into the reader's words.

Only what the public may see goes in, so that any report may be given to anybody. What people told
us stays out: a consent can be withdrawn, a printed page cannot.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from indicators import charts, formatting, pages, parts, printed, readings, tabulation, workings
from indicators.charts import Chart, Mark
from indicators.models import Activity, Framework, FrameworkNode, Indicator, Report, Target
from indicators.periods import moment
from indicators.progress import Point
from indicators.readings import Counts, Row
from indicators.reports import snapshot
from indicators.reports.changes import Changed, Turned, judged_words, since, turned
from indicators.tabulation.tables import percent


@dataclass(frozen=True)
class Line:
    """One indicator of a table of results, as the pages word it."""

    indicator: Indicator
    baseline: str
    latest: str
    composition: str
    target: str
    judgement: str
    progress: str
    sufficiency: str
    is_sufficient: bool
    is_demonstration: bool


@dataclass(frozen=True)
class Section:
    """One part of the framework with its indicators and their charts."""

    title: str
    label: str
    lines: Sequence[Line]
    charts: Sequence[Chart]
    sufficient: int


@dataclass(frozen=True)
class Route:
    """One data route with the indicators it has not brought enough values for (Table 9)."""

    label: str
    lines: Sequence[Line]
    all: int


@dataclass(frozen=True)
class ActivityTable:
    """One of the review's tables: counted, said, and as its source prints it."""

    counted: tabulation.ActivityTable
    sentences: Sequence[str]
    printed: printed.PrintedTable | None


@dataclass(frozen=True)
class Contents:
    """A report, ready to be laid out."""

    title: str
    framework: Framework
    number: int
    as_of: datetime
    previous: Report | None
    counts: Counts
    stated: Any
    tables: tabulation.Tables
    rates: Chart | None
    sections: Sequence[Section]
    evidence: Chart | None
    routes: Sequence[Route]
    checks: Sequence[printed.Check]
    disagreements: Sequence[parts.Disagreement]
    changed: Sequence[Changed]
    turned: Sequence[Turned]
    activities_are_invented: bool
    snapshot: dict[str, Any]
    version: str

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The parts of the report by their anchors, in order."""
        return [
            ("summary", _("Summary")),
            ("activities", _("Activities of the sectoral bodies")),
            ("results", _("Results")),
            ("missing", _("What is missing, by data route (Table 9)")),
            ("contradictions", _("Contradictions found")),
            ("changes", _("What has changed since the last report")),
            ("methods", _("Methods")),
        ]

    @property
    def activity_tables(self) -> list[ActivityTable]:
        """Tables 1 to 6: what the rows give, beside what the source prints under the number."""
        by_number = {one.number: one for one in printed.tables(self.framework)}
        return [
            ActivityTable(
                one,
                (
                    one.bodies_sentence,
                    one.types_sentence,
                    one.measures_sentence,
                    one.overlap_sentence,
                ),
                by_number.get(str(one.number)),
            )
            for one in self.tables.all
        ]

    @property
    def methods(self) -> list[tuple[str, str]]:
        """How the report's judgements and values come about."""
        return workings.methods()


def gather(report: Report) -> Contents:
    """Read what the report says, in the language that is active."""
    framework, anybody = report.framework, AnonymousUser()
    rows = readings.table(anybody, framework=framework)
    counts = readings.count(rows)
    activities = Activity.objects.filter(is_demonstration=False)
    invented = not activities.exists()
    tables = tabulation.tabulate(framework, Activity.objects.all() if invented else activities)
    sections = _sections(framework, rows, anybody)
    kept = snapshot.take(framework, rows)
    previous = report.previous
    return Contents(
        title=report.title,
        framework=framework,
        number=report.number,
        as_of=report.as_of,
        previous=previous,
        counts=counts,
        stated=printed.stated_counts(framework, rows, counts),
        tables=tables,
        rates=_rates(tables),
        sections=sections,
        evidence=_evidence(sections),
        routes=_routes(rows),
        checks=[one for one in printed.checks(framework) if one.finding != printed.Finding.AGREES],
        disagreements=parts.disagreements(framework),
        changed=since(previous, kept["values"]) if previous else (),
        turned=turned(previous, rows) if previous else (),
        activities_are_invented=invented and bool(tables.overall.counts.entered),
        snapshot=kept,
        version=settings.CODE_VERSION,
    )


def _sections(framework: Framework, rows: Sequence[Row], anybody: Any) -> list[Section]:
    """The rows under the top of the framework's tree they hang from, in the tree's order."""
    nodes = {
        node.pk: node
        for node in FrameworkNode.objects.filter(framework=framework).order_by("position", "code")
    }
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[_top(nodes, row.indicator.node_id)].append(row)
    order = [pk for pk, node in nodes.items() if node.parent_id is None and pk in grouped]
    found = []
    for pk in [*order, *([0] if 0 in grouped else [])]:
        title = str(nodes[pk]) if pk else _("Part of the framework not stated")
        label = (nodes[pk].code or title) if pk else _("not stated")
        lines = [_line(row) for row in grouped[pk]]
        found.append(
            Section(
                title,
                label,
                lines,
                _charts(grouped[pk], anybody),
                sum(line.is_sufficient for line in lines),
            )
        )
    return found


def _top(nodes: dict[int, FrameworkNode], pk: int | None) -> int:
    seen: set[int] = set()
    while pk in nodes and nodes[pk].parent_id is not None and pk not in seen:
        seen.add(pk)
        pk = nodes[pk].parent_id
    return pk if pk in nodes else 0


def _line(row: Row) -> Line:
    indicator, targets = row.indicator, row.indicator.targets_here
    figure = row.figure
    return Line(
        indicator=indicator,
        baseline=_point(indicator, row.sufficiency.baseline),
        latest=f"{figure.value_text} ({figure.period})" if figure.observation else "",
        composition=figure.composition,
        target=_target(indicator, targets),
        judgement=judged_words(row.sufficiency.is_sufficient, row.progress.verdict),
        progress=row.progress.sentence if row.sufficiency.is_sufficient else "",
        sufficiency=row.sufficiency.sentence,
        is_sufficient=row.sufficiency.is_sufficient,
        is_demonstration=row.is_demonstration,
    )


def _point(indicator: Indicator, point: Point | None) -> str:
    """The value as the pages write it, from the observation it was taken from."""
    if point is None or point.value is None:
        return ""
    for row in indicator.totals_here:
        if row.period == point.period and row.value == point.value:
            return f"{formatting.value_text(row, indicator)} ({point.period})"
    return f"{formatting.with_unit(point.value, indicator)} ({point.period})"


def _target(indicator: Indicator, targets: Sequence[Target]) -> str:
    aim = max(targets, key=lambda target: moment(target.period), default=None)
    return "" if aim is None else f"{formatting.with_unit(aim.value, indicator)} ({aim.period})"


def _charts(rows: Sequence[Row], anybody: Any) -> list[Chart]:
    found = []
    for row in rows:
        if row.sufficiency.is_sufficient:
            chart = pages.by_period(row.indicator, readings.read(row.indicator, anybody))
            if chart is not None:
                found.append(chart)
    return found


def _rates(tables: tabulation.Tables) -> Chart | None:
    marks = [
        Mark(
            label=part.subject.code or part.subject.title,
            value=part.counts.rate,
            text=f"{formatting.number(part.counts.rate, 1)}\N{NO-BREAK SPACE}%",
        )
        for part in tables.overall.parts
        if part.counts.rate is not None
    ]
    if len(marks) < 2:
        return None
    return charts.bars(
        _("Activities completed or ongoing, in percent, by part of the framework"),
        marks,
        label_header=_("Part"),
        caption=_(
            "Of the activities that were not withdrawn. An activity can serve several parts."
        ),
    )


def _evidence(sections: Sequence[Section]) -> Chart | None:
    marks = [
        Mark(
            label=section.label,
            value=percent(section.sufficient, len(section.lines)),
            text=_("%(enough)s of %(all)s")
            % {"enough": section.sufficient, "all": len(section.lines)},
        )
        for section in sections
    ]
    if len(marks) < 2:
        return None
    title = _("Indicators with sufficient evidence, in percent, by part of the framework")
    return charts.bars(title, marks, label_header=_("Part"))


def _routes(rows: Sequence[Row]) -> list[Route]:
    found = []
    for value, label in Indicator.DataRoute.choices:
        here = [row for row in rows if row.indicator.data_route == value]
        lacking = [_line(row) for row in here if not row.sufficiency.is_sufficient]
        if here:
            found.append(Route(capfirst(str(label)), lacking, len(here)))
    return found
