"""Coded answers are counted: a million people who gave one of six answers are six classes.

How many people of a cell gave an answer, the sum of their weights and how far these are from their
mean say all that an estimate and its error need of them, so that no sum over people is taken
twice. Several items are counted in one pass, by the combination of their answers.

Where every respondent is a sampling unit, the squared deviations of the scores a_c w from their
mean z in a stratum are, over the answers c with n_c people, mean weight m_c and squared deviations
q_c of the weights from it: sum_c (a_c^2 q_c + n_c (a_c m_c - z)^2), which is the analysis of
variance and, unlike the difference of two sums of squares, never below zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .cells import Cells, Combinations, Ordered, Singles
from .checks import joint_codes, summed, translated
from .measures import Coded, Measure
from .sums import Sums, number_sums
from .variance import Floats

CLASSES = 100
"""How many classes items are counted in together; an item with more is summed as numbers."""
_FEW = 4096
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Classed:
    """The answers to one item as classes: 0 outside the base, k for the k-th of the values."""

    name: str
    classes: Bytes
    values: Floats

    @property
    def count(self) -> int:
        return len(self.values) + 1


def sums_of(cells: Cells, measures: Mapping[str, Measure]) -> Iterator[tuple[str, Sums]]:
    """What every measure adds up to, in their order."""
    waiting: list[Classed] = []
    for name, measure in measures.items():
        if isinstance(measure, Coded):
            classed = _classed(name, measure)
            if classed is not None:
                waiting.append(classed)
                continue
            measure = measure.numbers()
        yield from _counted(cells, waiting)
        waiting = []
        yield name, number_sums(cells.ordered, np.asarray(measure, dtype=np.float64))
    yield from _counted(cells, waiting)


def _classed(name: str, measure: Coded) -> Classed | None:
    """An item by classes; None where it has too many."""
    counts = np.isfinite(measure.values)
    values, places = np.unique(measure.values[counts], return_inverse=True)
    if len(values) >= CLASSES:
        return None
    table = np.zeros(len(measure.values), dtype=np.uint8)
    table[counts] = places + 1
    if measure.codes.dtype == np.uint8:
        return Classed(name, translated(measure.codes, table), values)
    return Classed(name, np.take(table, measure.codes, mode="clip"), values)


def _counted(cells: Cells, items: Sequence[Classed]) -> Iterator[tuple[str, Sums]]:
    """The sums of coded items, several from one pass."""
    if not items:
        return
    room = max(_FEW, cells.design.n // 2)
    if cells.design.clustered:
        for some in _together(items, room // (len(cells.labels) + 1)):
            yield from _in_pairs(cells.ordered, some, room)
    else:
        for some in _together(items, room // (len(cells.singles) + 1)):
            yield from _singly(cells.singles, some)


def _together(items: Sequence[Classed], most: int) -> Iterator[Sequence[Classed]]:
    """Neighbours whose answers have no more combinations than `most` and than bytes hold well; one
    at least."""
    first, together = 0, 1
    for place, item in enumerate(items):
        together *= item.count
        if place > first and together > min(CLASSES, most):
            yield items[first:place]
            first, together = place, item.count
    yield items[first:]


def _combined(items: Sequence[Classed]) -> tuple[NDArray[np.integer], list[int]]:
    """The combination of answers that each row has, and how many answers each item has."""
    sizes = [item.count for item in items]
    return joint_codes([item.classes for item in items], sizes), sizes


def _alone(table: Floats, sizes: list[int], place: int) -> Floats:
    """A table of combinations of answers by cell as one of the answers to one item by cell, without
    those outside its base."""
    if len(sizes) == 1:
        return table[1:]
    found = np.zeros((sizes[place] - 1, table.shape[1]))
    for row, own in zip(table, _own(sizes, place).tolist(), strict=True):
        if own:
            found[own - 1] += row
    return found


def _own(sizes: list[int], place: int) -> NDArray[np.intp]:
    """The answer to one item in every combination of answers."""
    return np.arange(math.prod(sizes)) // math.prod(sizes[place + 1 :]) % sizes[place]


def _mean(sums: Floats, people: Floats) -> Floats:
    return np.divide(sums, people, out=np.zeros(sums.shape), where=people > 0)


def _range(people: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The least and greatest value that somebody gave, per column; 0 where nobody gave one."""
    low, high = np.zeros(people.shape[1]), np.zeros(people.shape[1])
    for gave, value in zip(people > 0, values, strict=True):
        high[gave] = value
    for gave, value in zip(people[::-1] > 0, values[::-1], strict=True):
        low[gave] = value
    return low, high


@dataclass(frozen=True, slots=True)
class SingleSums(Sums):
    """Sums where every respondent is a sampling unit: per answer, and per combination of domain and
    stratum, the number of people, their weights, and the squared deviations of these."""

    combos: Combinations
    values: Floats
    people: Floats
    weights: Floats
    deviations: Floats

    def spread(self, mean: Floats) -> Floats:
        apart = (self.values[:, None] - mean[self.combos.domain]) ** 2
        return self.combos.per_domain((self.weights * apart).sum(axis=0))

    def variance(self, mean: Floats, whole: Floats) -> Floats:
        combos = self.combos
        scores = (self.values[:, None] - mean[combos.domain]) / whole[combos.domain]
        sums = (scores * self.weights).sum(axis=0)
        apart = scores * _mean(self.weights, self.people) - sums / combos.size
        squares = (scores**2 * self.deviations + self.people * apart**2).sum(axis=0)
        return combos.variance(sums, squares, self.people.sum(axis=0))


