"""A plan, respondents and margins in; figures, weights and an account out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from surveys.errors import InputRefused
from surveys.stats.disclosure import Thresholds
from surveys.stats.figures import Axis, Figure, Key, Layout, Whole, figures
from surveys.stats.variance import Design, design

from .codes import listed, ordered
from .margins import MarginTable, read_margins
from .measuring import items
from .plans import AggregatePlan, Dimension, Plan
from .tables import Table, read_table
from .weighing import Weighted, margins_used, numbers_of, weigh

Said = Callable[[str], None]


@dataclass(frozen=True)
class Estimates:
    """What came out. `groups` are the names of the group columns, `notes` sentences that a reader
    of any figure has to be told."""

    groups: tuple[str, ...]
    figures: tuple[Figure, ...]
    weighted: Weighted
    notes: tuple[str, ...]
    n: int
    thresholds: Thresholds = field(repr=False)


def estimate(
    plan: Plan, data: Path, margins: Path | None = None, said: Said = lambda text: None
) -> Estimates:
    """Estimate a plan from files. Raises `InputRefused` with one sentence; `said` hears progress."""
    population = None
    if margins is not None:
        population = read_margins(margins, plan.weights.by)
    variables = margins_used(plan.weights, population)
    needed = plan.columns(variables)
    if not needed:
        raise InputRefused("The plan names no column.")
    said(f"Reading {len(needed)} columns of {data.name} …")
    table = read_table(
        data,
        needed,
        plan.numeric() - {name for names in variables for name in names},
        heard=lambda rows: said(f"{rows:,} rows read") if rows % 200_000 < 20_000 else None,
    )
    said(f"Weighting {table.n:,} respondents …")
    return estimate_table(plan, table, population, said)


def estimate_table(
    plan: Plan,
    table: Table,
    margins: MarginTable | None = None,
    said: Said = lambda text: None,
) -> Estimates:
    """The same from a table that was read already."""
    measured = items(plan, table)
    weighted = weigh(plan, table, margins)
    found = _design(plan, table, weighted)
    groups = tuple(_axis(plan, table, Dimension(name, name), "groups") for name in plan.groups)
    whole = _whole(plan.aggregate, groups, margins) if plan.aggregate else None
    said(f"Estimating {len(measured)} figures …")
    made: list[Figure] = []
    by_breakdowns: dict[tuple, list] = {}
    for figure, item in zip(plan.figures, measured, strict=True):
        by_breakdowns.setdefault(figure.breakdowns, []).append(item)
    for breakdowns, chosen in by_breakdowns.items():
        layout = Layout(
            groups=groups,
            breakdowns=tuple(
                tuple(_axis(plan, table, part, "a breakdown") for part in breakdown)
                for breakdown in breakdowns
            ),
            whole=whole,
            confidence=plan.confidence,
            thresholds=plan.thresholds,
        )
        try:
            made += figures(found, chosen, layout, calibrated=weighted.calibrated)
        except ValueError as error:
            raise InputRefused(str(error)) from error
    place = {item.name: number for number, item in enumerate(measured)}
    made.sort(key=lambda figure: place[figure.item])
    return Estimates(
        groups=plan.groups,
        figures=tuple(made),
        weighted=weighted,
        notes=(*found.notes, *_notes(weighted, margins, groups)),
        n=table.n,
        thresholds=plan.thresholds,
    )


def _design(plan: Plan, table: Table, weighted: Weighted) -> Design:
    words = plan.design
    for name in (*words.strata, *((words.psu,) if words.psu else ())):
        gone = table.codes[name].codes < 0
        if gone.any():
            raise InputRefused(
                f"There is nothing under {name} in {table.first(gone)}; the design needs it of every "
                "respondent."
            )
    population = None
    if words.fpc:
        population = (
            table.numbers[words.fpc]
            if words.fpc in table.numbers
            else numbers_of(table, words.fpc, "design.fpc")
        )
        if np.isnan(population).any():
            raise InputRefused(
                f"There is nothing under {words.fpc} in {table.first(np.isnan(population))}; the "
                "design needs it of every respondent."
            )
    try:
        return design(
            weighted.weights,
            strata=[np.asarray(table.codes[name], dtype=object) for name in words.strata] or None,
            psu=table.codes[words.psu].codes if words.psu else None,
            population_psus=population,
            lonely=words.lonely,
        )
    except ValueError as error:
        raise InputRefused(str(error)) from error


def _axis(plan: Plan, table: Table, part: Dimension, place: str) -> Axis:
    column = table.codes[part.column]
    present = [level for level in column.categories if level not in plan.missing]
    given = plan.levels.get(part.column)
    if given is None:
        if not present:
            raise InputRefused(f"Nobody in {table.name} has a value under {part.column}.")
        return Axis(part.dimension, column, ordered(present))
    if strange := [level for level in present if level not in given]:
        flags = column.codes == list(column.categories).index(strange[0])
        raise InputRefused(
            f"There is {strange[0][:40]!r} under {part.column} in {table.first(flags)}, which is not "
            f"among the plan's levels ({listed(given)})."
        )
    return Axis(part.dimension, column, given)


def _whole(words: AggregatePlan, groups: tuple[Axis, ...], margins: MarginTable | None) -> Whole:
    over = groups[-1]
    if words.populations:
        gone = [level for level in over.levels if level not in words.populations]
        if gone:
            raise InputRefused(
                f"The aggregate {words.name} has no population for {listed(gone)} of "
                f"{over.dimension}. Add it to aggregate.populations."
            )
        return Whole(words.name, words.populations, words.method)
    if margins is None or margins.number != "population" or margins.keys != (over.dimension,):
        raise InputRefused(
            f"The aggregate {words.name} has no populations. Give them in aggregate.populations, or "
            f"hand in margins of populations by {over.dimension} alone."
        )
    people: dict[str, float] = {}
    cells: dict[tuple[str, Key], float] = {}
    for (level,), found in margins.groups.items():
        people[level] = sum(next(iter(found.values())).values())
        for names, counts in found.items():
            for category, count in counts.items():
                pairs = zip(names, category.split("|") if names[1:] else (category,), strict=True)
                cells[level, tuple(sorted(pairs))] = count
    return Whole(words.name, people, words.method, cells)


def _notes(weighted: Weighted, margins: MarginTable | None, groups: tuple[Axis, ...]) -> list[str]:
    notes = [
        f"{' '.join(account.group)}: {note}" if account.group else note
        for account in weighted.accounts
        for note in account.notes
    ]
    if margins is not None and margins.keys:
        for name, place in zip(margins.keys, range(len(margins.keys)), strict=True):
            axis = next((axis for axis in groups if axis.dimension == name), None)
            if axis is None:
                continue
            absent = sorted({group[place] for group in margins.groups} - set(axis.levels))
            if absent:
                notes.append(f"Nobody among the respondents is in {listed(absent)} of {name}.")
    return notes
