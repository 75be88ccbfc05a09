"""From answers to numbers: what is counted, over whom.

A measure gives each respondent a number, or nothing where the respondent is not in the base. Coded
answers stay small integers: `Coded` holds them with a table from code to number, so that a million
answers cost one pass. Missing codes keep their meaning: -9 don't know, -8 refused, -7 not asked;
a blank is any code outside the table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

DONT_KNOW, REFUSED, NOT_ASKED = -9, -8, -7


@dataclass(frozen=True)
class Coded:
    """Answers as codes 0..k-1 with the number each code counts for; NaN is not in the base."""

    codes: NDArray[np.integer]
    values: NDArray[np.float64]

    def numbers(self) -> NDArray[np.float64]:
        """One number per respondent, NaN outside the base."""
        return self.values[self.codes]


Measure = Coded | NDArray[np.float64]


def categorised(codes: NDArray[np.signedinteger], scores: ArrayLike) -> Coded:
    """The answers of a categorical column: its codes, -1 for a blank, and the number of each
    category."""
    values = np.asarray(scores, dtype=np.float64)
    if codes.dtype == np.int8:
        # The blank is the last of the 256 bytes; nothing has to be looked through.
        return Coded(codes.view(np.uint8), _of_bytes(np.arange(len(values)), values))
    places = np.where(codes < 0, len(values), codes)
    return Coded(places.astype(np.min_scalar_type(len(values))), np.append(values, np.nan))


def among(measure: Measure, rows: ArrayLike) -> Measure:
    """The same measure with nobody in the base but the given rows (booleans)."""
    inside = np.asarray(rows, dtype=bool)
    if not isinstance(measure, Coded):
        return np.where(inside, measure, np.nan)
    outside, values = np.flatnonzero(np.isnan(measure.values)), measure.values
    if not len(outside):
        outside, values = np.array([len(values)]), np.append(values, np.nan)
    code = outside[-1].astype(np.result_type(measure.codes, np.min_scalar_type(outside[-1])))
    return Coded(np.where(inside, measure.codes, code), values)


def _of_bytes(places: ArrayLike, values: ArrayLike) -> NDArray[np.float64]:
    """A table of 256 numbers, NaN but at these places."""
    table = np.full(256, np.nan)
    table[places] = values
    return table


def scored(answers: ArrayLike, scores: Mapping[int, float]) -> Coded:
    """Each listed code counts its score; every other code, and blank (NaN), is not in the base."""
    if not scores:
        raise ValueError("No answer code is in the base, so there is nothing to estimate.")
    codes: NDArray[np.integer]
    found = np.asarray(answers)
    if found.dtype.kind not in "iufb":
        raise ValueError("Answers must be numeric codes; encode labels first.")
    if found.dtype.kind in "iu" and found.dtype.itemsize == 1:
        # The usual case: a table over every possible byte, the answers as they are.
        span = np.iinfo(found.dtype)
        known = {code: score for code, score in scores.items() if span.min <= code <= span.max}
        table = _of_bytes([code % 256 for code in known], list(known.values()))
        return Coded(found.view(np.uint8), table)
    low, high = min(scores), max(scores)
    if high - low > 10_000:
        raise ValueError(f"The codes run from {low} to {high}; at most 10,000 apart are possible.")
    outside = high - low + 1
    small: type[np.integer] = np.uint8 if outside < 256 else np.int16
    table = np.full(outside + 1, np.nan)
    for code, score in scores.items():
        table[code - low] = score
    if found.dtype.kind == "f":
        # A blank is NaN, and a fractional code is no code: both fall outside the table.
        whole = np.isfinite(found) & (found >= low) & (found <= high)
        shifted = np.where(whole, found, low)
        inside = whole & (shifted == np.floor(shifted))
        codes = np.where(inside, shifted - low, outside).astype(small)
    else:
        wide = found.astype(np.int64, copy=False)
        inside = (wide >= low) & (wide <= high)
        codes = np.where(inside, wide - low, outside).astype(small)
    return Coded(codes, table)


def share(answers: ArrayLike, yes: Collection[int], base: Collection[int]) -> Coded:
    """The share with an answer in `yes` among those with an answer in `base`.

    A top-two box is a share with two codes; its error comes from this 0/1 variable. Put -9 into
    `base` to count don't know in the base, and say so beside the figure.
    """
    strange = set(yes) - set(base)
    if strange:
        raise ValueError(
            f"The codes {sorted(strange)} count as yes but are not in the base {sorted(base)}."
        )
    return scored(answers, {code: float(code in yes) for code in base})


def asked_share(chosen: ArrayLike, asked: ArrayLike) -> Coded:
    """One choice of a multiple-response question: the share over the people asked.

    `chosen` is true where the choice was ticked; who was not asked (-7) is not in the base.
    """
    return scored(
        np.where(np.asarray(asked, dtype=bool), np.asarray(chosen, dtype=np.int8), 2),
        {0: 0.0, 1: 1.0},
    )


def net(
    answers: ArrayLike,
    positive: Collection[int],
    negative: Collection[int],
    base: Collection[int],
) -> Coded:
    """A net score in points: the mean of +100 (positive), -100 (negative) and 0 (others in base)."""
    both = set(positive) & set(negative)
    if both:
        raise ValueError(f"The codes {sorted(both)} count as positive and as negative.")
    return scored(
        answers,
        {code: 100.0 * (code in positive) - 100.0 * (code in negative) for code in base},
    )


def index(
    items: Sequence[ArrayLike], scores: Mapping[int, float], *, minimum: int | None = None
) -> NDArray[np.float64]:
    """The mean score of several items per person, where at least `minimum` (default all) count."""
    if not items:
        raise ValueError("An index needs at least one item.")
    table = np.column_stack([scored(item, scores).numbers() for item in items])
    answered = np.isfinite(table).sum(axis=1)
    total = np.where(np.isfinite(table), table, 0.0).sum(axis=1)
    enough = answered >= (len(items) if minimum is None else max(1, minimum))
    return np.divide(total, answered, out=np.full(len(total), np.nan), where=enough)


def numbers(answers: ArrayLike) -> NDArray[np.float64]:
    """Numeric answers as they are; blanks and the missing codes -9, -8, -7 are not in the base."""
    found = np.array(answers, dtype=np.float64)
    found[~np.isfinite(found) | np.isin(found, (DONT_KNOW, REFUSED, NOT_ASKED))] = np.nan
    return found
