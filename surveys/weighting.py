"""Weights for the responses of a wave, as its weighting scheme says, with an account in words.

Each area is weighted to its own margins and for itself; how areas add to ASEAN is decided later
by their populations. Where an area has too few responses for its margins the next simpler way is
taken, and the account says so: nothing is weighted silently, and nothing is dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveys.models import WeightingScheme
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED
from surveys.stats.weights import kish, rake

_OUTSIDE = {*MISSING_CODES, NOT_ASKED}
FINEST = 1e-10
"""Relative error of a margin at which raking has arrived."""


@dataclass(frozen=True, slots=True)
class AreaWeights:
    """How one area was weighted: `kind` is raked, raked_to_single_margins or unweighted.

    `margins` are those it was raked to, in their order: variables and shares by cell; `tolerance`
    is the largest relative error of a margin that was allowed.
    """

    kind: str
    n: int
    n_effective: float
    largest: float
    notes: tuple[str, ...]
    margins: tuple[tuple[tuple[str, ...], Mapping[str, float]], ...] = ()
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weight for every row (mean 1 within each area) and the account of every area."""

    weights: NDArray[np.float64]
    areas: Mapping[str, AreaWeights]

    def summary(self, area: str | None = None) -> str:
        """One sentence for provenance: of an area, or of all."""
        if area is not None:
            account = self.areas.get(area)
            return "" if account is None else _sentence(account)
        kinds: dict[str, list[str]] = {}
        for code, account in sorted(self.areas.items()):
            kinds.setdefault(account.kind, []).append(code)
        parts = [f"{_WORDS[kind]}: {', '.join(codes)}" for kind, codes in kinds.items()]
        return "; ".join(parts)


_WORDS = {
    "raked": "raked to all margins",
    "raked_to_single_margins": "raked to single margins (too few responses for crossed ones)",
    "unweighted": "not weighted (too few responses for the margins)",
    "no_scheme": "not weighted (no weighting scheme)",
}


def _sentence(account: AreaWeights) -> str:
    text = _WORDS[account.kind]
    if account.kind.startswith("raked"):
        text += f", largest weight {account.largest:.2f} of the mean"
    return f"{text}. {' '.join(account.notes)}".strip()


def variables(scheme: WeightingScheme | None) -> list[str]:
    """The questions a scheme needs."""
    if scheme is None:
        return []
    names = [name for margin in scheme.margins for name in margin["variables"]]
    return list(dict.fromkeys(names + ([scheme.base_weight] if scheme.base_weight else [])))


def weigh(frame: pd.DataFrame, scheme: WeightingScheme | None) -> Weighted:
    """Weights for all rows of `frame` (see `frames.responses`)."""
    weights = np.ones(len(frame))
    accounts: dict[str, AreaWeights] = {}
    needed = frame[variables(scheme)]
    places = frame["area"].array
    for place, area in enumerate(places.categories):
        rows = np.flatnonzero(places.codes == place)
        if len(rows):
            weights[rows], accounts[str(area)] = _weigh_area(needed.iloc[rows], str(area), scheme)
    return Weighted(weights, accounts)


def _weigh_area(
    frame: pd.DataFrame, area: str, scheme: WeightingScheme | None
) -> tuple[NDArray[np.float64], AreaWeights]:
    base = np.ones(len(frame))
    if scheme is None:
        return base, AreaWeights("no_scheme", len(frame), float(len(frame)), 1.0, ())
    notes: list[str] = []
    if scheme.base_weight:
        base, lacking = completed_base(frame[scheme.base_weight].to_numpy(dtype=float))
        base = base / base.mean()
        if lacking:
            notes.append(f"{lacking} responses without a base weight have the mean base weight.")
    margins = [margin for margin in scheme.margins if area in margin["shares"]]
    if not margins:
        notes.append("The scheme has no margins for this area.")
    elif len(frame) < scheme.minimum_for_raking:
        notes.append(f"{len(frame)} responses; raking needs {scheme.minimum_for_raking}.")
    else:
        for kind, used in (("raked", margins), ("raked_to_single_margins", _single(margins, area))):
            weights, said, tolerance = _rake(frame, base, used, area, scheme)
            if weights is not None:
                account = _account(kind, weights, [*notes, *said])
                raked_to = {tuple(m["variables"]): m["shares"][area] for m in used}
                return weights, replace(
                    account, margins=tuple(raked_to.items()), tolerance=tolerance
                )
            notes += [one for one in said if one not in notes]
    return base, _account("unweighted", base, notes)


