"""Raking and post-stratification: weights that agree with known population counts.

Works on the table of distinct cells, not on respondents: a million respondents in eleven countries
with three margins are a few hundred cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .checks import checked_weights, joint_codes, occurring, sorted_levels, summed

Margins = Mapping[str, Mapping[Any, float]]
"""Raking variable to category to population count."""

TOTALS_TOLERANCE = 1e-6
"""Relative disagreement of the margins' totals above which raking is refused."""


@dataclass(frozen=True)
class Raked:
    """Raked (or trimmed and raked) weights with the account an auditor asks for.

    `error` is the largest relative error over the categories of ALL margins, `passes` the number
    of passes over all margins, `cycles` of trimming and raking. `notes` are sentences; publish no
    estimate from weights with `converged` false.
    """

    weights: NDArray[np.float64]
    converged: bool
    passes: int
    error: float
    cycles: int
    notes: tuple[str, ...]


def post_stratify(
    base: ArrayLike,
    cells: ArrayLike,
    populations: Mapping[Any, float],
    *,
    partial: bool = False,
) -> NDArray[np.float64]:
    """Weights that add to the population in every cell: w = d N_c / sum_c d (Holt & Smith 1979).

    A population cell without respondents is an error that names it; with `partial` it is left out
    and the weights fall short of the population by that cell.
    """
    weights = checked_weights(base, "base weight")
    codes, targets, labels = _categories("the cells", cells, populations, len(weights), partial)
    sums = summed(codes, weights, len(targets))
    _no_empty(sums, targets, "the cells", labels)
    return weights * (targets / sums)[codes]


def rake(
    base: ArrayLike,
    factors: Mapping[str, ArrayLike],
    margins: Margins,
    *,
    tolerance: float = 1e-10,
    max_passes: int = 1000,
    lower: float | None = None,
    upper: float | None = None,
    max_cycles: int = 500,
) -> Raked:
    """Iterative proportional fitting to several margins (Deming & Stephan 1940).

    Each pass multiplies the weights so that one margin after the other holds; it stops when the
    largest relative error over the categories of ALL margins is at most `tolerance`. (That two
    passes agree is no proof: contradictory margins settle into a cycle.)

    `lower` and `upper` are limits as multiples of the mean raked weight: clip, rake again, until
    the raked weights keep them to 1e-6 of the limit. Raises `ValueError` for what makes raking
    meaningless (see `_categories`); non-convergence is an answer, in `converged` and `notes`.
    """
    weights = checked_weights(base, "base weight")
    if not len(weights):
        raise ValueError("There is no respondent to weight.")
    table = _JointTable(weights, factors, margins)
    fitted, passes, error = table.fit(weights, tolerance, max_passes)
    notes = list(table.notes)
    converged = error <= tolerance
    if not converged:
        notes += table.explain(fitted, tolerance, passes)
    cycles = 0
    if lower is not None or upper is not None:
        mean = float(fitted.mean())
        low = 0.0 if lower is None else lower * mean
        high = np.inf if upper is None else upper * mean
        while converged and cycles < max_cycles and not _within(fitted, low, high):
            fitted, more, error = table.fit(
                np.clip(fitted, low, high), min(tolerance, 1e-12), max_passes
            )
            passes += more
            converged = error <= max(tolerance, 1e-12)
            cycles += 1
        if not converged or not _within(fitted, low, high):
            converged = False
            notes.append(
                f"Trimming to {low:.6g} to {high:.6g} and raking do not come together after "
                f"{cycles} cycles. Widen the limits or collapse categories."
            )
    return Raked(fitted, converged, passes, float(error), cycles, tuple(notes))


