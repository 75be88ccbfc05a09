"""The sparse tables that estimates are counted on: pairs of sampling unit and domain, and
combinations of domain and stratum.

Eleven countries and twenty items cost a few passes over the answers per item, not one design per
cell. Coded answers are counted in `tallies`; numbers are summed here, over rows brought into the
order of their pairs once, so that every sum is a sum over slices.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .checks import occurring, sorted_levels, summed
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
            found, index = sorted_levels(column)
            present = list(index)
        if given is not None:
            place = {level: position for position, level in enumerate(given)}
            lookup = np.asarray([place.get(level, -1) for level in present] + [-1])
            found, present = lookup[found], list(given)
        used.append(present)
        if codes is None:
            codes = np.asarray(found, dtype=np.int64)
        else:
            codes = np.where((codes < 0) | (found < 0), -1, codes * len(present) + found)
    return Domains(np.asarray(codes, dtype=np.intp), tuple(product(*used)))


class Combinations:
    """The (domain, stratum) combinations that occur, and what a stratum adds to a variance."""

    def __init__(self, found: Design, codes: NDArray[np.integer], domains: int) -> None:
        """`codes` are those of the combinations: domain times strata plus stratum."""
        strata = len(found.psus_in)
        self.domains = domains
        self.domain = codes // strata
        stratum = codes % strata
        self.size = found.psus_in[stratum]
        rest = 1 - found.fraction[stratum]
        several = self.size > 1
        scale = np.divide(rest * self.size, self.size - 1, out=np.zeros(len(codes)), where=several)
        single = (found.psus_in == 1) & (found.fraction < 1)
        if found.lonely == "average" and single.any() and not single.all():
            scale = scale * len(found.psus_in) / (len(found.psus_in) - single.sum())
        self.scale = scale
        self.alone = np.where(~several & (found.lonely == "adjust"), rest, 0.0)

    def __len__(self) -> int:
        return len(self.domain)

    def per_domain(self, values: NDArray) -> Floats:
        """The sum over the combinations of each domain."""
        return summed(self.domain, values, self.domains)

    def each_per_domain(self, rows: NDArray) -> Floats:
        """`per_domain` of every row of a table."""
        return np.array([self.per_domain(row) for row in rows]).reshape(len(rows), self.domains)

    def variance(self, sums: Floats, squares: Floats, units: NDArray) -> Floats:
        """Variance per domain from, per combination, the sum of the scores, the squared deviations
        from their mean in the stratum, and the sampling units these are of. The stratum's other
        units score 0."""
        squares = squares + (self.size - units) * (sums / self.size) ** 2
        return self.per_domain(self.scale * squares + self.alone * sums**2)


class Cells:
    """Respondents by domain, in the two tables that sums are taken from, each made when asked for."""

    def __init__(self, found: Design, within: Domains | None) -> None:
        self.design = found
        self.within = within
        if within is not None and len(within.codes) != found.n:
            raise ValueError(
                f"The domains have {len(within.codes)} rows for {found.n} respondents."
            )
        self.labels: tuple[tuple[Hashable, ...], ...] = ((),) if within is None else within.labels

    @cached_property
    def singles(self) -> Singles:
        """The rows by their combination, where each is a sampling unit of its own."""
        return Singles(self.design, self.within, len(self.labels))

    @cached_property
    def ordered(self) -> Ordered:
        """The rows in the order of their pairs."""
        return Ordered(self.design, self.within, len(self.labels))


class Singles:
    """Respondents drawn alone: the (domain, stratum) combination of each, in the order of the rows;
    one more than there are for those in no domain and those without weight."""

    def __init__(self, found: Design, within: Domains | None, labels: int) -> None:
        strata = len(found.psus_in)
        outside = labels * strata
        joint = found.stratum if within is None else within.codes * strata + found.stratum
        joint = np.where((joint < 0) | (found.weights <= 0), outside, joint)
        codes, self.cell = occurring(joint, outside + 1)
        codes = codes[codes < outside]
        self.combos = Combinations(found, codes, labels)
        self.weights = found.weights
        # Memory asked for anew takes as long as the sums.
        self.places = np.empty(len(joint), dtype=np.intp)
        self.apart = np.empty(len(joint))

    def __len__(self) -> int:
        return len(self.combos)


class Ordered:
    """Rows in the order of their (domain, PSU) pairs, so that sums over a pair are sums over a
    slice; where each pair and each domain begins."""

    def __init__(self, found: Design, within: Domains | None, labels: int) -> None:
        psus = len(found.psu_stratum)
        self.rows: np.ndarray | slice = slice(None)
        if within is None:
            joint = found.psu
            inside = None
        else:
            joint = within.codes.astype(np.int64) * psus + found.psu
            inside = None if (within.codes >= 0).all() else within.codes >= 0
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
        self.pairs = len(keys)
        self.pair_domain = keys // psus
        self.pairs_in = np.bincount(self.pair_domain, minlength=labels)
        present, first = np.unique(self.pair_domain, return_index=True)
        bounds = [*self.starts[first].tolist(), len(joint)]
        self.slices = list(zip(present.tolist(), bounds[:-1], bounds[1:], strict=True))
        strata = len(found.psus_in)
        codes, self.pair_combo = np.unique(
            self.pair_domain * strata + found.psu_stratum[keys % psus], return_inverse=True
        )
        self.combos = Combinations(found, codes, labels)
        self.combo_pairs = np.bincount(self.pair_combo, minlength=len(codes))

    def __len__(self) -> int:
        return len(self.weights)

    @cached_property
    def pair(self) -> NDArray[np.intp]:
        """The pair of each row."""
        begins = np.zeros(len(self), dtype=np.intp)
        begins[self.starts] = 1
        return np.cumsum(begins) - 1

    @cached_property
    def domain(self) -> NDArray[np.intp]:
        """The domain of each row; one more than there are for those without weight."""
        found = self.pair_domain[self.pair]
        return found if self.all_counted else np.where(self.weights > 0, found, self.combos.domains)

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Room for a number per row: memory asked for anew takes as long as the sums."""
        return np.empty(len(self), dtype=np.intp)

    @cached_property
    def squared(self) -> Floats:
        """The squared weight of each row."""
        return self.weights**2

    def per_domain(self, values: Floats) -> Floats:
        return summed(self.pair_domain, values, self.combos.domains)

    def per_pair(self, values: Floats) -> Floats:
        """The sum over each pair; where everybody was drawn alone, each pair is one respondent."""
        if self.pairs == len(values):
            return values.copy()
        return np.add.reduceat(values, self.starts)

    def variance(self, totals: Floats) -> Floats:
        """Variance per domain from score totals per pair."""
        combos = self.combos
        sums = summed(self.pair_combo, totals, len(combos))
        mean = sums / combos.size
        squares = summed(self.pair_combo, (totals - mean[self.pair_combo]) ** 2, len(combos))
        return combos.variance(sums, squares, self.combo_pairs)

    def present(self, weight: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Per domain how many sampling units and how many strata have weight in the base."""
        has = weight > 0
        combos = self.combos
        if has.all():
            psus, strata = self.pairs_in, np.ones(len(combos), dtype=bool)
        else:
            psus = np.bincount(self.pair_domain, has, combos.domains).astype(np.intp)
            strata = np.bincount(self.pair_combo, has, len(combos)) > 0
        return psus, combos.per_domain(strata).astype(np.intp)


def _order(
    joint: np.ndarray, within: Domains | None, found: Design, rows: np.ndarray | slice
) -> np.ndarray:
    """The order of the pairs. Where the rows come in the order of their sampling units, it is that
    of the domains, whose small numbers are sorted by counting."""
    psu = found.psu[rows]
    if within is not None and len(within.labels) < 65_536 and (psu[1:] >= psu[:-1]).all():
        return np.argsort(within.codes[rows].astype(np.uint16), kind="stable")
    return np.argsort(joint, kind="stable")
