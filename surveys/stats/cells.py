"""The sparse table that estimates are counted on: pairs of sampling unit and domain.

Eleven countries and twenty items cost a few passes over the answers per item, not one design per
cell. Rows are brought into the order of their pairs once; every sum is then a sum over slices.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .checks import summed
from .measures import Coded, Measure, translated
from .variance import Codes, Design, Floats


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


class Cells:
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
            self.rows = rows[_order(joint[rows], within, found, rows)]
        elif not (joint[1:] >= joint[:-1]).all():
            self.rows = _order(joint, within, found, slice(None))
        joint = joint[self.rows]
        self.starts = np.flatnonzero(np.diff(joint, prepend=-1))
        keys = joint[self.starts]
        self.weights = found.weights[self.rows]
        self.all_counted = bool((self.weights > 0).all())
        self.counted = (self.weights > 0).astype(np.float64)
        self.pairs = len(keys)
        self.pair_domain = keys // psus
        self.pairs_in = np.bincount(self.pair_domain, minlength=len(self.labels))
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
        return summed(self.pair_domain, values, len(self.labels))

    def variance(self, totals: Floats) -> Floats:
        """Variance per domain from score totals per pair."""
        size = self.design.psus_in[self.combo_stratum]
        combos = len(self.combo_stratum)
        sums = summed(self.pair_combo, totals, combos)
        mean = sums / size
        squares = summed(self.pair_combo, (totals - mean[self.pair_combo]) ** 2, combos)
        squares += (size - self.combo_pairs) * mean**2
        return summed(
            self.combo_domain, self.scale * squares + self.alone * sums**2, len(self.labels)
        )


def _order(
    joint: np.ndarray, within: Domains | None, found: Design, rows: np.ndarray | slice
) -> np.ndarray:
    """The order of the pairs. Where the rows come in the order of their sampling units, it is that
    of the domains, whose small numbers are sorted by counting."""
    psu = found.psu[rows]
    if within is not None and len(within.labels) < 65_536 and (psu[1:] >= psu[:-1]).all():
        return np.argsort(within.codes[rows].astype(np.uint16), kind="stable")
    return np.argsort(joint, kind="stable")


@dataclass
class Sums:
    """What one item adds up to: per pair the weights and weighted answers of its valid members;
    per domain their number, squared weights, and least and greatest answer."""

    weight: Floats
    product: Floats
    n: Floats
    squares: Floats
    low: Floats
    high: Floats


def _numbers_and_base(cells: Cells, measure: Measure) -> tuple[Floats, Floats]:
    """Per row in the order of the pairs: the number (0 outside the base), and 1 in the base."""
    y, base = cells.buffers[:2]
    if isinstance(measure, Coded):
        codes = measure.codes[cells.rows]
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
        numbers = np.asarray(measure, dtype=np.float64)[cells.rows]
        valid = np.isfinite(numbers)
        base[:] = valid
        y[:] = np.where(valid, numbers, 0.0)
    if not cells.all_counted:
        base *= cells.counted
        y *= cells.counted
    return y, base


def _is_share(measure: Measure) -> bool:
    if not isinstance(measure, Coded):
        return False
    known = measure.values[np.isfinite(measure.values)]
    return bool(((known == 0) | (known == 1)).all())


def _dot(left: Floats, right: Floats) -> float:
    """The sum of products without BLAS, whose threads fight each other on a busy machine."""
    return float(np.einsum("i,i->", left, right))


def sums_of(cells: Cells, measure: Measure) -> Sums:
    """One pass per sum, over slices: weights and weighted answers per pair, the rest per domain."""
    y, base = _numbers_and_base(cells, measure)
    weighted, product = cells.buffers[2:]
    np.multiply(cells.weights, base, out=weighted)
    np.multiply(cells.weights, y, out=product)
    size = len(cells.labels)
    n, squares, low, high = (np.zeros(size) for _ in range(4))
    binary = _is_share(measure)
    for domain, start, end in cells.slices:
        n[domain] = members = base[start:end].sum()
        squares[domain] = _dot(cells.weights[start:end], weighted[start:end])
        if not members:
            continue
        if binary:
            yes = y[start:end].sum()
            low[domain], high[domain] = float(yes == members), float(yes > 0)
        else:
            given = y[start:end][base[start:end] > 0]
            low[domain], high[domain] = given.min(), given.max()
    return Sums(
        weight=_per_pair(cells, weighted),
        product=_per_pair(cells, product),
        n=n,
        squares=squares,
        low=low,
        high=high,
    )


def _per_pair(cells: Cells, values: Floats) -> Floats:
    """The sum over each pair; where everybody was drawn alone, each pair is one respondent."""
    if cells.pairs == len(values):
        return values.copy()
    return np.add.reduceat(values, cells.starts)


def spread_of(cells: Cells, measure: Measure, mean: Floats, total: Floats) -> Floats:
    """sum w (y - m)^2 per domain over the valid answers; needs the buffers `sums_of` left."""
    if _is_share(measure):
        return total * mean * (1 - mean)
    y, _, weighted, _ = cells.buffers
    out = np.zeros(len(mean))
    for domain, start, end in cells.slices:
        out[domain] = _dot(weighted[start:end], (y[start:end] - mean[domain]) ** 2)
    return out
