"""A wave's analysis plan as the plan of a file: the JSON of `surveys/files/plan.schema.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from surveys.estimating import ASEAN, column_of, filter_column
from surveys.frames import STRATUM, UNIT
from surveys.models import AnalysisPlanEntry, WeightingScheme
from surveys.publishing import Basis
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED
from surveys.replication.unitdata import AREA, BASE, UnitData

MISSING = (*MISSING_CODES, NOT_ASKED)


def plan_document(
    basis: Basis,
    plan: Iterable[AnalysisPlanEntry],
    scheme: WeightingScheme | None,
    data: UnitData,
    *,
    title: str,
) -> dict[str, Any]:
    """The plan with which `manage.py estimate` gives the wave's figures from its data."""
    entries = list(plan)
    people = basis.populations.people
    areas = [code for code in people if code != ASEAN]
    columns = [q for entry in entries for part in entry.breakdowns for _name, q in part]
    document: dict[str, Any] = {
        "title": title,
        "design": _design(basis),
        "weights": _weights(basis, scheme, data),
        "groups": [AREA],
        "levels": {AREA: areas}
        | {
            name: [code for code in data.levels[name] if code not in MISSING]
            for name in dict.fromkeys(columns)
            if name != AREA
        },
        "missing": list(MISSING),
        "figures": [_figure(entry, data.levels) for entry in entries],
    }
    if members := {member: people[member] for member in basis.populations.members}:
        document["aggregate"] = {"name": ASEAN, "populations": members}
    return document


def _design(basis: Basis) -> dict[str, Any]:
    strata = [AREA, STRATUM] if STRATUM in basis.frame else [AREA]
    return {"strata": strata} | ({"psu": UNIT} if UNIT in basis.frame else {})


def _weights(basis: Basis, scheme: WeightingScheme | None, data: UnitData) -> dict[str, Any]:
    words: dict[str, Any] = {"by": [AREA], "scale": "respondents"}
    if data.has_base:
        words["base"] = BASE
    raked = [account for account in basis.weighted.areas.values() if account.margins]
    if raked:
        words |= {
            "missing": "mean",
            "without_margins": "base",
            "tolerance": max(account.tolerance for account in raked),
        }
        if scheme and scheme.cap:
            words["upper"] = scheme.cap
    return words


def figure_id(entry: AnalysisPlanEntry) -> str:
    """The indicator, with the answer where it is one of the shares of each answer."""
    return f"{entry.indicator}|{entry.answer}" if entry.answer else entry.indicator


def _figure(entry: AnalysisPlanEntry, levels: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    column = column_of(entry)
    outside = dict.fromkeys([NOT_ASKED, *entry.outside_base])
    figure: dict[str, Any] = {
        "id": figure_id(entry),
        "column": column,
        "missing": list(outside),
        "breakdowns": [
            [{"dimension": name, "column": question} for name, question in part]
            for part in entry.breakdowns
        ],
    }
    if entry.filter:
        figure["where"] = {filter_column(entry): ["1"]}
    base = [code for code in levels.get(column, ("0", "1")) if code not in outside]
    kinds = AnalysisPlanEntry.Estimator
    if entry.estimator == kinds.PROPORTION:
        counts = entry.counts if column in levels else ["1"]
        return {"kind": "share", "counts": list(counts), "base": base} | figure
    if entry.estimator == kinds.NET:
        return {
            "kind": "net",
            "positive": list(entry.counts),
            "negative": list(entry.counts_against),
            "base": base,
        } | figure
    figure = {"kind": "mean"} | figure
    if column in levels:
        figure["scores"] = {code: float(code) for code in base if code not in MISSING}
        figure["missing"] = list(dict.fromkeys([*outside, *MISSING_CODES]))
    return figure
