"""Did it change, and do they differ: tests of differences, several tests at once, planning.

Overlap of two intervals is not a test (Schenker & Gentleman 2001); the difference has its own
error. Groups of one wave share sampling units, so their covariance counts; independent waves add
their variances. "Not significant" is "no statistically detectable change", never "no change".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surveys.stats.distributions import normal_quantile, t_quantile, t_tail

from .estimates import Estimated
from .measures import Coded, Measure
from .variance import Calibration, Design, variance_of_totals


@dataclass(frozen=True)
class Difference:
    """`second - first` (or group A - group B) with its error and the test that it is 0.

    `t` and `p` are None where the error is 0. `detectable` is the smallest true difference that
    this comparison would have found with 80 % power at the 5 % level.
    """

    first: float
    second: float
    difference: float
    se: float
    df: float
    t: float | None
    p: float | None
    low: float
    high: float
    detectable: float

    def significant(self, level: float = 0.05) -> bool:
        """Whether the test rejects "no difference" at this level (unadjusted)."""
        return self.p is not None and self.p < level


def _difference(
    first: float, second: float, difference: float, se: float, df: float, confidence: float
) -> Difference:
    if df <= 0:
        raise ValueError(
            "The difference has no degrees of freedom: too few sampling units. Show no test."
        )
    t = difference / se if se > 0 else None
    p = None if t is None else 2 * t_tail(abs(t), df)
    half = t_quantile((1 + confidence) / 2, df) * se
    return Difference(
        first=first,
        second=second,
        difference=difference,
        se=se,
        df=df,
        t=t,
        p=p,
        low=difference - half,
        high=difference + half,
        detectable=minimum_detectable_difference(se),
    )


def between_groups(
    found: Design,
    measure: Measure,
    in_a: ArrayLike,
    in_b: ArrayLike,
    *,
    calibrated: Calibration | None = None,
    confidence: float = 0.95,
) -> Difference:
    """Mean of A minus mean of B within ONE design, covariance through shared PSUs kept.

    Also right for two waves that kept their PSUs (a panel): stack them in one design with the PSU
    the same in both. `first` is B's mean, `second` A's. Groups may not overlap.
    """
    numbers = measure.numbers() if isinstance(measure, Coded) else np.asarray(measure, float)
    valid = np.isfinite(numbers) & (found.weights > 0)
    a = np.asarray(in_a, dtype=bool) & valid
    b = np.asarray(in_b, dtype=bool) & valid
    if (a & b).any():
        raise ValueError(
            f"{int((a & b).sum())} respondents are in both groups. Make them disjoint."
        )
    for name, group in (("first", a), ("second", b)):
        if not group.any():
            raise ValueError(f"Nobody in the {name} group has a valid answer.")
    y = np.where(valid, numbers, 0.0)
    w = found.weights
    weight_a, weight_b = w[a].sum(), w[b].sum()
    mean_a, mean_b = float(w[a] @ y[a] / weight_a), float(w[b] @ y[b] / weight_b)
    scores = np.where(a, (y - mean_a) / weight_a, 0.0) - np.where(b, (y - mean_b) / weight_b, 0.0)
    if calibrated is not None:
        scores = calibrated.residuals(scores)
    variance = variance_of_totals(found, w * scores)[0, 0]
    either = a | b
    df = len(np.unique(found.psu[either])) - len(np.unique(found.stratum[either]))
    return _difference(
        mean_b, mean_a, mean_a - mean_b, math.sqrt(max(variance, 0.0)), df, confidence
    )


def between_estimates(
    first: float,
    first_se: float,
    first_df: float,
    second: float,
    second_se: float,
    second_df: float,
    *,
    df: str = "sum",
    confidence: float = 0.95,
) -> Difference:
    """`second - first` of two INDEPENDENT estimates (two waves, two countries).

    se = sqrt(se1^2 + se2^2); `df` is "sum" (df1 + df2), "satterthwaite" (Welch) or "normal".
    """
    for name, value in (("first", first_se), ("second", second_se)):
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"The standard error of the {name} estimate is {value!r}.")
    se = math.hypot(first_se, second_se)
    if df == "sum":
        freedom = first_df + second_df
    elif df == "satterthwaite":
        below = first_se**4 / first_df + second_se**4 / second_df if se else 0.0
        freedom = se**4 / below if below else first_df + second_df
    elif df == "normal":
        freedom = math.inf
    else:
        raise ValueError(f"df is {df!r}. Use sum, satterthwaite or normal.")
    return _difference(first, second, second - first, se, freedom, confidence)


def between_waves(
    earlier: Estimated, later: Estimated, *, confidence: float = 0.95
) -> Difference | None:
    """Later minus earlier of two independent waves; None where either has no error to work with."""
    values = (earlier.estimate, earlier.se, later.estimate, later.se)
    if any(value is None for value in values):
        return None
    return between_estimates(
        float(earlier.estimate or 0),
        float(earlier.se or 0),
        earlier.df,
        float(later.estimate or 0),
        float(later.se or 0),
        later.df,
        confidence=confidence,
    )


def minimum_detectable_difference(
    se_of_difference: float, *, power: float = 0.8, level: float = 0.05
) -> float:
    """(z_{1-level/2} + z_power) x se: the true difference found with this power."""
    if not (math.isfinite(se_of_difference) and se_of_difference >= 0):
        raise ValueError(f"The standard error of the difference is {se_of_difference!r}.")
    z = normal_quantile(1 - level / 2) + normal_quantile(power)
    return float(z * se_of_difference)


def _checked_p(p_values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.asarray(p_values, dtype=np.float64)
    if found.size and not ((found >= 0) & (found <= 1)).all():
        raise ValueError("p-values must lie between 0 and 1.")
    return found


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Holm (1979): adjusted p-values that bound the chance of any false claim. For claims."""
    found = _checked_p(p_values)
    order = np.argsort(found, kind="stable")
    count = len(found)
    steps = np.maximum.accumulate(found[order] * (count - np.arange(count))) if count else found
    out = np.empty(count)
    out[order] = np.minimum(steps, 1.0)
    return out


def benjamini_hochberg(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Benjamini & Hochberg (1995): bounds the share of false ones among findings. For exploring."""
    found = _checked_p(p_values)
    order = np.argsort(-found, kind="stable")
    count = len(found)
    ranks = count - np.arange(count)
    steps = np.minimum.accumulate(found[order] * count / ranks) if count else found
    out = np.empty(count)
    out[order] = np.minimum(steps, 1.0)
    return out


def bonferroni(p_values: Sequence[float]) -> NDArray[np.float64]:
    """p x number of tests, at most 1."""
    found = _checked_p(p_values)
    return np.minimum(found * len(found), 1.0)
