"""The sampling design and the variance of anything linear, by Taylor linearisation.

V = sum_h (1 - f_h) n_h / (n_h - 1) sum_k (z_hk - mean_h)^2 over the PSUs k of strata h of the
WHOLE design, z_hk the total of the linearised scores in a PSU (Binder 1983; Lohr, *Sampling:
Design and Analysis*, ch. 9; Lumley, *Complex Surveys*, ch. 2). Without stages each respondent is
a PSU and the design says that it ignores clustering.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .checks import checked_weights, joint_codes, occurring, sorted_levels, summed

LONELY_RULES = ("adjust", "remove", "average", "fail")
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Design:
    """Who was drawn how: weights, stratum and PSU of every respondent.

    A PSU is identified by its stratum *and* its label; labels may repeat elsewhere. `lonely` says
    what a stratum with one PSU adds: `adjust` (default) the square of its total, centred at the
    overall mean of zero, which errs on the safe side; `average` the mean of the other strata;
    `remove` nothing, which understates; `fail` raises.
    """

    weights: Floats
    stratum: Codes
    psu: Codes
    psu_stratum: Codes
    psus_in: Codes
    fraction: Floats
    lonely: str
    strata_names: tuple[str, ...] = field(repr=False)
    clustered: bool

    @property
    def n(self) -> int:
        """Respondents in the design."""
        return len(self.weights)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of any figure from this design has to be told."""
        notes = []
        if not self.clustered:
            notes.append("Each respondent counts as drawn alone; the error ignores clustering.")
        single = [self.strata_names[index] for index in np.flatnonzero(self.psus_in == 1)]
        if single:
            shown = ", ".join(single[:5]) + (" and others" if len(single) > 5 else "")
            notes.append(f"Strata with one sampling unit ({shown}): rule {self.lonely!r}.")
        return tuple(notes)


def design(
    weights: ArrayLike,
    *,
    strata: ArrayLike | Sequence[ArrayLike] | None = None,
    psu: ArrayLike | None = None,
    population_psus: ArrayLike | None = None,
    lonely: str = "adjust",
) -> Design:
    """A design from columns of the same length.

    `strata` may be several columns (wave, country, stratum): together they name the stratum.
    `population_psus` is the number of PSUs of the stratum in the population, for the finite
    population correction; it must be one number within a stratum and not below the sample.
    """
    found = checked_weights(weights)
    if lonely not in LONELY_RULES:
        raise ValueError(
            f"The rule {lonely!r} is not known. Use one of: {', '.join(LONELY_RULES)}."
        )
    if not len(found):
        raise ValueError("There is no respondent in the design.")
    if not (found > 0).any():
        raise ValueError("Every weight is 0, so nothing can be estimated.")
    stratum, names = _strata(strata, len(found))
    if psu is None:
        psu_codes = np.arange(len(found))
        psu_stratum = stratum
        count = len(found)
    else:
        psu_codes, psu_stratum = _units(np.asarray(psu), stratum)
        count = len(psu_stratum)
    psus_in = np.bincount(psu_stratum, minlength=len(names))
    fraction = _fractions(population_psus, stratum, psus_in, names)
    if lonely == "fail" and (psus_in == 1).any():
        first = names[int(np.flatnonzero(psus_in == 1)[0])]
        raise ValueError(
            f"The stratum {first} has only one sampling unit. Join it to a neighbour or choose "
            "the rule 'adjust'."
        )
    return Design(
        weights=found,
        stratum=np.asarray(stratum, dtype=np.intp),
        psu=np.asarray(psu_codes, dtype=np.intp),
        psu_stratum=np.asarray(psu_stratum, dtype=np.intp),
        psus_in=psus_in.astype(np.intp),
        fraction=fraction,
        lonely=lonely,
        strata_names=names,
        clustered=psu is not None and count < len(found),
    )


def _complete(codes: NDArray, count: int, what: str) -> None:
    if len(codes) != count:
        raise ValueError(f"The {what} has {len(codes)} values for {count} respondents.")
    if (codes < 0).any():
        raise ValueError(
            f"{int((codes < 0).sum())} respondents have no {what}, first in row "
            f"{int(np.flatnonzero(codes < 0)[0])}."
        )


def _units(labels: NDArray, stratum: Codes) -> tuple[Codes, Codes]:
    """Sampling units in the order in which they come, and the stratum of each: a unit is its label
    within its stratum."""
    if len(labels) == len(stratum) and labels.dtype.kind in "iu":
        # A file in the order of its clusters needs no table of labels.
        same = labels[1:] == labels[:-1]
        apart = stratum[1:] != stratum[:-1]
        if ((labels[1:] > labels[:-1]) | (same & (stratum[1:] >= stratum[:-1]))).all():
            begins = np.concatenate(([True], ~same | apart))
            return np.cumsum(begins) - 1, stratum[begins]
    codes, _ = pd.factorize(labels)
    _complete(codes, len(stratum), "sampling unit (PSU)")
    labels_in = int(codes.max()) + 1
    psu, pairs = pd.factorize(stratum.astype(np.int64) * labels_in + codes)
    return psu, np.asarray(pairs) // labels_in


