"""Means, proportions and totals of many measures in many domains, with design-based errors.

Estimate: m = sum_D w y / sum_D w over the domain's valid answers (Hajek 1971; Lohr ch. 4).
Error: the PSU totals of w (y - m) / sum_D w, 0 outside the domain, enter the variance of the
WHOLE design (`variance`); filtering to the domain first would lose the PSUs without members.
Degrees of freedom: PSUs with a member minus strata with a member (Korn & Graubard 1999).

Everything is counted on the sparse tables of `cells`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .cells import Cells, Domains, domains
from .measures import Coded, Measure, share
from .sums import Sums, number_sums
from .tallies import sums_of
from .variance import Calibration, Design, Floats, variance_of_totals

__all__ = [
    "Domains",
    "Estimated",
    "distribution",
    "domains",
    "frame",
    "means",
    "ratio",
    "totals",
]

SNAP = 1e-12
"""Relative size below which a difference is rounding: the square of it for variances."""


@dataclass(frozen=True)
class Estimated:
    """One figure. `None` stands for a number that does not exist; it is never NaN or a false 0.

    `n` valid answers with weight, `psus` and `strata` with such an answer, `population` the sum of
    their weights, `se` the linearised standard error (None without degrees of freedom), `deff` the
    design effect against simple random sampling with replacement, `deff_kish` its weighting part,
    `n_effective` = n / deff_kish.
    """

    item: str
    domain: tuple[Hashable, ...]
    n: int
    psus: int
    strata: int
    population: float
    estimate: float | None
    se: float | None
    df: int
    deff: float | None
    deff_kish: float | None
    n_effective: float | None

    @property
    def degenerate(self) -> bool:
        """Whether the error is 0 by construction: all answers are the same, or the design fixes
        the figure (the share of a stratum)."""
        return self.se == 0


def means(
    found: Design,
    measures: Mapping[str, Measure],
    *,
    within: Domains | None = None,
    calibrated: Calibration | None = None,
) -> list[Estimated]:
    """The mean (share, net score, index) of every measure in every domain.

    With `calibrated` the standard error knows what the weights were raked to; without it the
    weights count as given, the default, which is larger in most cells. Rows come measure by
    measure in the order of the domains; a domain nobody answered has n = 0 and no estimate.
    """
    _check_lengths(measures, found.n)
    cells = Cells(found, within)
    out: list[Estimated] = []
    for name, sums in sums_of(cells, measures):
        known = sums.n > 0
        safe = np.where(known, sums.weight, 1.0)
        mean = np.where(known, sums.product / safe, 0.0)
        same = known & (sums.high - sums.low <= SNAP * np.maximum(1.0, np.abs(sums.high)))
        mean = np.where(same, sums.low, mean)
        mean = np.clip(mean, sums.low, sums.high)
        spread = sums.spread(mean)
        if calibrated is None:
            variance = sums.variance(mean, safe)
        else:
            variance = _calibrated_variance(
                found, within, measures[name], mean, safe, known, calibrated
            )
        out += _rows(cells.labels, name, sums, mean, variance, spread / safe, known, same)
    return out


def totals(
    found: Design,
    measures: Mapping[str, Measure],
    *,
    within: Domains | None = None,
    calibrated: Calibration | None = None,
) -> list[Estimated]:
    """Estimated totals sum_D w y (Horvitz-Thompson), not grossed up for those who did not answer.

    The calibrated error is about a third smaller here: raking fixes the population counts.
    """
    _check_lengths(measures, found.n)
    cells = Cells(found, within)
    out: list[Estimated] = []
    nothing, one = np.zeros(len(cells.labels)), np.ones(len(cells.labels))
    for name, sums in sums_of(cells, measures):
        known = sums.n > 0
        if calibrated is None:
            variance = sums.variance(nothing, one)
        else:
            variance = _calibrated_variance(
                found, within, measures[name], nothing, one, known, calibrated
            )
        out += _rows(cells.labels, name, sums, sums.product, variance, None, known, known & False)
    return out


def ratio(
    found: Design, numerator: ArrayLike, denominator: ArrayLike, *, within: Domains | None = None
) -> list[Estimated]:
    """sum_D w y / sum_D w x with its linearised error; rows missing either are not in the base."""
    y = np.asarray(numerator, dtype=np.float64)
    x = np.asarray(denominator, dtype=np.float64)
    valid = np.isfinite(y) & np.isfinite(x)
    cells = Cells(found, within)
    top = number_sums(cells.ordered, np.where(valid, y, np.nan))
    bottom = number_sums(cells.ordered, np.where(valid, x, np.nan))
    known = (top.n > 0) & (bottom.product != 0)
    safe = np.where(known, bottom.product, 1.0)
    value = np.where(known, top.product / safe, 0.0)
    domain = cells.ordered.pair_domain
    scores = (top.pair_product - value[domain] * bottom.pair_product) / safe[domain]
    variance = cells.ordered.variance(scores)
    return _rows(cells.labels, "ratio", top, value, variance, None, known, known & False)


def distribution(
    found: Design, answers: ArrayLike, codes: Sequence[int], *, within: Domains | None = None
) -> list[Estimated]:
    """The share of each code among those who gave one of them; items are named by the code."""
    return means(found, {str(code): share(answers, [code], codes) for code in codes}, within=within)


def _check_lengths(measures: Mapping[str, Measure], count: int) -> None:
    for name, measure in measures.items():
        length = len(measure.codes) if isinstance(measure, Coded) else len(measure)
        if length != count:
            raise ValueError(f"{name} has {length} answers for {count} respondents.")


def _calibrated_variance(
    found: Design,
    within: Domains | None,
    measure: Measure,
    mean: Floats,
    safe: Floats,
    known: np.ndarray,
    calibrated: Calibration,
) -> Floats:
    """Variance of the residuals of the scores, domain by domain."""
    numbers = measure.numbers() if isinstance(measure, Coded) else np.asarray(measure, float)
    codes = np.zeros(found.n, dtype=np.intp) if within is None else within.codes
    valid = np.isfinite(numbers) & (found.weights > 0)
    out = np.zeros(len(mean))
    for domain in np.flatnonzero(known):
        member = valid & (codes == domain)
        scores = np.where(member, np.where(valid, numbers, 0.0) - mean[domain], 0.0) / safe[domain]
        residuals = found.weights * calibrated.residuals(scores)
        out[domain] = variance_of_totals(found, residuals)[0, 0]
    return out


def _rows(
    labels: Sequence[tuple[Hashable, ...]],
    name: str,
    sums: Sums,
    value: Floats,
    variance: Floats,
    population_variance: Floats | None,
    known: np.ndarray,
    same: np.ndarray,
) -> list[Estimated]:
    """Frozen rows; the one place where undefined numbers become None."""
    out = []
    for index, label in enumerate(labels):
        n = int(sums.n[index])
        if not known[index]:
            out.append(Estimated(name, label, n, 0, 0, 0.0, None, None, 0, None, None, None))
            continue
        df = int(sums.psus[index] - sums.strata[index])
        rounding = 0.0 if population_variance is None else SNAP**2 * population_variance[index]
        exact = same[index] or variance[index] <= rounding
        se = 0.0 if exact else float(np.sqrt(variance[index]))
        deff = None
        if population_variance is not None and n > 1 and not same[index] and df > 0:
            spread = population_variance[index] * n / (n - 1)
            deff = float(se**2 / (spread / n)) if spread > 0 else None
        deff_kish = float(n * sums.squares[index] / sums.weight[index] ** 2)
        out.append(
            Estimated(
                item=name,
                domain=label,
                n=n,
                psus=int(sums.psus[index]),
                strata=int(sums.strata[index]),
                population=float(sums.weight[index]),
                estimate=float(value[index]),
                se=se if df > 0 else None,
                df=df,
                deff=deff,
                deff_kish=deff_kish,
                n_effective=n / deff_kish,
            )
        )
    return out


def frame(rows: Sequence[Estimated]) -> pd.DataFrame:
    """The rows as a table; numbers that do not exist are `pandas.NA`, never NaN."""
    columns = {
        "item": pd.array([row.item for row in rows], dtype="string"),
        "domain": pd.Series([row.domain for row in rows], dtype=object),
    }
    for name in ("n", "psus", "strata", "df"):
        columns[name] = pd.array([getattr(row, name) for row in rows], dtype="Int64")
    for name in ("population", "estimate", "se", "deff", "deff_kish", "n_effective"):
        columns[name] = pd.array(
            [pd.NA if getattr(row, name) is None else getattr(row, name) for row in rows],
            dtype="Float64",
        )
    return pd.DataFrame(columns)
