"""Quantiles and tails of the distributions that intervals and tests use.

`scipy.special` has the functions themselves; `scipy.stats` wraps them in a second of import time and
most of the time an interval takes.
"""

import math

from scipy import special


def normal_quantile(probability: float) -> float:
    """The standard normal value below which `probability` lies."""
    return float(special.ndtri(probability))


def t_quantile(probability: float, df: float) -> float:
    """Student's t value below which `probability` lies; the normal one for infinite `df`."""
    if math.isinf(df):
        return normal_quantile(probability)
    return float(special.stdtrit(df, probability))


def t_tail(value: float, df: float) -> float:
    """The probability above `value` in Student's t; in the normal for infinite `df`."""
    if math.isinf(df):
        return float(special.ndtr(-value))
    return float(special.stdtr(df, -value))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The value of Beta(a, b) below which `probability` lies."""
    return float(special.betaincinv(a, b, probability))


def f_tail(value: float, numerator_df: float, denominator_df: float) -> float:
    """The probability above `value` in Fisher's F."""
    return float(special.fdtrc(numerator_df, denominator_df, value))


def chi2_tail(value: float, df: float) -> float:
    """The probability above `value` in chi-squared."""
    return float(special.chdtrc(df, value))