def completed_base(given: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """The base weights of one area, and how many were no positive number: those have the mean."""
    is_given = np.isfinite(given) & (given > 0)
    mean = given[is_given].mean() if is_given.any() else 1.0
    return np.where(is_given, given, mean), int((~is_given).sum())


def _account(kind: str, weights: NDArray[np.float64], notes: list[str]) -> AreaWeights:
    found = kish(weights)
    return AreaWeights(kind, found.n, found.n_effective, found.maximum / found.mean, tuple(notes))


def _single(margins: list[dict[str, Any]], area: str) -> list[dict[str, Any]]:
    """Every crossed margin as the margins of its variables alone."""
    singles: list[dict[str, Any]] = []
    for margin in margins:
        for place, name in enumerate(margin["variables"]):
            shares: dict[str, float] = {}
            for cell, share in margin["shares"][area].items():
                level = cell.split("|")[place]
                shares[level] = shares.get(level, 0.0) + share
            singles.append({"variables": [name], "shares": {area: shares}})
    return singles


def _answers(values: Any) -> tuple[NDArray[np.integer], list[str]]:
    """Codes (-1 for a blank) and the texts they stand for."""
    if isinstance(values, pd.Categorical):
        return values.codes, [str(level) for level in values.categories]
    codes, levels = pd.factorize(np.asarray(values))
    return codes, [str(level) for level in levels]


def _crossed(
    answers: list[tuple[NDArray[np.integer], list[str]]], rows: NDArray[np.intp]
) -> pd.Categorical:
    """The cells that some rows are in, such as "F|15-24", in the order of their first row."""
    joint = np.zeros(len(rows), dtype=np.int64)
    for codes, levels in answers:
        joint = joint * len(levels) + codes[rows]
    places, found = pd.factorize(joint)
    labels = []
    for cell in found.tolist():
        parts: list[str] = []
        for _codes, levels in reversed(answers):
            cell, place = divmod(cell, len(levels))
            parts.insert(0, levels[place])
        labels.append("|".join(parts))
    return pd.Categorical.from_codes(places, categories=labels)


def _rake(
    frame: pd.DataFrame,
    base: NDArray[np.float64],
    margins: list[dict[str, Any]],
    area: str,
    scheme: WeightingScheme,
) -> tuple[NDArray[np.float64] | None, list[str], float]:
    """Raked weights of mean 1, or None and the reason why not; the tolerance they keep."""
    targets: dict[str, dict[str, float]] = {}
    factors: dict[str, pd.Categorical] = {}
    answers = {
        name: _answers(frame[name].array) for margin in margins for name in margin["variables"]
    }
    complete = np.ones(len(frame), dtype=bool)
    for codes, levels in answers.values():
        counts = np.array([*(level not in _OUTSIDE for level in levels), False])
        complete &= counts[codes]
    rows = np.flatnonzero(complete)
    if not len(rows):
        return None, ["Nobody answered all questions of the margins."], 0.0
    for margin in margins:
        name = " × ".join(margin["variables"])
        factors[name] = _crossed([answers[part] for part in margin["variables"]], rows)
        shares = margin["shares"][area]
        whole = sum(shares.values())
        targets[name] = {cell: len(rows) * share / whole for cell, share in shares.items()}
    # As close as R's `survey` goes, so that it finds the same figures; the scheme's tolerance is
    # what is accepted where that takes too many passes.
    for tolerance in (min(FINEST, scheme.tolerance), scheme.tolerance):
        try:
            raked = rake(
                base[rows],
                factors,
                targets,
                tolerance=tolerance,
                upper=scheme.cap or None,
                # Few responses and a cap may never come together; the next simpler way waits.
                max_cycles=40,
            )
        except ValueError as error:
            return None, [str(error)], 0.0
        if raked.converged:
            break
    else:
        return None, list(raked.notes), 0.0
    weights = np.ones(len(frame))
    weights[rows] = raked.weights / raked.weights.mean()
    notes = list(raked.notes)
    if missing := len(frame) - len(rows):
        notes.append(f"{missing} responses without an answer to a margin have the mean weight.")
    return weights, notes, tolerance
