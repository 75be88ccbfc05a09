"""Estimates of the analysis plan: per area, per breakdown, and for ASEAN as a whole."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys import frames
from surveys.models import AnalysisPlanEntry
from surveys.promises import ANSWER
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED
from surveys.stats import figures as planned
from surveys.stats.measures import Measure, among, categorised
from surveys.stats.variance import Design, design

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
    return among(found, frame[filter_column(entry)].to_numpy() == 1.0)


def _unfiltered(frame: pd.DataFrame, entry: AnalysisPlanEntry) -> Measure:
    """Answers as numbers: 1 and 0 for a proportion, points for a mean, nothing outside the base.

    Not asked and blank are never in the base. Don't know and refused are, unless the plan says
    otherwise; a mean has no number for them. A net score is +100 for answers that count, -100 for
    those that count against, 0 for others.
    """
    values = frame[column_of(entry)].array
    outside = {NOT_ASKED, *entry.outside_base}
    if not isinstance(values, pd.Categorical):
        numbers = np.asarray(values, dtype=float)
        return np.where(numbers < 0, np.nan, numbers)
    scores = np.full(len(values.categories), np.nan)
    for place, code in enumerate(values.categories):
        if code not in outside:
            scores[place] = _score(entry, code)
    return categorised(values.codes, scores)


def _score(entry: AnalysisPlanEntry, code: str) -> float:
    """What one answer in the base counts; NaN where it has no number."""
    if entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION:
        return float(code in entry.counts)
    if entry.estimator == AnalysisPlanEntry.Estimator.NET:
        return 100.0 * (code in entry.counts) - 100.0 * (code in entry.counts_against)
    return np.nan if code in MISSING_CODES else float(code)


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
    found, area = sample(frame, weights, areas)
    by_entry: dict[int, list[Figure]] = {}
    for places in _alike(plan):
        breakdowns = tuple(
            tuple(axis(frame, dimension, question) for dimension, question in breakdown)
            for breakdown in plan[places[0]].breakdowns
        )
        layout = planned.Layout((area,), breakdowns, whole_of(populations))
        items = [item(frame, plan[place], str(place)) for place in places]
        for one in planned.figures(found, items, layout):
            if one.n:
                place = int(one.item)
                by_entry.setdefault(place, []).append(_figure(plan[place], one))
    for place in sorted(by_entry):
        yield from by_entry[place]


def _alike(plan: list[AnalysisPlanEntry]) -> list[list[int]]:
    """The places of entries with the same breakdowns: their cells are found once for all of them."""
    found: dict[str, list[int]] = {}
    for place, entry in enumerate(plan):
        found.setdefault(json.dumps(entry.breakdowns), []).append(place)
    return list(found.values())


def sample(
    frame: pd.DataFrame, weights: np.ndarray, areas: tuple[str, ...]
) -> tuple[Design, planned.Axis]:
    """The design and the axis of areas: each area a stratum and each respondent a sampling unit, but
    for strata and sampling units that came with imported responses."""
    places = pd.Categorical(frame["area"])
    strata = [places]
    if frames.STRATUM in frame:
        strata.append(frame[frames.STRATUM].array)
    return (
        design(weights, strata=strata, psu=_units(frame)),
        planned.Axis("area", places.set_categories(list(areas)), areas),
    )


def _units(frame: pd.DataFrame) -> np.ndarray | None:
    """The sampling unit of each respondent, who is one alone where none is known; None if all are."""
    if frames.UNIT not in frame:
        return None
    units = frame[frames.UNIT].array
    alone = np.asarray(units == "")
    if alone.all():
        return None
    return np.where(alone, len(units.categories) + np.arange(len(units)), units.codes)


def item(frame: pd.DataFrame, entry: AnalysisPlanEntry, name: str) -> planned.Item:
    """What an entry promises, ready to be estimated under a name."""
    is_share = entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION
    return planned.Item(name, measure(frame, entry), planned.SHARE if is_share else planned.MEAN)


def axis(frame: pd.DataFrame, dimension: str, column: str) -> planned.Axis:
    """A question that figures are broken down by."""
    return planned.Axis(dimension, frame[column].array, levels_of(frame[column].array))


def whole_of(populations: Populations) -> planned.Whole | None:
    """ASEAN over its member states by their populations; None where no population is known."""
    people = {member: populations.people[member] for member in populations.members}
    return planned.Whole(ASEAN, people) if people else None


def breakdown_of(entry: AnalysisPlanEntry, found: planned.Figure) -> str:
    """A figure's cell as the ledger writes it; the answer of an entry is a dimension of it."""
    pairs = [*found.breakdown, *([(ANSWER, entry.answer)] if entry.answer else [])]
    return ";".join(f"{dimension}={level}" for dimension, level in sorted(pairs))


def _figure(entry: AnalysisPlanEntry, found: planned.Figure) -> Figure:
    return Figure(
        entry=entry,
        area=found.groups[0],
        breakdown=breakdown_of(entry, found),
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
