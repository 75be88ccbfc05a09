"""Weights of a file's respondents: base weights, brought to the margins group by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveys.errors import InputRefused
from surveys.stats.raking import rake
from surveys.stats.variance import Calibration, calibration
from surveys.stats.weights import kish

from .codes import listed
from .margins import MarginTable, OfGroup
from .plans import Plan, WeightPlan
from .tables import Table

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Account:
    """How a group was weighted. `error` is the largest relative error of a margin."""

    group: tuple[str, ...]
    n: int
    n_effective: float
    deff: float
    total: float
    smallest: float
    largest: float
    margins: tuple[str, ...]
    passes: int = 0
    cycles: int = 0
    error: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weighted:
    """A weight per respondent, the account of every group, and what calibrated errors need."""

    weights: Floats = field(repr=False)
    base: Floats = field(repr=False)
    accounts: tuple[Account, ...]
    calibrated: Calibration | None = field(repr=False, default=None)


def weigh(plan: Plan, table: Table, margins: MarginTable | None) -> Weighted:
    """Weights as the plan says. Raises `InputRefused` naming the group, category or row."""
    words = plan.weights
    base = _base(words, table)
    used = margins_used(words, margins)
    groups = _groups(words.by, table)
    weights = np.zeros(table.n)
    accounts = []
    for group, rows in groups.items():
        of_group = _margins_of(words, margins, group, used)
        weights[rows], account = _group(plan, table, base, group, rows, of_group)
        accounts.append(account)
    known = None
    if plan.errors == "calibrated":
        known = _calibration(words, table, base, used)
    return Weighted(weights, base, tuple(accounts), known)


def _base(words: WeightPlan, table: Table) -> Floats:
    if not words.base:
        return np.ones(table.n)
    base = (
        table.numbers[words.base]
        if words.base in table.numbers
        else numbers_of(table, words.base, "weights.base")
    )
    for flags, what in ((np.isnan(base), "no weight"), (base < 0, "a negative weight")):
        if flags.any():
            raise InputRefused(
                f"{int(flags.sum()):,} respondents have {what} in {words.base}, first in "
                f"{table.first(flags)}. A weight is above 0."
            )
    zero = base == 0
    if zero.any() and words.zeros == "refuse":
        raise InputRefused(
            f"{int(zero.sum()):,} respondents have the weight 0 in {words.base}, first in "
            f"{table.first(zero)}. Leave them out, or say in the plan weights.zeros: keep, and they "
            "count for the design only."
        )
    if zero.all():
        raise InputRefused(f"Every weight in {words.base} of {table.name} is 0.")
    return base


def numbers_of(table: Table, name: str, place: str) -> Floats:
    """A column that was read as codes, as numbers; blank is NaN. Raises `InputRefused`."""
    from .codes import number_of

    column = table.codes[name]
    found = [number_of(level) for level in column.categories]
    for position, number in enumerate(found):
        if number is None:
            flags = column.codes == position
            raise InputRefused(
                f"There is {column.categories[position][:40]!r} under {name} in "
                f"{table.first(flags)}, where {place} needs a number such as 1.25."
            )
    lookup = np.array([*(float(number or 0) for number in found), np.nan])
    return lookup[column.codes]


def margins_used(words: WeightPlan, margins: MarginTable | None) -> tuple[tuple[str, ...], ...]:
    """The margins to rake to, crossed ones as several names. Raises for those that are not there."""
    if margins is None:
        if words.rake_to:
            raise InputRefused(
                f"The plan rakes to {listed('|'.join(names) for names in words.rake_to)}, but no "
                "margins were handed in. Name their file with --margins."
            )
        return ()
    for names in words.rake_to:
        if names not in margins.variables:
            raise InputRefused(
                f"The plan rakes to {'|'.join(names)}, which {margins.name} does not have; it has "
                f"{listed('|'.join(one) for one in margins.variables)}."
            )
    if words.scale == "population" and margins.number != "population":
        raise InputRefused(
            f"The file {margins.name} holds shares, so weights cannot add up to the population. "
            "Hand in populations, or say in the plan weights.scale: respondents."
        )
    return words.rake_to or margins.variables


def _groups(by: tuple[str, ...], table: Table) -> dict[tuple[str, ...], Places]:
    """Rows by group, in the order in which groups first appear."""
    codes = np.zeros(table.n, dtype=np.int64)
    labels: list[tuple[str, ...]] = [()]
    for name in by:
        column = table.codes[name]
        if (column.codes < 0).any():
            raise InputRefused(
                f"There is nothing under {name} in {table.first(column.codes < 0)}; weights.by "
                "needs it of every respondent."
            )
        pairs, first = pd.factorize(codes * len(column.categories) + column.codes)
        labels = [
            (
                *labels[pair // len(column.categories)],
                column.categories[pair % len(column.categories)],
            )
            for pair in first
        ]
        codes = pairs
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(labels) + 1))
    return {label: order[bounds[place] : bounds[place + 1]] for place, label in enumerate(labels)}


def _margins_of(
    words: WeightPlan,
    margins: MarginTable | None,
    group: tuple[str, ...],
    used: tuple[tuple[str, ...], ...],
) -> OfGroup:
    if margins is None:
        return {}
    named = dict(zip(words.by, group, strict=True))
    key = tuple(named[name] for name in margins.keys)
    found = margins.groups.get(key)
    if found is None:
        if words.without_margins == "base":
            return {}
        raise InputRefused(
            f"The file {margins.name} has no margins for {' '.join(group) or 'the respondents'}."
        )
    if words.rake_to:
        for names in used:
            if names not in found:
                raise InputRefused(
                    f"The file {margins.name} has no margin {'|'.join(names)} for "
                    f"{' '.join(key) or 'the respondents'}."
                )
        return {names: found[names] for names in used}
    return found


def _group(
    plan: Plan,
    table: Table,
    base: Floats,
    group: tuple[str, ...],
    rows: Places,
    margins: OfGroup,
) -> tuple[Floats, Account]:
    words = plan.weights
    notes: list[str] = []
    here = base[rows]
    label = " ".join(group)
    if not (here > 0).any():
        raise InputRefused(f"Every weight of {label or 'the respondents'} is 0.")
    if not margins:
        weights = here / here.mean() if words.scale == "respondents" else here
        return weights, _account(group, weights, (), notes=tuple(notes))
    complete, factors = _factors(plan, table, label, rows, margins)
    places = np.flatnonzero(complete)
    if not len(places):
        raise InputRefused(
            f"Nobody in {label or table.name} answered all variables of the margins."
        )
    targets = {
        name: _targets(words, found, len(places))
        for name, found in (("|".join(names), found) for names, found in margins.items())
    }
    try:
        raked = rake(
            here[places],
            {name: factor[places] for name, factor in factors.items()},
            targets,
            tolerance=words.tolerance,
            lower=words.lower,
            upper=words.upper,
        )
    except ValueError as error:
        raise InputRefused(f"{label}: {error}" if label else str(error)) from error
    if not raked.converged:
        sentence = " ".join(raked.notes)
        raise InputRefused(f"{label}: {sentence}" if label else sentence)
    weights = raked.weights
    if words.scale == "respondents":
        weights = weights / weights.mean()
    full = np.full(len(rows), float(weights.mean()))
    full[places] = weights
    notes += raked.notes
    if missing := len(rows) - len(places):
        notes.append(f"{missing:,} respondents without an answer to a margin have the mean weight.")
    return full, _account(
        group, full, tuple(targets), raked.passes, raked.cycles, raked.error, tuple(notes)
    )


def _targets(words: WeightPlan, found: Mapping[str, float], n: int) -> dict[Any, float]:
    if words.scale == "population":
        return dict(found)
    whole = sum(found.values())
    return {category: n * number / whole for category, number in found.items()} if whole else {}


def _account(
    group: tuple[str, ...],
    weights: Floats,
    margins: tuple[str, ...],
    passes: int = 0,
    cycles: int = 0,
    error: float = 0.0,
    notes: tuple[str, ...] = (),
) -> Account:
    found = kish(weights)
    return Account(
        group, found.n, found.n_effective, found.deff, found.total, found.minimum, found.maximum,
        margins, passes, cycles, error, notes,
    )  # fmt: skip


def _factors(
    plan: Plan, table: Table, label: str, rows: Places, margins: OfGroup
) -> tuple[NDArray[np.bool_], dict[str, pd.Categorical]]:
    """Who answered every variable, and each margin as a column. Raises for who did not, unless the
    plan gives them the mean."""
    complete = np.ones(len(rows), dtype=bool)
    factors = {}
    for names in margins:
        factor = joined(table, names, plan.missing)[rows]
        gone = factor.codes < 0
        if gone.any() and plan.weights.missing == "refuse":
            raise InputRefused(
                f"{int(gone.sum()):,} respondents{f' of {label}' if label else ''} have no answer to "
                f"{'|'.join(names)}, first in {table.row(int(rows[np.flatnonzero(gone)[0]]))}. Give "
                "them one, or say in the plan weights.missing: mean."
            )
        complete &= ~gone
        factors["|".join(names)] = factor
    return complete, factors


def joined(table: Table, names: tuple[str, ...], missing: tuple[str, ...]) -> pd.Categorical:
    """One or several columns as one, levels joined by "|"; a missing code in any is blank."""
    codes = np.zeros(table.n, dtype=np.int64)
    levels = [""]
    gone = np.zeros(table.n, dtype=bool)
    for place, name in enumerate(names):
        column = table.codes[name]
        outside = np.array([level in missing for level in column.categories] + [True])
        gone |= outside[column.codes]
        codes = codes * len(column.categories) + column.codes
        levels = [
            f"{before}|{level}" if place else level
            for before in levels
            for level in column.categories
        ]
    codes[gone] = -1
    return pd.Categorical.from_codes(codes, categories=levels)


def _calibration(
    words: WeightPlan, table: Table, base: Floats, used: tuple[tuple[str, ...], ...]
) -> Calibration:
    if not used or words.missing == "mean" or words.upper is not None or words.lower is not None:
        raise InputRefused(
            "Calibrated errors need weights that are raked and not trimmed, with an answer of every "
            "respondent to every margin. Say in the plan errors: as_given."
        )
    factors = {"|".join(names): np.asarray(joined(table, names, ()).codes) for names in used}
    codes = np.zeros(table.n, dtype=np.intp)
    for place, rows in enumerate(_groups(words.by, table).values()):
        codes[rows] = place
    return calibration(base, factors, groups=codes)
