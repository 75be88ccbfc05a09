"""Answers of a file as numbers: which codes count, which are no answer, and which are unknown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from surveys.errors import InputRefused
from surveys.stats.figures import MEAN, SHARE, TOTAL, Item
from surveys.stats.measures import Coded, Measure, among, categorised, index

from .codes import listed, number_of
from .plans import FigurePlan, Plan
from .tables import Table

Floats = NDArray[np.float64]


def items(plan: Plan, table: Table) -> list[Item]:
    """Everything the plan estimates. Raises `InputRefused` naming the row of an unknown code."""
    return [_item(figure, table) for figure in plan.figures]


def _item(figure: FigurePlan, table: Table) -> Item:
    kind = {"share": SHARE, "total": TOTAL}.get(figure.kind, MEAN)
    found = _measure(figure, table)
    measure = found if not figure.where else _among(figure, table, found)
    _answered(figure, table, measure)
    return Item(figure.id, measure, kind, figure.interval)


def _measure(figure: FigurePlan, table: Table) -> Measure:
    if figure.kind == "index":
        return _index(figure, table)
    name = figure.columns[0]
    if figure.kind == "mean" and not figure.scores:
        return _as_numbers(figure, table, name)
    return _coded(figure, table, name, scores_of(figure))


def scores_of(figure: FigurePlan) -> Mapping[str, float]:
    """What each code of the base counts for."""
    if figure.scores:
        return figure.scores
    if figure.kind == "net":
        return {
            code: 100.0 * (code in figure.positive) - 100.0 * (code in figure.negative)
            for code in figure.base
        }
    return {code: float(code in figure.counts) for code in figure.base}


def _coded(figure: FigurePlan, table: Table, name: str, scores: Mapping[str, float]) -> Coded:
    column = table.codes[name]
    values = np.full(len(column.categories), np.nan)
    for place, level in enumerate(column.categories):
        if level in scores:
            values[place] = scores[level]
        elif level not in figure.missing:
            flags = column.codes == place
            raise InputRefused(
                f"There is {level[:40]!r} under {name} in {table.first(flags)}, which the figure "
                f"{figure.id} has neither in its base ({listed(scores)}) nor among the missing codes "
                f"({listed(figure.missing) or 'none'})."
            )
    return categorised(column.codes, values)


def _as_numbers(figure: FigurePlan, table: Table, name: str) -> Floats:
    if name in table.numbers:
        numbers = table.numbers[name].copy()
        for code in figure.missing:
            if (value := number_of(code)) is not None:
                numbers[numbers == value] = np.nan
        return numbers
    column = table.codes[name]
    scores = {}
    for place, level in enumerate(column.categories):
        if level in figure.missing:
            continue
        number = number_of(level)
        if number is None:
            flags = column.codes == place
            raise InputRefused(
                f"There is {level[:40]!r} under {name} in {table.first(flags)}, where the mean "
                f"{figure.id} needs a number or a missing code "
                f"({listed(figure.missing) or 'none'})."
            )
        scores[level] = number
    return _coded(figure, table, name, scores).numbers()


def _index(figure: FigurePlan, table: Table) -> Floats:
    places = {code: place for place, code in enumerate(figure.scores)}
    columns = []
    for name in figure.columns:
        _coded(figure, table, name, figure.scores)
        column = table.codes[name]
        lookup = np.array([places.get(level, -1) for level in column.categories] + [-1])
        columns.append(lookup[column.codes])
    scores = {places[code]: score for code, score in figure.scores.items()}
    return index(columns, scores, minimum=figure.minimum)


def _among(figure: FigurePlan, table: Table, measure: Measure) -> Measure:
    inside = np.ones(table.n, dtype=bool)
    for name, wanted in figure.where.items():
        column = table.codes[name]
        if not set(wanted) & set(column.categories):
            raise InputRefused(
                f"Nobody has {listed(wanted)} under {name} in {table.name}, where the figure "
                f"{figure.id} looks; there are {listed(column.categories)}."
            )
        passes = np.array([level in wanted for level in column.categories] + [False])
        inside &= passes[column.codes]
    return among(measure, inside)


def _answered(figure: FigurePlan, table: Table, measure: Measure) -> None:
    if isinstance(measure, Coded):
        known = bool(np.isfinite(measure.values[np.unique(measure.codes)]).any())
    else:
        known = bool(np.isfinite(measure).any())
    if not known:
        raise InputRefused(
            f"Nobody in {table.name} gave a valid answer under {listed(figure.columns)}, so the "
            f"figure {figure.id} cannot be estimated."
        )
