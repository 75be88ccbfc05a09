"""Tests of association in a weighted cross table."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from surveys.stats.distributions import chi2_tail, f_tail

from .checks import summed
from .variance import Design, variance_of_totals


@dataclass(frozen=True)
class CrossTable:
    """A weighted table and the Rao-Scott test that rows and columns are independent.

    `f`, `numerator_df`, `denominator_df`, `p`: second-order corrected F. `first_order_p`: X2 over
    the mean generalised design effect against chi-square. None of them exists (None) where fewer
    than two rows or columns were answered or no degrees of freedom remain.
    """

    rows: tuple[Hashable, ...]
    columns: tuple[Hashable, ...]
    n: int
    counts: NDArray[np.int64]
    weighted: NDArray[np.float64]
    pearson: float | None
    f: float | None
    numerator_df: float | None
    denominator_df: float | None
    p: float | None
    first_order_p: float | None
    mean_deff: float | None

    @property
    def column_shares(self) -> NDArray[np.float64]:
        """Weighted share of each row within its column; an empty column is all 0."""
        sums = self.weighted.sum(axis=0)
        return np.divide(
            self.weighted, sums, out=np.zeros_like(self.weighted), where=sums[None, :] > 0
        )


def cross_table(found: Design, rows: ArrayLike, columns: ArrayLike) -> CrossTable:
    """Rao & Scott (1984), second order (Thomas & Rao 1987): F = X2 / tr(D), with
    tr(D)^2 / tr(D^2) and that times (PSUs - strata) degrees of freedom. Blanks are out of the base.
    """
    row_codes, row_levels = pd.factorize(np.asarray(rows), sort=True)
    column_codes, column_levels = pd.factorize(np.asarray(columns), sort=True)
    if len(row_codes) != found.n or len(column_codes) != found.n:
        raise ValueError("The table's columns and the design have different numbers of rows.")
    member = (row_codes >= 0) & (column_codes >= 0) & (found.weights > 0)
    if not member.any():
        raise ValueError("Nobody has an answer to both questions of the table.")
    row_codes, row_levels = _used(row_codes, row_levels, member)
    column_codes, column_levels = _used(column_codes, column_levels, member)
    height, width = len(row_levels), len(column_levels)
    cell = np.where(member, row_codes * width + column_codes, 0)
    size = height * width
    weights = np.where(member, found.weights, 0.0)
    weighted = summed(cell, weights, size)
    counts = np.bincount(cell[member], minlength=size)
    n = int(member.sum())
    tested = dict.fromkeys(
        ("pearson", "f", "numerator_df", "denominator_df", "p", "first_order_p", "mean_deff")
    )
    freedom = len(np.unique(found.psu[member])) - len(np.unique(found.stratum[member]))
    if height > 1 and width > 1 and freedom > 0:
        tested = _rao_scott(found, cell, member, weighted, (height, width), n, freedom)
    return CrossTable(
        rows=tuple(row_levels),
        columns=tuple(column_levels),
        n=n,
        counts=counts.reshape(height, width),
        weighted=weighted.reshape(height, width),
        **tested,
    )


def _used(
    codes: NDArray, levels: ArrayLike, member: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], list[Hashable]]:
    present = np.unique(codes[member])
    lookup = np.zeros(len(np.asarray(levels)) + 1, dtype=np.intp)
    lookup[present] = np.arange(len(present))
    return lookup[codes], [np.asarray(levels)[code] for code in present]


def _rao_scott(
    found: Design,
    cell: NDArray,
    member: NDArray[np.bool_],
    weighted: NDArray[np.float64],
    shape: tuple[int, int],
    n: int,
    freedom: int,
) -> dict[str, float | None]:
    height, width = shape
    total = weighted.sum()
    shares = weighted / total
    table = shares.reshape(shape)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = float(n * ((table - expected) ** 2 / expected).sum())
    indicators = np.zeros((found.n, len(shares)))
    rows = np.flatnonzero(member)
    indicators[rows, cell[rows]] = 1.0
    scores = (indicators - shares) * (np.where(member, found.weights, 0.0) / total)[:, None]
    covariance = variance_of_totals(found, scores)
    # Contrasts of interaction, orthogonal to the main effects.
    row_dummy = np.kron(np.eye(height), np.ones((width, 1)))
    column_dummy = np.kron(np.ones((height, 1)), np.eye(width))
    main = np.hstack([row_dummy, column_dummy[:, 1:]])
    interaction = np.einsum("ij,ik->ijk", row_dummy[:, 1:], column_dummy[:, 1:]).reshape(
        height * width, -1
    )
    basis, _ = np.linalg.qr(main)
    contrast = interaction - basis @ (basis.T @ interaction)
    inverse = np.divide(1.0, shares, out=np.zeros_like(shares), where=shares > 0)
    below = contrast.T @ (inverse[:, None] / n * contrast)
    scaled = inverse[:, None] * contrast
    delta = np.linalg.lstsq(below, scaled.T @ covariance @ scaled, rcond=None)[0]
    trace = float(np.trace(delta))
    squared = float(np.trace(delta @ delta))
    if not (trace > 0 and squared > 0):
        return dict.fromkeys(
            ("f", "numerator_df", "denominator_df", "p", "first_order_p", "mean_deff")
        ) | {"pearson": pearson}
    statistic = pearson / trace
    first_df = trace**2 / squared
    second_df = first_df * freedom
    parameters = (height - 1) * (width - 1)
    mean_deff = trace / parameters
    return {
        "pearson": pearson,
        "f": statistic,
        "numerator_df": first_df,
        "denominator_df": second_df,
        "p": f_tail(statistic, first_df, second_df),
        "first_order_p": chi2_tail(pearson / mean_deff, parameters),
        "mean_deff": mean_deff,
    }