def _strata(strata: object, count: int) -> tuple[Codes, tuple[str, ...]]:
    if strata is None:
        return np.zeros(count, dtype=np.intp), ("all",)
    columns: Sequence = (
        list(strata)
        if isinstance(strata, list | tuple) and len(strata) and np.ndim(strata[0]) == 1
        else [strata]
    )
    combined = np.zeros(count, dtype=np.uint8)
    names = np.full(1, "", dtype=object)
    for column in columns:
        codes, levels = sorted_levels(column)
        _complete(codes, count, "stratum")
        sizes = [len(names), len(levels)]
        pairs, combined = occurring(joint_codes([combined, codes], sizes), math.prod(sizes))
        before = names[pairs // len(levels)]
        here = np.asarray([str(level) for level in levels], dtype=object)[pairs % len(levels)]
        names = np.asarray(
            [f"{a} {b}".strip() for a, b in zip(before, here, strict=True)], dtype=object
        )
    return np.asarray(combined, dtype=np.intp), tuple(names)


def _fractions(
    population_psus: ArrayLike | None, stratum: Codes, psus_in: NDArray, names: tuple[str, ...]
) -> Floats:
    fraction = np.zeros(len(names))
    if population_psus is None:
        return fraction
    sizes = np.asarray(population_psus, dtype=np.float64)
    if len(sizes) != len(stratum):
        raise ValueError("The population counts of sampling units do not match the respondents.")
    for index, name in enumerate(names):
        here = np.unique(sizes[stratum == index])
        if len(here) != 1 or not np.isfinite(here[0]):
            raise ValueError(f"The stratum {name} has several population counts. Give one.")
        if here[0] < psus_in[index]:
            raise ValueError(
                f"The stratum {name} has {psus_in[index]} sampling units of a population of "
                f"{here[0]:g}. The population cannot be smaller than the sample."
            )
        fraction[index] = psus_in[index] / here[0]
    return fraction


def variance_of_totals(found: Design, scores: ArrayLike) -> Floats:
    """Covariance matrix (k x k) of the totals of `scores` (n x k), rows in the design's order.

    Scores include the weight and are 0 outside the domain: a PSU without members counts as zero.
    """
    matrix = np.asarray(scores, dtype=np.float64)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if len(matrix) != found.n:
        raise ValueError(f"There are {len(matrix)} scores for {found.n} respondents.")
    count = len(found.psu_stratum)
    totals = np.column_stack(
        [summed(found.psu, matrix[:, column], count) for column in range(matrix.shape[1])]
    )
    return variance_of_psu_totals(found, totals)


def variance_of_psu_totals(found: Design, totals: Floats) -> Floats:
    """The same from totals per PSU (in the design's numbering). Two passes, never the shortcut."""
    strata = len(found.psus_in)
    sums = np.column_stack([summed(found.psu_stratum, column, strata) for column in totals.T])
    centred = totals - (sums / found.psus_in[:, None])[found.psu_stratum]
    several = found.psus_in > 1
    scale = np.where(several, (1 - found.fraction) * found.psus_in, 0.0)
    scale = np.divide(scale, found.psus_in - 1, out=np.zeros(strata), where=several)
    rows = centred * np.sqrt(scale)[found.psu_stratum][:, None]
    covariance = rows.T @ rows
    lonely = ~several & (found.fraction < 1)
    if lonely.any():
        if found.lonely == "adjust":
            alone = sums[lonely] * np.sqrt(1 - found.fraction[lonely])[:, None]
            covariance = covariance + alone.T @ alone
        elif found.lonely == "average" and several.any():
            covariance = covariance * strata / (strata - lonely.sum())
    return covariance


@dataclass(frozen=True)
class Calibration:
    """What the weights were calibrated on, for errors that know it (Deville & Sarndal 1992).

    `residuals(e)` are those of the regression of the scores on the calibration dummies, weighted
    by the base weights, separately in each group; they replace the scores in the variance.
    """

    base: Floats
    groups: tuple[tuple[Codes, Floats, Floats], ...] = field(repr=False)

    def residuals(self, scores: ArrayLike) -> Floats:
        """Residuals of `scores` (n or n x k)."""
        matrix = np.array(scores, dtype=np.float64)
        flat = matrix.ndim == 1
        if flat:
            matrix = matrix[:, None]
        for rows, dummies, inverse in self.groups:
            part = matrix[rows]
            if not part.any():
                continue
            coefficients = inverse @ (dummies.T @ (self.base[rows][:, None] * part))
            matrix[rows] = part - dummies @ coefficients
        return matrix[:, 0] if flat else matrix


def calibration(
    base: ArrayLike, factors: Mapping[str, ArrayLike], *, groups: ArrayLike | None = None
) -> Calibration:
    """The memory of a raking: base weights and the categorical variables raked on, by group."""
    weights = checked_weights(base, "base weight")
    codes = (
        np.zeros(len(weights), dtype=np.intp)
        if groups is None
        else pd.factorize(np.asarray(groups))[0]
    )
    parts: list[tuple[Codes, Floats, Floats]] = []
    for group in range(int(codes.max()) + 1):
        rows = np.flatnonzero(codes == group)
        columns = [np.ones(len(rows))]
        for values in factors.values():
            labels, levels = pd.factorize(np.asarray(values)[rows], sort=True)
            columns += [(labels == level).astype(float) for level in range(1, len(levels))]
        dummies = np.column_stack(columns)
        information = dummies.T @ (weights[rows][:, None] * dummies)
        inverse = np.asarray(np.linalg.pinv(information, hermitian=True), dtype=np.float64)
        parts.append((rows, dummies, inverse))
    return Calibration(weights, tuple(parts))
