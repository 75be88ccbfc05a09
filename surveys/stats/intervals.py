"""Intervals for a proportion or a mean under a complex design.

All take the estimate `p`, its linearised standard error, the design's degrees of freedom and the
number of valid answers, and return `(low, high)` inside the possible range. At p = 0 or 1 the error
is 0 by construction and says nothing; there the Korn-Graubard limits with the effective n are
used, so that "everybody" never has a margin of nothing. `None` means: no interval exists.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from surveys.stats.distributions import beta_quantile, normal_quantile, t_quantile

Interval = tuple[float, float]
METHODS = ("logit", "beta", "wilson", "wilson_kish", "asin", "wald")
_EDGE = 1e-12


def proportion(
    p: float,
    se: float | None,
    *,
    df: int,
    n: int,
    n_effective: float,
    method: str = "logit",
    confidence: float = 0.95,
) -> Interval | None:
    """The interval of a proportion by the named method, total over every input.

    `n_effective` is Kish's; it is used by `wilson_kish` and wherever the error is 0. Without
    degrees of freedom (one PSU, one respondent) there is no design-based interval.
    """
    _check(p, confidence)
    if method not in METHODS:
        raise ValueError(f"The method {method!r} is not known. Use one of: {', '.join(METHODS)}.")
    if n < 1 or df < 1 or se is None:
        return None
    if method == "wilson_kish":
        return wilson(p, n_effective, confidence=confidence)
    if p <= _EDGE or p >= 1 - _EDGE or se < _EDGE:
        if method == "wilson":
            return wilson(p, n_effective, confidence=confidence)
        edge = p <= _EDGE or p >= 1 - _EDGE
        return _beta_limits(float(round(p)) if edge else p, min(float(n), n_effective), confidence)
    if method == "logit":
        return logit(p, se, df=df, confidence=confidence)
    if method == "beta":
        return beta(p, se, df=df, n=n, confidence=confidence)
    if method == "wilson":
        return wilson(p, p * (1 - p) / se**2, confidence=confidence)
    if method == "asin":
        return asin(p, se, df=df, confidence=confidence)
    low, high = wald(p, se, df=df, confidence=confidence)
    return max(0.0, low), min(1.0, high)


def whole_degrees(df: float) -> int:
    """`df` cut to whole degrees of freedom, as the intervals of a share take them.

    Satterthwaite's formula gives a whole number where one member alone varies, but floating point
    may leave it a hair below; cut there, one degree would come and go with the order of the sums.
    """
    return math.floor(df + 1e-9)


def logit(p: float, se: float, *, df: int, confidence: float = 0.95) -> Interval:
    """expit(logit p -+ t se / (p (1 - p))): never leaves (0, 1) (Lumley 2010, ch. 2)."""
    t = _t(df, confidence)
    centre = math.log(p / (1 - p))
    half = t * se / (p * (1 - p))
    return _expit(centre - half), _expit(centre + half)


def beta(p: float, se: float, *, df: int, n: int, confidence: float = 0.95) -> Interval:
    """Korn & Graubard (1998): Clopper-Pearson on the effective n adjusted for degrees of freedom."""
    return _beta_limits(p, effective_n(p, se, df=df, n=n, confidence=confidence), confidence)


def effective_n(p: float, se: float, *, df: int, n: int, confidence: float = 0.95) -> float:
    """n* = p (1 - p) / se^2 (t_{n-1} / t_df)^2."""
    adjustment = (_t(max(n - 1, 1), confidence) / _t(df, confidence)) ** 2
    return p * (1 - p) / se**2 * adjustment


def wilson(p: float, n: float, *, confidence: float = 0.95) -> Interval:
    """Wilson (1927) score interval on an effective n, clipped to [0, 1]."""
    z = normal_quantile((1 + confidence) / 2)
    centre = p + z**2 / (2 * n)
    half = z * math.sqrt(max(p * (1 - p), 0.0) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def asin(p: float, se: float, *, df: int, confidence: float = 0.95) -> Interval:
    """Arcsine square root with t. With one or two degrees of freedom the limits reach 0 and 1."""
    half = _t(df, confidence) * se / (2 * math.sqrt(p * (1 - p)))
    angle = math.asin(math.sqrt(p))
    return math.sin(max(angle - half, 0.0)) ** 2, math.sin(min(angle + half, math.pi / 2)) ** 2


def wald(estimate: float, se: float, *, df: float, confidence: float = 0.95) -> Interval:
    """estimate -+ t se: for means, net scores and indices."""
    half = _t(df, confidence) * se
    return estimate - half, estimate + half


@dataclass(frozen=True)
class Reliability:
    """The US NCHS presentation standard for proportions (Parker et al. 2017)."""

    n_effective: float
    low: float
    high: float
    status: str


def nchs(p: float, se: float | None, *, df: int, n: int, confidence: float = 0.95) -> Reliability:
    """Korn-Graubard limits with n* capped at n, and the first rule that applies."""
    _check(p, confidence)
    if n < 1:
        raise ValueError("There is no valid answer, so there is no reliability to judge.")
    edge = p <= _EDGE or p >= 1 - _EDGE
    if edge:
        p = float(round(p))
    if edge or se is None or se < _EDGE or df < 1:
        size = float(n)
    else:
        size = min(float(n), effective_n(p, se, df=df, n=n, confidence=confidence))
    low, high = _beta_limits(p, size, confidence)
    width = high - low
    if n < 30 or size < 30:
        status = "suppress:n_or_neff_below_30"
    elif width >= 0.30:
        status = "suppress:ci_width_ge_0.30"
    elif edge:
        status = "review:p_is_0_or_1"
    elif width > 0.05 and width / p > 1.30:
        status = "suppress:rel_width_gt_1.30"
    elif df < 8:
        status = "review:df_lt_8"
    elif width > 0.05 and width / (1 - p) > 1.30:
        status = "show:complement_unreliable"
    else:
        status = "show"
    return Reliability(size, low, high, status)


def margin_of_error(
    n: float,
    p: float = 0.5,
    *,
    deff: float = 1.0,
    population: float | None = None,
    confidence: float = 0.95,
) -> float:
    """z sqrt(deff p (1 - p) / n) sqrt(1 - n / N): for planning and for probability samples only."""
    _check(p, confidence)
    if n <= 0 or deff <= 0:
        raise ValueError(f"n is {n:g} and deff {deff:g}; both must be above zero.")
    if population is not None and population < n:
        raise ValueError(f"The population {population:g} is smaller than the sample {n:g}.")
    z = normal_quantile((1 + confidence) / 2)
    finite = 1.0 if population is None else math.sqrt(1 - n / population)
    return z * math.sqrt(deff * p * (1 - p) / n) * finite


def sample_size(
    margin: float,
    p: float = 0.5,
    *,
    deff: float = 1.0,
    population: float | None = None,
    confidence: float = 0.95,
) -> int:
    """Respondents needed for a margin of error, rounded up (Cochran 1977, ch. 4)."""
    _check(p, confidence)
    if margin <= 0:
        raise ValueError(f"The margin {margin:g} must be above zero.")
    z = normal_quantile((1 + confidence) / 2)
    size = z**2 * deff * p * (1 - p) / margin**2
    return math.ceil(size if population is None else size / (1 + size / population))


def _beta_limits(p: float, n: float, confidence: float) -> Interval:
    tail = (1 - confidence) / 2
    yes = n * p
    low = 0.0 if p <= _EDGE else beta_quantile(tail, yes, n - yes + 1)
    high = 1.0 if p >= 1 - _EDGE else beta_quantile(1 - tail, yes + 1, n - yes)
    return low, high


def _t(df: float, confidence: float) -> float:
    if df < 1:
        raise ValueError("There are no degrees of freedom, so no interval exists.")
    quantile = (1 + confidence) / 2
    return t_quantile(quantile, df)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _check(p: float, confidence: float) -> None:
    if not 0 <= p <= 1:
        raise ValueError(f"The proportion {p!r} is not between 0 and 1.")
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence {confidence!r} is not between 0 and 1, such as 0.95.")
