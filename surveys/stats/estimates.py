"""Means, proportions and totals of many measures in many domains, with design-based errors.

Estimate: m = sum_D w y / sum_D w over the domain's valid answers (Hajek 1971; Lohr ch. 4).
Error: the PSU totals of w (y - m) / sum_D w, 0 outside the domain, enter the variance of the
WHOLE design (`variance`); filtering to the domain first would lose the PSUs without members.
Degrees of freedom: PSUs with a member minus strata with a member (Korn & Graubard 1999).

Everything is counted on the sparse table of (PSU, domain) pairs, so that eleven countries and
twenty items cost three passes over the answers per item, not one design per cell.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .measures import Coded, Measure, translated
from .variance import Calibration, Codes, Design, Floats, variance_of_totals

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


@dataclass(frozen=True)
class Domains:
    """A partition of the respondents: code per row (-1 in none) and the label of every code.

    Levels without respondents stay, so that their row is kept as "no data" and not dropped.
    """

    codes: Codes
    labels: tuple[tuple[Hashable, ...], ...]


def domains(
    columns: Sequence[ArrayLike], levels: Sequence[Sequence[Hashable] | None] | None = None
) -> Domains:
    """Cross several columns into domains. Values outside given levels, and blanks, are in none."""
    if not columns:
        raise ValueError("Domains need at least one column; for everybody give no domains.")
    wanted = list(levels) if levels is not None else [None] * len(columns)
    codes: np.ndarray | None = None
    used: list[list[Hashable]] = []
    for column, given in zip(columns, wanted, strict=True):
        if isinstance(column, pd.Series):
            column = column.array
        if isinstance(column, pd.Categorical):
            found, present = np.asarray(column.codes, dtype=np.int64), list(column.categories)
        else:
            found, index = pd.factorize(np.asarray(column), sort=True)
            present = list(index)
        if given is not None:
            place = {level: position for position, level in enumerate(given)}
            lookup = np.asarray([place.get(level, -1) for level in present] + [-1])
            found, present = lookup[found], list(given)
        used.append(present)
        if codes is None:
            codes = found.astype(np.int64)
        else:
            codes = np.where((codes < 0) | (found < 0), -1, codes * len(present) + found)
    return Domains(np.asarray(codes, dtype=np.intp), tuple(product(*used)))


class _Sparse:
    """The (PSU, domain) pairs and (stratum, domain) combinations that occur."""

    def __init__(self, found: Design, within: Domains | None) -> None:
        self.design = found
        psus = len(found.psu_stratum)
        if within is None:
            self.labels: tuple[tuple[Hashable, ...], ...] = ((),)
            joint = found.psu
            inside = None
        else:
            if len(within.codes) != found.n:
                raise ValueError(
                    f"The domains have {len(within.codes)} rows for {found.n} respondents."
                )
            self.labels = within.labels
            joint = within.codes.astype(np.int64) * psus + found.psu
            inside = None if (within.codes >= 0).all() else within.codes >= 0
        # Rows in the order of their pairs, so that sums over a pair are sums over a slice.
        self.rows: np.ndarray | slice = slice(None)
        if inside is not None:
            rows = np.flatnonzero(inside)
            self.rows = rows[np.argsort(joint[rows], kind="stable")]
        elif not (joint[1:] >= joint[:-1]).all():
            self.rows = np.argsort(joint, kind="stable")
        joint = joint[self.rows]
        self.starts = np.flatnonzero(np.diff(joint, prepend=-1))
        keys = joint[self.starts]
        self.weights = found.weights[self.rows]
        self.all_counted = bool((self.weights > 0).all())
        self.counted = (self.weights > 0).astype(np.float64)
        self.pairs = len(keys)
        self.pair_domain = keys // psus
        present, first = np.unique(self.pair_domain, return_index=True)
        bounds = [*self.starts[first].tolist(), len(joint)]
        self.slices = list(zip(present.tolist(), bounds[:-1], bounds[1:], strict=True))
        self.buffers = [np.empty(len(joint)) for _ in range(4)]
        pair_stratum = found.psu_stratum[keys % psus]
        strata = len(found.psus_in)
        combos, self.pair_combo = np.unique(
            self.pair_domain * strata + pair_stratum, return_inverse=True
        )
        self.combo_domain = combos // strata
        self.combo_stratum = combos % strata
        self.combo_pairs = np.bincount(self.pair_combo, minlength=len(combos))
        self.scale, self.alone = self._scales()

    def _scales(self) -> tuple[Floats, Floats]:
        found = self.design
        size = found.psus_in[self.combo_stratum]
        rest = 1 - found.fraction[self.combo_stratum]
        several = size > 1
        scale = np.divide(rest * size, size - 1, out=np.zeros(len(size)), where=several)
        alone = np.where(~several & (found.lonely == "adjust"), rest, 0.0)
        single = (found.psus_in == 1) & (found.fraction < 1)
        if found.lonely == "average" and single.any() and not single.all():
            scale = scale * len(found.psus_in) / (len(found.psus_in) - single.sum())
        return scale, alone

    def per_domain(self, values: Floats) -> Floats:
        return np.bincount(self.pair_domain, values, len(self.labels))

    def variance(self, totals: Floats) -> Floats:
        """Variance per domain from score totals per pair."""
        size = self.design.psus_in[self.combo_stratum]
        combos = len(self.combo_stratum)
        sums = np.bincount(self.pair_combo, totals, combos)
        mean = sums / size
        squares = np.bincount(self.pair_combo, (totals - mean[self.pair_combo]) ** 2, combos)
        squares += (size - self.combo_pairs) * mean**2
        return np.bincount(
            self.combo_domain, self.scale * squares + self.alone * sums**2, len(self.labels)
        )


@dataclass
class _Sums:
    """What one item adds up to: per pair the weights and weighted answers of its valid members;
    per domain their number, squared weights, and least and greatest answer."""

    weight: Floats
    product: Floats
    n: Floats
    squares: Floats
    low: Floats
    high: Floats


def _numbers_and_base(sparse: _Sparse, measure: Measure) -> tuple[Floats, Floats]:
    """Per row in the order of the pairs: the number (0 outside the base), and 1 in the base."""
    y, base = sparse.buffers[:2]
    if isinstance(measure, Coded):
        codes = measure.codes[sparse.rows]
        counts = np.isfinite(measure.values)
        values = np.where(counts, measure.values, 0.0)
        if codes.dtype == np.uint8:
            base[:] = translated(codes, counts.astype(np.uint8))
        else:
            np.take(counts.astype(np.float64), codes, out=base, mode="clip")
        if codes.dtype == np.uint8 and _is_share(measure):
            y[:] = translated(codes, values.astype(np.uint8))
        else:
            np.take(values, codes, out=y, mode="clip")
    else:
        numbers = np.asarray(measure, dtype=np.float64)[sparse.rows]
        valid = np.isfinite(numbers)
        base[:] = valid
        y[:] = np.where(valid, numbers, 0.0)
    if not sparse.all_counted:
        base *= sparse.counted
        y *= sparse.counted
    return y, base


def _is_share(measure: Measure) -> bool:
    if not isinstance(measure, Coded):
        return False
    known = measure.values[np.isfinite(measure.values)]
    return bool(((known == 0) | (known == 1)).all())


def _sums(sparse: _Sparse, measure: Measure) -> _Sums:
    """One pass per sum, over slices: weights and weighted answers per pair, the rest per domain."""
    y, base = _numbers_and_base(sparse, measure)
    weighted, product = sparse.buffers[2:]
    np.multiply(sparse.weights, base, out=weighted)
    np.multiply(sparse.weights, y, out=product)
    size = len(sparse.labels)
    n, squares, low, high = (np.zeros(size) for _ in range(4))
    binary = _is_share(measure)
    for domain, start, end in sparse.slices:
        n[domain] = members = base[start:end].sum()
        squares[domain] = sparse.weights[start:end] @ weighted[start:end]
        if not members:
            continue
        if binary:
            yes = y[start:end].sum()
            low[domain], high[domain] = float(yes == members), float(yes > 0)
        else:
            given = y[start:end][base[start:end] > 0]
            low[domain], high[domain] = given.min(), given.max()
    empty = np.zeros(0)
    return _Sums(
        weight=np.add.reduceat(weighted, sparse.starts) if sparse.pairs else empty,
        product=np.add.reduceat(product, sparse.starts) if sparse.pairs else empty,
        n=n,
        squares=squares,
        low=low,
        high=high,
    )


def _spread(sparse: _Sparse, measure: Measure, mean: Floats, total: Floats) -> Floats:
    """sum w (y - m)^2 per domain over the valid answers; needs the buffers `_sums` left."""
    if _is_share(measure):
        return total * mean * (1 - mean)
    y, _, weighted, _ = sparse.buffers
    out = np.zeros(len(mean))
    for domain, start, end in sparse.slices:
        out[domain] = weighted[start:end] @ (y[start:end] - mean[domain]) ** 2
    return out


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
    sparse = _Sparse(found, within)
    out: list[Estimated] = []
    for name, measure in measures.items():
        _check_length(name, measure, found.n)
        sums = _sums(sparse, measure)
        total = sparse.per_domain(sums.weight)
        known = sums.n > 0
        safe = np.where(known, total, 1.0)
        mean = np.where(known, sparse.per_domain(sums.product) / safe, 0.0)
        same = known & (sums.high - sums.low <= SNAP * np.maximum(1.0, np.abs(sums.high)))
        mean = np.where(same, sums.low, mean)
        mean = np.clip(mean, sums.low, sums.high)
        spread = _spread(sparse, measure, mean, total)
        scores = (sums.product - mean[sparse.pair_domain] * sums.weight) / safe[sparse.pair_domain]
        if calibrated is None:
            variance = sparse.variance(scores)
        else:
            variance = _calibrated_variance(found, within, measure, mean, safe, known, calibrated)
        out += _rows(sparse, name, sums, total, mean, variance, spread / safe, known, same)
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
    sparse = _Sparse(found, within)
    out: list[Estimated] = []
    for name, measure in measures.items():
        _check_length(name, measure, found.n)
        sums = _sums(sparse, measure)
        total = sparse.per_domain(sums.weight)
        value = sparse.per_domain(sums.product)
        known = sums.n > 0
        if calibrated is None:
            variance = sparse.variance(sums.product)
        else:
            variance = _calibrated_variance(
                found, within, measure, np.zeros(len(value)), np.ones(len(value)), known, calibrated
            )
        out += _rows(sparse, name, sums, total, value, variance, None, known, known & False)
    return out


def ratio(
    found: Design, numerator: ArrayLike, denominator: ArrayLike, *, within: Domains | None = None
) -> list[Estimated]:
    """sum_D w y / sum_D w x with its linearised error; rows missing either are not in the base."""
    y = np.asarray(numerator, dtype=np.float64)
    x = np.asarray(denominator, dtype=np.float64)
    valid = np.isfinite(y) & np.isfinite(x)
    sparse = _Sparse(found, within)
    top = _sums(sparse, np.where(valid, y, np.nan))
    bottom = _sums(sparse, np.where(valid, x, np.nan))
    below = sparse.per_domain(bottom.product)
    known = (top.n > 0) & (below != 0)
    safe = np.where(known, below, 1.0)
    value = np.where(known, sparse.per_domain(top.product) / safe, 0.0)
    scores = (top.product - value[sparse.pair_domain] * bottom.product) / safe[sparse.pair_domain]
    variance = sparse.variance(scores)
    total = sparse.per_domain(top.weight)
    return _rows(sparse, "ratio", top, total, value, variance, None, known, known & False)


def distribution(
    found: Design, answers: ArrayLike, codes: Sequence[int], *, within: Domains | None = None
) -> list[Estimated]:
    """The share of each code among those who gave one of them; items are named by the code."""
    from .measures import share

    return means(found, {str(code): share(answers, [code], codes) for code in codes}, within=within)


def _check_length(name: str, measure: Measure, count: int) -> None:
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
    sparse: _Sparse,
    name: str,
    sums: _Sums,
    total: Floats,
    value: Floats,
    variance: Floats,
    population_variance: Floats | None,
    known: np.ndarray,
    same: np.ndarray,
) -> list[Estimated]:
    """Frozen rows; the one place where undefined numbers become None."""
    present = sums.weight > 0
    psus = np.bincount(sparse.pair_domain, present, len(sparse.labels)).astype(int)
    combos = np.bincount(sparse.pair_combo, present, len(sparse.combo_domain)) > 0
    strata = np.bincount(sparse.combo_domain, combos, len(sparse.labels)).astype(int)
    out = []
    for index, label in enumerate(sparse.labels):
        n = int(sums.n[index])
        if not known[index]:
            out.append(Estimated(name, label, n, 0, 0, 0.0, None, None, 0, None, None, None))
            continue
        df = int(psus[index] - strata[index])
        rounding = 0.0 if population_variance is None else SNAP**2 * population_variance[index]
        exact = same[index] or variance[index] <= rounding
        se = 0.0 if exact else float(np.sqrt(variance[index]))
        deff = None
        if population_variance is not None and n > 1 and not same[index] and df > 0:
            spread = population_variance[index] * n / (n - 1)
            deff = float(se**2 / (spread / n)) if spread > 0 else None
        deff_kish = float(n * sums.squares[index] / total[index] ** 2)
        out.append(
            Estimated(
                item=name,
                domain=label,
                n=n,
                psus=int(psus[index]),
                strata=int(strata[index]),
                population=float(total[index]),
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
