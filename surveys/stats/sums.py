"""What an item adds up to in every domain, and the variance that follows: the numbers' way.

Coded answers have a faster way with the same meaning, `tallies`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cells import Ordered
from .variance import Floats


@dataclass(frozen=True, slots=True)
class Sums(ABC):
    """Per domain, over the valid answers with a weight above zero: their number, the sums of the
    weights, of the weighted answers and of the squared weights, the least and the greatest answer,
    how many sampling units and strata they are from."""

    n: Floats
    weight: Floats
    product: Floats
    squares: Floats
    low: Floats
    high: Floats
    psus: NDArray[np.intp]
    strata: NDArray[np.intp]

    @abstractmethod
    def spread(self, mean: Floats) -> Floats:
        """sum w (y - mean)^2 per domain."""

    @abstractmethod
    def variance(self, mean: Floats, whole: Floats) -> Floats:
        """The variance of sum w (y - mean) / whole per domain, over the whole design."""


@dataclass(frozen=True, slots=True)
class NumberSums(Sums):
    """Sums of numbers, with those of every pair and the numbers themselves."""

    ordered: Ordered
    pair_weight: Floats
    pair_product: Floats
    numbers: Floats
    weighted: Floats

    def spread(self, mean: Floats) -> Floats:
        out = np.zeros(len(mean))
        for domain, start, end in self.ordered.slices:
            apart = (self.numbers[start:end] - mean[domain]) ** 2
            out[domain] = _dot(self.weighted[start:end], apart)
        return out

    def variance(self, mean: Floats, whole: Floats) -> Floats:
        domain = self.ordered.pair_domain
        scores = (self.pair_product - mean[domain] * self.pair_weight) / whole[domain]
        return self.ordered.variance(scores)


def number_sums(ordered: Ordered, numbers: Floats) -> NumberSums:
    """The sums of one number per respondent in the order of the design, NaN outside the base."""
    given = numbers[ordered.rows]
    valid = np.isfinite(given) & (ordered.weights > 0)
    y = np.where(valid, given, 0.0)
    weighted = np.where(valid, ordered.weights, 0.0)
    size = ordered.combos.domains
    n, squares, low, high = (np.zeros(size) for _ in range(4))
    for domain, start, end in ordered.slices:
        inside = valid[start:end]
        n[domain] = members = np.count_nonzero(inside)
        if members:
            squares[domain] = _dot(weighted[start:end], weighted[start:end])
            here = y[start:end] if members == end - start else y[start:end][inside]
            low[domain], high[domain] = here.min(), here.max()
    weight, product = ordered.per_pair(weighted), ordered.per_pair(weighted * y)
    psus, strata = ordered.present(weight)
    return NumberSums(
        n=n,
        weight=ordered.per_domain(weight),
        product=ordered.per_domain(product),
        squares=squares,
        low=low,
        high=high,
        psus=psus,
        strata=strata,
        ordered=ordered,
        pair_weight=weight,
        pair_product=product,
        numbers=y,
        weighted=weighted,
    )


def _dot(left: Floats, right: Floats) -> float:
    """The sum of products without BLAS, whose threads fight each other on a busy machine."""
    return float(np.einsum("i,i->", left, right))