def rake_by(
    groups: ArrayLike,
    base: ArrayLike,
    factors: Mapping[str, ArrayLike],
    margins: Mapping[Any, Margins],
    **options: Any,
) -> tuple[NDArray[np.float64], dict[Any, Raked]]:
    """Rake each group (country, or country and wave) to its own margins.

    Returns all weights in the order of the rows, and the account of each group. A `ValueError`
    names the group.
    """
    weights = checked_weights(base, "base weight")
    codes, levels = sorted_levels(groups)
    coded = {name: _factorized(values) for name, values in factors.items()}
    out = np.zeros(len(weights))
    accounts: dict[Any, Raked] = {}
    ordered = bool((codes[1:] >= codes[:-1]).all())
    order = None if ordered else np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes if order is None else codes[order], np.arange(len(levels) + 1))
    for index, level in enumerate(levels):
        part = slice(bounds[index], bounds[index + 1])
        rows = part if order is None else order[part]
        if level not in margins:
            raise ValueError(f"There are respondents in {level!r} but no margins for it.")
        try:
            result = rake(
                weights[rows],
                {name: pd.Categorical.from_codes(c[rows], k) for name, (c, k) in coded.items()},
                margins[level],
                **options,
            )
        except ValueError as error:
            raise ValueError(f"{level}: {error}") from error
        out[rows] = result.weights
        accounts[level] = result
    return out, accounts


def _within(weights: NDArray[np.float64], low: float, high: float) -> bool:
    return bool(weights.max() <= high * (1 + 1e-6) and weights.min() >= low * (1 - 1e-6))


def _factorized(values: ArrayLike) -> tuple[NDArray[np.intp], Any]:
    """Codes (-1 for missing) and categories, cheap for what is categorical already."""
    if isinstance(values, pd.Series):
        values = values.array
    if isinstance(values, pd.Categorical):
        return np.asarray(values.codes, dtype=np.intp), values.categories
    codes, levels = pd.factorize(np.asarray(values), sort=False)
    return codes, pd.Index(levels)


def _categories(
    name: str,
    values: ArrayLike,
    populations: Mapping[Any, float],
    count: int,
    partial: bool,
) -> tuple[NDArray[np.intp], NDArray[np.float64], list[Any]]:
    """Row codes into the populations that are used, these, and their labels. Raises `ValueError`
    with counts and names for what does not match."""
    codes, levels = _factorized(values)
    if len(codes) != count:
        raise ValueError(f"{name} has {len(codes)} values for {count} respondents.")
    if (codes < 0).any():
        raise ValueError(
            f"{int((codes < 0).sum())} respondents have no value in {name}. Give them one, or "
            "record how they are imputed; they are not dropped silently."
        )
    for category, population in populations.items():
        if not np.isfinite(population) or population < 0:
            raise ValueError(
                f"The population of {category!r} in {name} is {population!r}. Use zero or more."
            )
    present = np.bincount(codes, minlength=len(levels)) > 0
    lookup = np.full(len(levels), -1)
    used: list[float] = []
    seen: dict[Any, None] = {}
    for index, level in enumerate(levels):
        if not present[index]:
            continue
        respondents = int((codes == index).sum()) if level not in populations else 0
        if level not in populations:
            raise ValueError(
                f"{respondents} respondents are in {level!r} of {name}, which the population does "
                "not list. Add its count or join it to another category."
            )
        if populations[level] == 0:
            raise ValueError(
                f"{int((codes == index).sum())} respondents are in {level!r} of {name}, whose "
                "population is 0. Correct the population or the answers."
            )
        lookup[index] = len(used)
        used.append(float(populations[level]))
        seen[level] = None
    empty = {c: p for c, p in populations.items() if c not in seen and p > 0}
    if empty and not partial:
        listed = ", ".join(
            f"{category!r} ({population:,.0f})" for category, population in empty.items()
        )
        raise ValueError(
            f"No respondent is in {listed} of {name}. Join it to a neighbouring category, or "
            "accept weights that fall short of the population by it."
        )
    if not np.array_equal(lookup, np.arange(len(lookup))):
        codes = lookup[codes]
    return codes, np.asarray(used), list(seen)


