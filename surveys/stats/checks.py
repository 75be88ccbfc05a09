"""What every module asks of weights, and the one sum they all take."""

from __future__ import annotations

import numpy as np
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
