"""What every module asks of weights, and how all of them sum over codes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def checked_weights(weights: ArrayLike, name: str = "weight") -> NDArray[np.float64]:
    """Weights as doubles. Raises `ValueError` naming the first rows that are negative or no number."""
    found = np.asarray(weights, dtype=np.float64)
    if found.ndim != 1:
        raise ValueError(f"The {name}s must be one column, not {found.ndim} dimensions.")
    bad = ~np.isfinite(found) | (found < 0)
    if bad.any():
        rows = ", ".join(str(row) for row in np.flatnonzero(bad)[:5])
        raise ValueError(
            f"{int(bad.sum())} {name}s are negative or not a number (rows {rows}). "
            "Correct them; a weight is zero or more."
        )
    return found


def summed(codes: NDArray, values: NDArray, size: int) -> NDArray[np.float64]:
    """The sum of `values` for each code 0..size-1."""
    return np.asarray(np.bincount(codes, values, size), dtype=np.float64)


def occurring(
    codes: NDArray[np.integer], span: int
) -> tuple[NDArray[np.intp], NDArray[np.integer]]:
    """The codes 0..span-1 that occur, in order, and each row's place among them."""
    if span > max(1 << 16, 4 * len(codes)):
        found, places = np.unique(codes, return_inverse=True)
        return np.asarray(found, dtype=np.intp), places
    found = np.flatnonzero(np.bincount(codes, minlength=span))
    if len(found) == span:
        return found, codes
    place = np.zeros(span, dtype=codes.dtype)
    place[found] = np.arange(len(found))
    return found, translated(codes, place) if codes.dtype == np.uint8 else place[codes]


def sorted_levels(values: ArrayLike) -> tuple[NDArray[np.integer], ArrayLike]:
    """Codes (-1 for a blank) and the levels that occur, in their order.

    What is categorical already is not looked through, and single bytes stay single bytes.
    """
    if isinstance(values, pd.Categorical):
        used = values.remove_unused_categories()
        ordered = used.set_categories(used.categories.sort_values())
        return ordered.codes, ordered.categories
    found = np.asarray(values)
    if found.dtype.kind in "iu" and found.dtype.itemsize == 1 and found.ndim == 1:
        every = np.arange(256, dtype=np.uint8)
        present = np.bincount(found.view(np.uint8), minlength=256) > 0
        levels = np.sort(every[present].view(found.dtype))
        place = np.zeros(256, dtype=np.uint8)
        place[levels.view(np.uint8)] = np.arange(len(levels))
        return translated(found.view(np.uint8), place), levels
    return pd.factorize(found, sort=True)


def joint_codes(
    columns: Sequence[NDArray[np.integer]], sizes: Sequence[int]
) -> NDArray[np.integer]:
    """One number per combination of codes 0..size-1, the last column's the quickest to change; in
    bytes where they suffice."""
    width = np.uint8 if math.prod(sizes) <= 256 else np.intp
    joint = columns[0].astype(width, copy=False)
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        joint = joint * width(size)
        joint += column.astype(width, copy=False)
    return joint


def translated(codes: NDArray[np.integer], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`table[codes]` for single bytes, by the translation Python has for texts: the fastest there is."""
    whole = np.zeros(256, dtype=np.uint8)
    whole[: len(table)] = table
    return np.frombuffer(np.ascontiguousarray(codes).tobytes().translate(whole.tobytes()), np.uint8)