def _no_empty(
    sums: NDArray[np.float64], targets: NDArray[np.float64], name: str, labels: list[Any]
) -> None:
    for index in np.flatnonzero(sums <= 0):
        raise ValueError(
            f"All respondents in {labels[index]!r} of {name} have base weight 0, so its population "
            f"of {targets[index]:,.0f} cannot be reached."
        )


class _JointTable:
    """The distinct combinations of the raking variables, with the sums of base weights."""

    def __init__(
        self, base: NDArray[np.float64], factors: Mapping[str, ArrayLike], margins: Margins
    ) -> None:
        if not margins:
            raise ValueError("There is no margin to rake to.")
        self.names = list(margins)
        self.targets: list[NDArray[np.float64]] = []
        self.labels: list[list[Any]] = []
        self.notes: list[str] = []
        self.codes: list[NDArray[np.intp]] = []
        row_codes: list[NDArray[np.intp]] = []
        for name in self.names:
            if name not in factors:
                raise ValueError(f"The margin {name!r} has no column among the respondents.")
            codes, targets, labels = _categories(
                name, factors[name], margins[name], len(base), False
            )
            _no_empty(summed(codes, base, len(targets)), targets, name, labels)
            self.labels.append(labels)
            self.targets.append(targets)
            row_codes.append(codes)
        self.check_totals()
        cells, self.cell = _joined(row_codes, [len(targets) for targets in self.targets])
        for targets in reversed(self.targets):
            self.codes.insert(0, cells % len(targets))
            cells = cells // len(targets)

    def check_totals(self) -> None:
        totals = [float(targets.sum()) for targets in self.targets]
        if max(totals) - min(totals) > TOTALS_TOLERANCE * max(totals):
            listed = ", ".join(
                f"{name} {total:,.0f}" for name, total in zip(self.names, totals, strict=True)
            )
            raise ValueError(
                f"The margins add up to different totals ({listed}). "
                "Bring them to one population before raking."
            )

    def error(self, sums: NDArray[np.float64]) -> float:
        return max(
            float(np.max(np.abs(summed(codes, sums, len(targets)) - targets) / targets))
            for codes, targets in zip(self.codes, self.targets, strict=True)
        )

    def fit(
        self, weights: NDArray[np.float64], tolerance: float, max_passes: int
    ) -> tuple[NDArray[np.float64], int, float]:
        start = summed(self.cell, weights, len(self.codes[0]))
        factor = np.ones_like(start)
        passes = 0
        error = self.error(start)
        while error > tolerance and passes < max_passes:
            for codes, targets in zip(self.codes, self.targets, strict=True):
                sums = summed(codes, start * factor, len(targets))
                factor *= (targets / sums)[codes]
            passes += 1
            error = self.error(start * factor)
        return weights * factor[self.cell], passes, error

    def explain(self, weights: NDArray[np.float64], tolerance: float, passes: int) -> list[str]:
        """Which categories are off, and by how much, in sentences."""
        sums = summed(self.cell, weights, len(self.codes[0]))
        worst: list[tuple[float, str]] = []
        for name, labels, codes, targets in zip(
            self.names, self.labels, self.codes, self.targets, strict=True
        ):
            reached = summed(codes, sums, len(targets))
            for label, got, target in zip(labels, reached, targets, strict=True):
                off = abs(got - target) / target
                if off > tolerance:
                    worst.append(
                        (off, f"{name} = {label}: {got:,.1f} of {target:,.1f} ({off:.2%} off)")
                    )
        worst.sort(key=lambda entry: -entry[0])
        lines = "; ".join(text for _, text in worst[:5])
        return [
            f"Raking did not converge in {passes} passes. The margins contradict each other in "
            f"this sample, or cells are empty: {lines}. Collapse categories or drop a margin."
        ]


def _joined(
    columns: list[NDArray[np.intp]], sizes: list[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The combinations of the columns that occur, as mixed-radix numbers, and each row's place."""
    return occurring(joint_codes(columns, sizes), math.prod(sizes))
