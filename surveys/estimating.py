"""Estimates of the analysis plan: per area, per breakdown, and for ASEAN as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys.models import AnalysisPlanEntry
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED
from surveys.stats import figures as planned
from surveys.stats.measures import Coded, Measure
from surveys.stats.variance import design

ASEAN = "ASEAN"


@dataclass(frozen=True, slots=True)
class Populations:
    """15+ populations by area, the member set on the wave's date, and their vintage in words."""

    members: tuple[str, ...]
    people: Mapping[str, float]
    vintage: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One estimate in shares or scale points; `None` where no number exists or may be shown."""

    entry: AnalysisPlanEntry
    area: str
    breakdown: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    n_effective: float | None
    deff: float | None
    status: str
    reasons: tuple[str, ...]
    members: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    coverage: float | None = None
    interval_method: str = "logit"


def column_of(entry: AnalysisPlanEntry) -> str:
    """The frame's column an entry is about."""
    if entry.row:
        return f"{entry.question}/{entry.row}"
    return entry.question


def filter_column(entry: AnalysisPlanEntry) -> str:
    """The frame's column that says who passes the entry's filter."""
    return f"filter:{entry.indicator}"


def measure(frame: pd.DataFrame, entry: AnalysisPlanEntry) -> Measure:
    """Answers of those who pass the filter as numbers; see `_unfiltered`."""
    found = _unfiltered(frame, entry)
    if not entry.filter:
        return found
    numbers = found.numbers() if isinstance(found, Coded) else found
    return np.where(frame[filter_column(entry)].to_numpy() == 1.0, numbers, np.nan)


def _unfiltered(frame: pd.DataFrame, entry: AnalysisPlanEntry) -> Measure:
    """Answers as numbers: 1 and 0 for a proportion, points for a mean, nothing outside the base.

    Not asked and blank are never in the base. Don't know and refused are, unless the plan says
    otherwise; a mean has no number for them.
    """
    values = frame[column_of(entry)].array
    outside = {NOT_ASKED, *entry.outside_base}
    if not isinstance(values, pd.Categorical):
        numbers = np.asarray(values, dtype=float)
        return np.where(numbers < 0, np.nan, numbers)
    scores = np.full(len(values.categories) + 1, np.nan)
    for place, code in enumerate(values.categories):
        if code in outside:
            continue
        if entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION:
            scores[place] = float(code in entry.counts)
        elif code not in MISSING_CODES:
            scores[place] = float(code)
    codes = values.codes.astype(np.int64)
    return Coded(np.where(codes < 0, len(values.categories), codes), scores)


def levels_of(column: pd.Categorical) -> tuple[str, ...]:
    """The answers that figures are broken down by: all but the missing ones."""
    return tuple(code for code in column.categories if code not in (*MISSING_CODES, NOT_ASKED))


def figures(
    frame: pd.DataFrame,
    weights: np.ndarray,
    plan: list[AnalysisPlanEntry],
    populations: Populations,
) -> Iterator[Figure]:
    """Every figure the plan promises; areas nobody answered in have none."""
    if not len(frame):
        return
    areas = tuple(code for code in populations.people if code != ASEAN)
    names = frame["area"].astype(str)
    found = design(weights, strata=names.to_numpy())
    area = planned.Axis("area", pd.Categorical(names, categories=areas), areas)
    whole = planned.Whole(
        ASEAN, {member: populations.people[member] for member in populations.members}
    )
    for entry in plan:
        is_share = entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION
        item = planned.Item(
            entry.indicator, measure(frame, entry), planned.SHARE if is_share else planned.MEAN
        )
        breakdowns = tuple(
            tuple(
                planned.Axis(dimension, frame[question].array, levels_of(frame[question].array))
                for dimension, question in breakdown
            )
            for breakdown in entry.breakdowns
        )
        layout = planned.Layout((area,), breakdowns, whole)
        for one in planned.figures(found, [item], layout):
            if one.n:
                yield _figure(entry, one)


def _figure(entry: AnalysisPlanEntry, found: planned.Figure) -> Figure:
    return Figure(
        entry=entry,
        area=found.groups[0],
        breakdown=";".join(f"{dimension}={level}" for dimension, level in found.breakdown),
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        n_effective=found.n_effective,
        deff=found.deff,
        status=found.status,
        reasons=found.reasons,
        members=found.members,
        absent=found.absent,
        coverage=found.coverage,
        interval_method=found.interval_method,
    )
