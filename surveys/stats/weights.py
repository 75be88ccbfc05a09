"""Weights: from selection probabilities to a sample that agrees with known population counts.

The front door of weighting: base weights, trimming and Kish's measures are here, raking and
post-stratification come from `raking`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import checked_weights
from .raking import Margins, Raked, post_stratify, rake, rake_by

__all__ = [
    "Kish",
    "Margins",
    "Raked",
    "base_weights",
    "checked_weights",
    "kish",
    "post_stratify",
    "rake",
    "rake_by",
    "trim",
    "trim_once",
    "weight_ratio",
]


@dataclass(frozen=True)
class Kish:
    """How unequal weights are. `deff` = n sum(w^2) / (sum w)^2 = 1 + cv^2 (Kish 1965, 1992).

    `cv` is the population coefficient of variation (divide by n); `n_effective` = n / deff.
    Zero weights are out of `n`.
    """

    n: int
    total: float
    mean: float
    minimum: float
    maximum: float
    cv: float
    deff: float
    n_effective: float


def kish(weights: ArrayLike) -> Kish:
    """Kish's design effect of unequal weights and the effective sample size."""
    found = checked_weights(weights)
    found = found[found > 0]
    if not len(found):
        raise ValueError("There is no respondent with a weight above zero.")
    scaled = found / found.mean()
    deff = float(np.mean(scaled**2))
    return Kish(
        n=len(found),
        total=float(found.sum()),
        mean=float(found.mean()),
        minimum=float(found.min()),
        maximum=float(found.max()),
        cv=float(np.sqrt(np.mean((scaled - 1) ** 2))),
        deff=deff,
        n_effective=len(found) / deff,
    )


def base_weights(probabilities: ArrayLike) -> NDArray[np.float64]:
    """1 / probability of selection (Horvitz & Thompson 1952). Probabilities lie in (0, 1]."""
    found = np.asarray(probabilities, dtype=np.float64)
    bad = ~((found > 0) & (found <= 1))
    if bad.any():
        raise ValueError(
            f"{int(bad.sum())} selection probabilities are outside (0, 1], "
            f"first in row {int(np.flatnonzero(bad)[0])}."
        )
    return 1.0 / found


def trim(
    weights: ArrayLike, lower: float, upper: float, *, max_passes: int = 500
) -> tuple[NDArray[np.float64], int]:
    """Clip to [lower, upper] and share what was cut equally over the rows not clipped, repeated
    until nothing is outside (the rule of R's `trimWeights`). Returns weights and passes."""
    found = checked_weights(weights)
    if not 0 <= lower < upper:
        raise ValueError(f"The limits {lower:g} and {upper:g} leave no room between them.")
    passes = 0
    slack = 1e-12
    while passes < max_passes:
        if (found <= upper * (1 + slack)).all() and (found >= lower * (1 - slack)).all():
            break
        found = trim_once(found, lower, upper)
        passes += 1
    else:
        raise ValueError(
            f"The limits {lower:g} and {upper:g} cannot hold the sum of the weights "
            f"{found.sum():g}. Widen them."
        )
    return found, passes


def trim_once(weights: ArrayLike, lower: float, upper: float) -> NDArray[np.float64]:
    """One pass of `trim`."""
    found = checked_weights(weights)
    outside = (found < lower) | (found > upper)
    if not outside.any():
        return found
    if outside.all():
        raise ValueError(
            f"Every weight is outside {lower:g} to {upper:g}, so none can take what is cut."
        )
    clipped = np.clip(found, lower, upper)
    clipped[~outside] += (found - clipped).sum() / (~outside).sum()
    return clipped


def weight_ratio(weights: Sequence[float] | NDArray[np.float64]) -> float:
    """Largest over smallest positive weight."""
    found = checked_weights(weights)
    found = found[found > 0]
    if not len(found):
        raise ValueError("There is no respondent with a weight above zero.")
    return float(found.max() / found.min())
