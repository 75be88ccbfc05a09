"""What is known of each respondent that an estimate needs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys.estimating import column_of, filter_column
from surveys.frames import STRATUM, UNIT
from surveys.models import AnalysisPlanEntry, WeightingScheme
from surveys.publishing import Basis
from surveys.weighting import completed_base, variables

RESPONDENT, AREA, BASE, WEIGHT = "respondent", "area", "base_weight", "weight"


@dataclass(frozen=True)
class UnitData:
    """The data as a table of texts ("" is blank). `levels` has the codes of every coded column in
    their order; `alone` is how many people nobody else is like in all columns that describe them."""

    frame: pd.DataFrame
    levels: dict[str, tuple[str, ...]]
    has_base: bool
    describing: tuple[str, ...]
    alone: int


def column_names(
    plan: Iterable[AnalysisPlanEntry], scheme: WeightingScheme | None, drawn: Iterable[str] = ()
) -> list[str]:
    """The columns of the data, in their order; `drawn` are those of the design."""
    entries = list(plan)
    base = [BASE] if scheme and scheme.base_weight else []
    names = [*_describing(entries, scheme), *_answers(entries)]
    return [
        RESPONDENT,
        AREA,
        *drawn,
        *base,
        *(n for n in dict.fromkeys(names) if n != AREA),
        WEIGHT,
    ]


def _describing(entries: list[AnalysisPlanEntry], scheme: WeightingScheme | None) -> list[str]:
    """Who people are: the questions of margins and breakdowns."""
    margins = [name for name in variables(scheme) if scheme and name != scheme.base_weight]
    broken_down = [q for entry in entries for part in entry.breakdowns for _name, q in part]
    return list(dict.fromkeys([*margins, *broken_down]))


def _answers(entries: list[AnalysisPlanEntry]) -> list[str]:
    passes = [filter_column(entry) for entry in entries if entry.filter]
    return [*(column_of(entry) for entry in entries), *passes]


def unit_data(
    basis: Basis, plan: Iterable[AnalysisPlanEntry], scheme: WeightingScheme | None
) -> UnitData:
    """One row per respondent: area, design, weights, and the answers the plan and margins use.

    Rows are sorted by their content and numbered anew, so that neither a key nor an order leads
    back to a response.
    """
    source = basis.frame
    data: dict[str, pd.Series] = {AREA: source[AREA].astype(str)}
    drawn = [name for name in (STRATUM, UNIT) if name in source]
    data |= {name: source[name].astype(str) for name in drawn}
    levels = {}
    has_base = bool(scheme and scheme.base_weight)
    if scheme and has_base:
        given = source[scheme.base_weight].to_numpy(dtype=float)
        base = np.ones(len(given))
        for area in data[AREA].unique():
            rows = (data[AREA] == area).to_numpy()
            base[rows], _lacking = completed_base(given[rows])
        data[BASE] = _texts(base)
    entries = list(plan)
    describing = _describing(entries, scheme)
    for name in dict.fromkeys([*describing, *_answers(entries)]):
        if name == AREA:
            continue
        values = source[name].array
        if isinstance(values, pd.Categorical):
            levels[name] = tuple(map(str, values.categories))
            data[name] = pd.Series(np.asarray(values, dtype=object)).fillna("").astype(str)
        else:
            # A number below zero says why there is none; the estimates leave it out.
            numbers = np.asarray(values, dtype=float)
            data[name] = _texts(np.where(numbers < 0, np.nan, numbers))
    data[WEIGHT] = _texts(basis.weighted.weights)
    frame = pd.DataFrame(data)
    frame = frame.sort_values(list(frame.columns), ignore_index=True)
    # Who answered here was drawn from no stratum of the file, alone.
    if STRATUM in drawn:
        frame[STRATUM] = frame[STRATUM].replace("", "none")
    if UNIT in drawn:
        alone = frame[UNIT] == ""
        frame.loc[alone, UNIT] = [f"alone {number}" for number in range(1, alone.sum() + 1)]
    frame.insert(0, RESPONDENT, [str(number) for number in range(1, len(frame) + 1)])
    keys = [AREA, *drawn, *(name for name in describing if name != AREA)]
    sizes = frame.groupby(keys, sort=False)[RESPONDENT].transform("size")
    return UnitData(frame, levels, has_base, tuple(keys), int((sizes == 1).sum()))


def _texts(numbers: np.ndarray) -> pd.Series:
    """Numbers with all their digits; nothing where there is none."""
    return pd.Series(
        ["" if np.isnan(n) else str(int(n)) if float(n).is_integer() else repr(float(n)) for n in numbers],
        dtype=object,
    )  # fmt: skip


def margin_rows(basis: Basis) -> list[tuple[str, str, str, str]]:
    """The margins that each area was really raked to, as lines of a margins file."""
    rows = []
    for area, account in sorted(basis.weighted.areas.items()):
        for names, shares in account.margins:
            whole = sum(shares.values())
            rows += [
                (area, "|".join(names), cell, repr(float(share / whole)))
                for cell, share in shares.items()
            ]
    return rows
