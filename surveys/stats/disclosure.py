"""What may be shown: reliability and confidentiality, kept apart, and neither hides the row.

The base is valid answers, not respondents. Thresholds carry a dated version that is stored with
every published result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

OK, LOW_RELIABILITY, SUPPRESSED, NO_DATA = "ok", "low reliability", "suppressed", "no data"
OBS_STATUS = {OK: "A", LOW_RELIABILITY: "U", SUPPRESSED: "Q", NO_DATA: "L"}
"""SDMX observation status of each verdict."""


@dataclass(frozen=True)
class Thresholds:
    """Least unweighted bases and greatest uncertainty. `half_width` is in shares (0.15 is 15
    percentage points) and applies to proportions only."""

    version: str = "2026-11-22"
    suppress_below: int = 30
    flag_below: int = 50
    flag_n_effective_below: float = 30.0
    flag_df_below: int = 8
    flag_half_width_above: float = 0.15
    confidential_below: int = 5


DEFAULT = Thresholds()


@dataclass(frozen=True)
class Verdict:
    """The state of a figure with every reason as a sentence. `confidential` tells that people, not
    only precision, are protected."""

    state: str
    reasons: tuple[str, ...]
    confidential: bool
    obs_status: str
    version: str


def judge(
    n: int,
    *,
    n_effective: float | None = None,
    df: int | None = None,
    half_width: float | None = None,
    thresholds: Thresholds = DEFAULT,
) -> Verdict:
    """`suppressed` under 30 valid answers; `low reliability` under 50, or an effective n under 30,
    under 8 degrees of freedom, or an interval wider than 15 points either way; else `ok`."""
    if n < 0:
        raise ValueError(f"The base is {n}. It cannot be negative.")
    reasons: list[str] = []
    confidential = 0 < n < thresholds.confidential_below
    if n == 0:
        state = NO_DATA
        reasons.append("Nobody gave a valid answer.")
    elif n < thresholds.suppress_below:
        state = SUPPRESSED
        reasons.append(f"{n} valid answers; at least {thresholds.suppress_below} are needed.")
        if confidential:
            reasons.append(
                f"Fewer than {thresholds.confidential_below} people answered, who could be known."
            )
    else:
        if n < thresholds.flag_below:
            reasons.append(f"{n} valid answers; figures under {thresholds.flag_below} are flagged.")
        if n_effective is not None and n_effective < thresholds.flag_n_effective_below:
            reasons.append(f"The effective sample size is {n_effective:.0f}.")
        if df is not None and df < thresholds.flag_df_below:
            reasons.append(f"The design leaves {df} degrees of freedom.")
        if half_width is not None and half_width > thresholds.flag_half_width_above:
            reasons.append(f"The interval reaches {100 * half_width:.0f} points to a side.")
        state = LOW_RELIABILITY if reasons else OK
    return Verdict(state, tuple(reasons), confidential, OBS_STATUS[state], thresholds.version)


def secondary(
    suppressed: ArrayLike, n: ArrayLike, *, thresholds: Thresholds = DEFAULT
) -> NDArray[np.bool_]:
    """Cells to hide so that no hidden cell follows from a published total minus its siblings.

    `suppressed` and `n` are a table (or a row) whose rows and columns have published totals. In
    every line with a hidden cell at least two are hidden and together they hold at least
    `suppress_below` answers; the smallest visible cells are taken first. A line that has nothing
    left to hide is hidden whole. The given cells are included in the answer.
    """
    hidden = np.atleast_2d(np.array(suppressed, dtype=bool))
    counts = np.atleast_2d(np.asarray(n))
    if hidden.shape != counts.shape:
        raise ValueError(f"The table has shape {hidden.shape} and its bases {counts.shape}.")
    single = np.ndim(suppressed) == 1
    changed = True
    while changed:
        changed = False
        lines = [(hidden[row], counts[row]) for row in range(hidden.shape[0])]
        if not single:
            lines += [(hidden[:, column], counts[:, column]) for column in range(hidden.shape[1])]
        for flags, bases in lines:
            while _reveals(flags, bases, thresholds):
                visible = np.flatnonzero(~flags & (bases > 0))
                if not len(visible):
                    break
                flags[visible[np.argmin(bases[visible])]] = True
                changed = True
    return hidden[0] if single else hidden


def _reveals(flags: NDArray, bases: NDArray, thresholds: Thresholds) -> bool:
    populated = flags & (bases > 0)
    count = int(populated.sum())
    if not count:
        return False
    return count == 1 or int(bases[populated].sum()) < thresholds.suppress_below
