"""Estimates of the analysis plan: per area, per breakdown, and for ASEAN as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from surveys.models import AnalysisPlanEntry
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED
from surveys.stats import aggregates, disclosure, estimates, intervals
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


def figures(
    frame: pd.DataFrame,
    weights: np.ndarray,
    plan: list[AnalysisPlanEntry],
    populations: Populations,
) -> Iterator[Figure]:
    """Every figure the plan promises."""
    if not len(frame):
        return
    areas = [code for code in populations.people if code != ASEAN]
    found = design(weights, strata=frame["area"].astype(str).to_numpy())
    area_column = pd.Categorical(frame["area"].astype(str), categories=areas)
    for entry in plan:
        numbers = {"figure": measure(frame, entry)}
        totals = estimates.means(found, numbers, within=estimates.domains([area_column], [areas]))
        yield from _one_breakdown(entry, {"": totals}, populations, {})
        for breakdown in entry.breakdowns:
            names = [name for name, _question in breakdown]
            columns = [frame[question].array for _name, question in breakdown]
            levels = [
                [c for c in column.categories if c not in (*MISSING_CODES, NOT_ASKED)]
                for column in columns
            ]
            rows = estimates.means(
                found,
                numbers,
                within=estimates.domains([area_column, *columns], [areas, *levels]),
            )
            cells: dict[str, list] = {}
            for row in rows:
                pairs = sorted(zip(names, row.domain[1:], strict=True))
                key = ";".join(f"{name}={level}" for name, level in pairs)
                cells.setdefault(key, []).append(row)
            shares = {row.domain[0]: row.population for row in totals}
            yield from _one_breakdown(entry, cells, populations, shares)


def _one_breakdown(
    entry: AnalysisPlanEntry,
    cells: Mapping[str, list[estimates.Estimated]],
    populations: Populations,
    area_totals: Mapping[str, float],
) -> Iterator[Figure]:
    """All areas and ASEAN for the cells of one breakdown, with secondary suppression."""
    keys = list(cells)
    judged: dict[tuple[str, str], Figure] = {}
    for key in keys:
        for row in cells[key]:
            judged[key, str(row.domain[0])] = _figure(entry, str(row.domain[0]), key, row)
    areas = [str(row.domain[0]) for row in cells[keys[0]]]
    hidden = (
        disclosure.secondary(
            [[judged[key, area].status == "Q" for key in keys] for area in areas],
            [[judged[key, area].n for key in keys] for area in areas],
        )
        if len(keys) > 1
        else np.zeros((len(areas), 1), dtype=bool)
    )
    for row_number, area in enumerate(areas):
        for column, key in enumerate(keys):
            figure = judged[key, area]
            if figure.n == 0:
                continue
            if hidden[row_number][column] and figure.status != "Q":
                figure = _hidden(figure, "Hidden so that no other cell follows from the total.")
            yield figure
    for key in keys:
        if figure := _asean(entry, key, cells[key], populations, area_totals):
            yield figure


def _hidden(figure: Figure, reason: str) -> Figure:
    return Figure(
        figure.entry, figure.area, figure.breakdown, None, None, None, figure.n, None, None,
        "Q", (*figure.reasons, reason), interval_method=figure.interval_method,
    )  # fmt: skip


def _interval(
    entry: AnalysisPlanEntry, estimate: float, se: float | None, df: float, n: int, effective: float
) -> tuple[float, float] | None:
    if entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION:
        return intervals.proportion(estimate, se, df=int(df), n=n, n_effective=effective)
    if se is None or df < 1:
        return None
    return intervals.wald(estimate, se, df=df)


def _figure(
    entry: AnalysisPlanEntry, area: str, breakdown: str, row: estimates.Estimated
) -> Figure:
    low = high = None
    if row.estimate is not None:
        limits = _interval(entry, row.estimate, row.se, row.df, row.n, row.n_effective or row.n)
        low, high = limits if limits else (None, None)
    is_share = entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION
    verdict = disclosure.judge(
        row.n,
        n_effective=row.n_effective,
        df=row.df if row.n else None,
        half_width=(high - low) / 2 if is_share and low is not None else None,
    )
    shows = verdict.state in (disclosure.OK, disclosure.LOW_RELIABILITY)
    return Figure(
        entry=entry,
        area=area,
        breakdown=breakdown,
        value=row.estimate if shows else None,
        low=low if shows else None,
        high=high if shows else None,
        n=row.n,
        n_effective=row.n_effective if shows else None,
        deff=row.deff if shows else None,
        status=verdict.obs_status,
        reasons=verdict.reasons,
        interval_method="logit" if is_share else "t",
    )


def _asean(
    entry: AnalysisPlanEntry,
    breakdown: str,
    rows: list[estimates.Estimated],
    populations: Populations,
    area_totals: Mapping[str, float],
) -> Figure | None:
    """The population-weighted figure over the member set.

    A breakdown's population in an area is the area's population times the weighted share of the
    breakdown among its answers: populations of sub-groups are not known for every area.
    """
    by_area = {str(row.domain[0]): row for row in rows if str(row.domain[0]) in populations.members}
    people = {}
    for area in populations.members:
        share = 1.0
        if area_totals and area in by_area:
            share = by_area[area].population / area_totals[area] if area_totals[area] else 0.0
        people[area] = populations.people[area] * share
    parts = {
        area: aggregates.part(row)
        for area, row in by_area.items()
        if row.estimate is not None and row.n > 1
    }
    # An area whose own figure is withheld still counts: leaving it out would bias the total. Only
    # where it is the one withheld area could its figure be computed back from the total.
    thin = [area for area in parts if by_area[area].n < disclosure.DEFAULT.suppress_below]
    if len(thin) == 1 and len(parts) > 1:
        del parts[thin.pop()]
    found = aggregates.aggregate(parts, people, member_set=populations.members)
    reasons: list[str] = []
    if found is None:
        return None
    limits = _interval(entry, found.estimate, found.se, found.df, found.n, found.n_effective)
    low, high = limits if limits else (None, None)
    is_share = entry.estimator == AnalysisPlanEntry.Estimator.PROPORTION
    verdict = disclosure.judge(
        found.n,
        n_effective=found.n_effective,
        half_width=(high - low) / 2 if is_share and low is not None else None,
    )
    status = verdict.obs_status
    shows = verdict.state in (disclosure.OK, disclosure.LOW_RELIABILITY)
    if found.absent:
        reasons.append(f"Without {', '.join(found.absent)}: too few answers there.")
    if thin:
        reasons.append(
            f"With {', '.join(thin)}, where fewer than {disclosure.DEFAULT.suppress_below} answered."
        )
    if status == "A" and found.absent:
        status = "E"
    return Figure(
        entry=entry,
        area=ASEAN,
        breakdown=breakdown,
        value=found.estimate if shows else None,
        low=low if shows else None,
        high=high if shows else None,
        n=found.n,
        n_effective=found.n_effective if shows else None,
        deff=found.n / found.n_effective if shows and found.n_effective else None,
        status=status,
        reasons=(*verdict.reasons, *reasons),
        members=found.members,
        absent=found.absent,
        coverage=found.coverage,
        interval_method="logit" if is_share else "t",
    )
