"""Every figure of a plan: per group, per breakdown, and for all groups together; and what may be shown.

What a wave publishes and what `manage.py estimate` writes come from here. A figure that may not be
shown keeps its row and its reasons and loses its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from . import aggregates, disclosure, intervals, linked
from .estimates import Domains, Estimated, domains, means, totals
from .layouts import (
    ALL_THE_SAME,
    HIDDEN,
    KINDS,
    MEAN,
    NO_ERROR,
    SHARE,
    TOTAL,
    Axis,
    Figure,
    Item,
    Key,
    Layout,
    Whole,
)
from .variance import Calibration, Design

__all__ = [
    "ALL_THE_SAME",
    "HIDDEN",
    "KINDS",
    "MEAN",
    "NO_ERROR",
    "SHARE",
    "TOTAL",
    "Axis",
    "Figure",
    "Item",
    "Key",
    "Layout",
    "Whole",
    "figures",
]


def figures(
    found: Design,
    items: Sequence[Item],
    layout: Layout,
    *,
    calibrated: Calibration | None = None,
) -> Iterator[Figure]:
    """Every figure of every item: without breakdown first, then breakdown by breakdown.

    A cell nobody answered keeps its row, with n 0. Hidden cells are joined by as many others as it
    takes that none follows from a total of its table (see `disclosure.secondary`), nor from those
    of all tables of the item together (see `linked`).
    """
    alone = _estimated(found, items, _within(found, layout.groups), calibrated)
    tables = [{item.name: [*_table(item, alone[item.name], (), layout, {})] for item in items}]
    for breakdown in layout.breakdowns:
        rows = _estimated(found, items, _within(found, (*layout.groups, *breakdown)), calibrated)
        table = {}
        for item in items:
            whole = {row.domain: row.population for row in alone[item.name]}
            table[item.name] = [*_table(item, rows[item.name], breakdown, layout, whole)]
        tables.append(table)
    breakdowns = [
        [(axis.dimension, tuple(map(str, axis.levels))) for axis in breakdown]
        for breakdown in layout.breakdowns
    ]
    for item in items:
        hidden = linked.hidden_in([f for table in tables for f in table[item.name]], breakdowns)
        for table in tables if hidden else ():
            table[item.name] = [
                figure.hidden(HIDDEN)
                if (figure.groups, figure.breakdown) in hidden and figure.status not in "QL"
                else figure
                for figure in table[item.name]
            ]
    for table in tables:
        for item in items:
            yield from table[item.name]


def _within(found: Design, axes: Sequence[Axis]) -> Domains | None:
    if not axes:
        return None
    return domains([axis.column for axis in axes], [axis.levels for axis in axes])


def _estimated(
    found: Design,
    items: Sequence[Item],
    within: Domains | None,
    calibrated: Calibration | None,
) -> dict[str, list[Estimated]]:
    """Rows by item: one pass over the cells for all of them."""
    rows: dict[str, list[Estimated]] = {item.name: [] for item in items}
    for estimator, chosen in (
        (means, [item for item in items if item.kind != TOTAL]),
        (totals, [item for item in items if item.kind == TOTAL]),
    ):
        if chosen:
            measures = {item.name: item.measure for item in chosen}
            for row in estimator(found, measures, within=within, calibrated=calibrated):
                rows[row.item].append(row)
    return rows


def _table(
    item: Item,
    rows: Sequence[Estimated],
    breakdown: Sequence[Axis],
    layout: Layout,
    populations: Mapping[tuple, float],
) -> Iterator[Figure]:
    """The figures of one item in one breakdown, group by group, each table with its whole."""
    depth = len(layout.groups)

    def outer(row: Estimated) -> tuple:
        return row.domain[: max(0, depth - 1)]

    for place, table in groupby(rows, key=outer):
        cells: dict[Key, list[Estimated]] = {}
        for row in table:
            names = (axis.dimension for axis in breakdown)
            pairs = zip(names, map(str, row.domain[depth:]), strict=True)
            cells.setdefault(tuple(sorted(pairs)), []).append(row)
        yield from _shown(item, cells, layout)
        if layout.whole is None or item.kind == TOTAL:
            continue
        totals_here = {
            str(domain[depth - 1]): people
            for domain, people in populations.items()
            if domain[: depth - 1] == place
        }
        labels = (*map(str, place), layout.whole.label)
        wholes = [
            figure
            for key, members in cells.items()
            if (figure := _of_whole(item, labels, key, members, totals_here, layout))
        ]
        yield from _shown_line(wholes, layout)


def _shown_line(line: Sequence[Figure], layout: Layout) -> Iterator[Figure]:
    """The cells of the whole, with secondary suppression among themselves."""
    if len(line) < 2:
        yield from line
        return
    hidden = disclosure.secondary(
        [figure.status == "Q" for figure in line],
        [figure.n for figure in line],
        thresholds=layout.thresholds,
    )
    for figure, flag in zip(line, hidden, strict=True):
        yield figure.hidden(HIDDEN) if flag and figure.status not in "QL" else figure


def _shown(
    item: Item, cells: Mapping[Key, Sequence[Estimated]], layout: Layout
) -> Iterator[Figure]:
    """All groups of a table, with secondary suppression."""
    keys = list(cells)
    depth = len(layout.groups)
    table = list(zip(*([_figure(item, key, row, depth, layout) for row in cells[key]]
                       for key in keys), strict=True))  # fmt: skip
    if len(keys) > 1:
        hidden = disclosure.secondary(
            [[figure.status == "Q" for figure in line] for line in table],
            [[figure.n for figure in line] for line in table],
            thresholds=layout.thresholds,
        )
        for line, flags in zip(table, hidden, strict=True):
            for figure, flag in zip(line, flags, strict=True):
                yield figure.hidden(HIDDEN) if flag and figure.status not in "QL" else figure
        return
    for line in table:
        yield from line


def _figure(item: Item, key: Key, row: Estimated, depth: int, layout: Layout) -> Figure:
    low = high = None
    if row.estimate is not None:
        limits = _interval(
            item, row.estimate, row.se, row.df, row.n, row.n_effective or row.n, layout.confidence
        )
        low, high = limits if limits else (None, None)
    verdict = disclosure.judge(
        row.n,
        n_effective=row.n_effective,
        df=row.df if row.n else None,
        half_width=(high - low) / 2
        if item.kind == SHARE and low is not None and high is not None
        else None,
        thresholds=layout.thresholds,
    )
    groups = tuple(map(str, row.domain[:depth]))
    base = Figure(
        item.name, item.kind, groups, key, row.n, verdict.obs_status, verdict.reasons,
        item.interval_method,
    )  # fmt: skip
    if verdict.state not in (disclosure.OK, disclosure.LOW_RELIABILITY):
        return base
    return replace(
        base,
        reasons=(*verdict.reasons, *_cautions(row)),
        value=row.estimate,
        se=row.se,
        df=row.df,
        low=low,
        high=high,
        population=row.population,
        n_effective=row.n_effective,
        deff=row.deff,
    )


def _cautions(row: Estimated) -> tuple[str, ...]:
    if row.se is None:
        return (NO_ERROR,)
    return (ALL_THE_SAME,) if row.degenerate and row.deff is None else ()


def _interval(
    item: Item,
    estimate: float,
    se: float | None,
    df: float,
    n: int,
    effective: float,
    confidence: float,
) -> intervals.Interval | None:
    if item.kind == SHARE:
        return intervals.proportion(
            estimate,
            se,
            df=intervals.whole_degrees(df),
            n=n,
            n_effective=effective,
            method=item.interval,
            confidence=confidence,
        )
    if se is None or df < 1:
        return None
    return intervals.wald(estimate, se, df=df, confidence=confidence)


def _of_whole(
    item: Item,
    groups: tuple[str, ...],
    key: Key,
    rows: Sequence[Estimated],
    totals_here: Mapping[str, float],
    layout: Layout,
) -> Figure | None:
    """The aggregate over the members, or None where nobody has a figure."""
    whole = layout.whole
    if whole is None:
        return None
    least = layout.thresholds.suppress_below
    last = len(layout.groups) - 1
    by_member = {
        str(row.domain[last]): row for row in rows if str(row.domain[last]) in whole.people
    }
    people = {
        member: _people(whole, member, key, by_member.get(member), totals_here)
        for member in whole.people
    }
    parts = {
        member: aggregates.part(row)
        for member, row in by_member.items()
        if row.estimate is not None and row.n > 1
    }
    # A member whose own figure is withheld still counts: leaving it out would bias the whole. Only
    # where it is the one withheld member could its figure be computed back from the whole.
    thin = [member for member in parts if by_member[member].n < least]
    if len(thin) == 1 and len(parts) > 1:
        del parts[thin.pop()]
    found = aggregates.aggregate(parts, people, method=whole.method, member_set=tuple(whole.people))
    if found is None:
        return None
    limits = _interval(
        item, found.estimate, found.se, found.df, found.n, found.n_effective, layout.confidence
    )
    low, high = limits if limits else (None, None)
    verdict = disclosure.judge(
        found.n,
        n_effective=found.n_effective,
        half_width=(high - low) / 2
        if item.kind == SHARE and low is not None and high is not None
        else None,
        thresholds=layout.thresholds,
    )
    reasons = list(verdict.reasons)
    if found.absent:
        reasons.append(f"Without {', '.join(found.absent)}: too few answers there.")
    if thin:
        reasons.append(f"With {', '.join(thin)}, where fewer than {least} answered.")
    shows = verdict.state in (disclosure.OK, disclosure.LOW_RELIABILITY)
    return Figure(
        item=item.name,
        kind=item.kind,
        groups=groups,
        breakdown=key,
        n=found.n,
        status="E" if verdict.obs_status == "A" and found.absent else verdict.obs_status,
        reasons=tuple(reasons),
        interval_method=item.interval_method,
        value=found.estimate if shows else None,
        se=found.se if shows else None,
        df=found.df if shows else None,
        low=low if shows else None,
        high=high if shows else None,
        population=sum(people[member] for member in found.members) if shows else None,
        n_effective=found.n_effective if shows else None,
        deff=found.n / found.n_effective if shows and found.n_effective else None,
        members=found.members,
        absent=found.absent,
        coverage=found.coverage,
    )


def _people(
    whole: Whole,
    member: str,
    key: Key,
    row: Estimated | None,
    totals_here: Mapping[str, float],
) -> float:
    """The population of a cell in a member: as given, else by the cell's weighted share."""
    if not key:
        return whole.people[member]
    if (member, key) in whole.cells:
        return whole.cells[member, key]
    if row is None or not totals_here.get(member):
        return whole.people[member] if row is None else 0.0
    return whole.people[member] * (row.population / totals_here[member])