def _singly(singles: Singles, items: Sequence[Classed]) -> Iterator[tuple[str, Sums]]:
    classes, sizes = _combined(items)
    shape = (math.prod(sizes), len(singles) + 1)
    index = np.multiply(classes, shape[1], dtype=np.intp, out=singles.places)
    index += singles.cell
    people = np.bincount(index, minlength=math.prod(shape)).astype(np.float64)
    weights = summed(index, singles.weights, math.prod(shape))
    apart = np.take(_mean(weights, people), index, out=singles.apart, mode="clip")
    np.subtract(singles.weights, apart, out=apart)
    np.square(apart, out=apart)
    tables = people, weights, summed(index, apart, math.prod(shape))
    # The last cell is that of the rows in no domain.
    people, weights, deviations = (table.reshape(shape)[:, :-1] for table in tables)
    means = _mean(weights, people)
    for place, item in enumerate(items):
        n, w = _alone(people, sizes, place), _alone(weights, sizes, place)
        # What is outside the base is compared with anything and then left out.
        between = (means - _mean(w, n)[_own(sizes, place) - 1]) ** 2 if len(n) else means
        q = _alone(deviations + people * between, sizes, place)
        yield item.name, _single_sums(singles.combos, item.values, n, w, q)


def _single_sums(
    combos: Combinations, values: Floats, people: Floats, weights: Floats, deviations: Floats
) -> SingleSums:
    units = people.sum(axis=0)
    n = combos.per_domain(units)
    squares = deviations + _mean(weights, people) * weights
    low, high = _range(combos.each_per_domain(people), values)
    return SingleSums(
        n=n,
        weight=combos.per_domain(weights.sum(axis=0)),
        product=combos.per_domain((weights * values[:, None]).sum(axis=0)),
        squares=combos.per_domain(squares.sum(axis=0)),
        low=low,
        high=high,
        psus=n.astype(np.intp),
        strata=combos.per_domain(units > 0).astype(np.intp),
        combos=combos,
        values=values,
        people=people,
        weights=weights,
        deviations=deviations,
    )


@dataclass(frozen=True, slots=True)
class PairSums(Sums):
    """Sums where sampling units are groups of people: those of every pair, and the weights of every
    answer per domain."""

    ordered: Ordered
    values: Floats
    weights: Floats
    pair_weight: Floats
    pair_product: Floats

    def spread(self, mean: Floats) -> Floats:
        return (self.weights * (self.values[:, None] - mean) ** 2).sum(axis=0)

    def variance(self, mean: Floats, whole: Floats) -> Floats:
        domain = self.ordered.pair_domain
        scores = self.pair_product - mean[domain] * self.pair_weight
        scores /= whole[domain]
        return self.ordered.variance(scores)


def _in_pairs(ordered: Ordered, items: Sequence[Classed], room: int) -> Iterator[tuple[str, Sums]]:
    items = [replace(item, classes=item.classes[ordered.rows]) for item in items]
    by_pair = _weights_by_pair(ordered, items, room)
    # The last domain is that of the rows with a weight of zero.
    classes, sizes = _combined(items)
    shape = (math.prod(sizes), ordered.combos.domains + 1)
    index = np.multiply(classes, shape[1], dtype=np.intp, out=ordered.places)
    index += ordered.domain
    people = np.bincount(index, minlength=math.prod(shape)).astype(np.float64).reshape(shape)
    squares = summed(index, ordered.squared, math.prod(shape)).reshape(shape)
    for place, (item, weights) in enumerate(zip(items, by_pair, strict=True)):
        n, q = (_alone(table, sizes, place)[:, :-1] for table in (people, squares))
        yield item.name, _pair_sums(ordered, item.values, weights, n, q)


def _weights_by_pair(ordered: Ordered, items: Sequence[Classed], room: int) -> Iterator[Floats]:
    """The sums of the weights per answer and pair, item by item."""
    for some in _together(items, room // ordered.pairs):
        classes, sizes = _combined(some)
        shape = (math.prod(sizes), ordered.pairs)
        index = np.multiply(classes, shape[1], dtype=np.intp, out=ordered.places)
        index += ordered.pair
        table = summed(index, ordered.weights, math.prod(shape)).reshape(shape)
        for place in range(len(some)):
            yield _alone(table, sizes, place)


def _pair_sums(
    ordered: Ordered, values: Floats, table: Floats, people: Floats, squares: Floats
) -> PairSums:
    weight, product = np.zeros(ordered.pairs), np.zeros(ordered.pairs)
    for row, value in zip(table, values.tolist(), strict=True):
        weight += row
        if value:
            product += row if value == 1 else value * row
    weights = np.array([ordered.per_domain(row) for row in table]).reshape(people.shape)
    psus, strata = ordered.present(weight)
    low, high = _range(people, values)
    return PairSums(
        n=people.sum(axis=0),
        weight=weights.sum(axis=0),
        product=(weights * values[:, None]).sum(axis=0),
        squares=squares.sum(axis=0),
        low=low,
        high=high,
        psus=psus,
        strata=strata,
        ordered=ordered,
        values=values,
        weights=weights,
        pair_weight=weight,
        pair_product=product,
    )
