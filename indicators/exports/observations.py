"""Observations as flat rows: every number with what it takes to trust it."""

from collections.abc import Iterable, Iterator

from indicators.exports.files import Cell
from indicators.models import Observation

HEADERS = (
    "indicator",
    "code",
    "title",
    "unit",
    "area",
    "area_name",
    "period",
    "breakdown",
    "qualifier",
    "value",
    "low",
    "high",
    "n",
    "n_effective",
    "status",
    "method",
    "source",
    "from",
    "members",
    "population_vintage",
    "is_demonstration",
    "is_stale",
    "digest",
    "recorded_at",
)


def observation_rows(observations: Iterable[Observation]) -> Iterator[tuple[Cell, ...]]:
    """One row for each observation, in `HEADERS`' order. Select indicator and area beforehand."""
    for row in observations:
        yield (
            row.indicator.slug,
            row.indicator.code,
            row.indicator.title,
            row.indicator.unit,
            row.area.code,
            row.area.name,
            row.period,
            row.breakdown,
            row.qualifier,
            row.value,
            row.low,
            row.high,
            row.n,
            row.n_effective,
            row.status,
            row.method,
            row.source,
            origin(row),
            " ".join(row.members),
            row.population_vintage,
            row.is_demonstration,
            row.is_stale,
            row.digest,
            row.recorded_at,
        )


def origin(row: Observation) -> str:
    """Where the value came from, as one line of words."""
    told = row.provenance
    parts = (told.get("document"), told.get("survey"), told.get("wave"), told.get("question"))
    return "; ".join(str(part) for part in parts if part)
