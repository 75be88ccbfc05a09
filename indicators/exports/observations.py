"""Observations as flat rows: every number with what it takes to trust it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Substr

from indicators.exports.cells import Cell
from indicators.models import Area, Indicator
from indicators.models.observations import ObservationQuerySet

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
    "id",
)

_READ = (
    "token",
    "indicator_id",
    "area_id",
    "period",
    "breakdown",
    "source",
    "value",
    "low",
    "high",
    "n",
    "n_effective",
    "status",
    "qualifier",
    "method",
    "provenance",
    "members",
    "population_vintage",
    "digest",
    "is_demonstration",
    "stale_since",
    "recorded_at",
)
_AT_ONCE = 2000


@dataclass(frozen=True)
class Known:
    """The indicators and areas that rows point to, read once and not once a row."""

    indicators: dict[int, Indicator]
    areas: dict[int, Area]

    @classmethod
    def read(cls) -> "Known":
        """All of them, in two queries."""
        return cls(Indicator.objects.in_bulk(), Area.objects.in_bulk())


def in_series(observations: ObservationQuerySet) -> Iterator[Any]:
    """Rows with the columns of `Observation`, read as they are needed and never held.

    One series after the other in time: indicator, area, breakdown and source, then years before
    halves, quarters, months and weeks. On PostgreSQL the database keeps the cursor.
    """
    return (
        observations.order_by(
            "indicator__framework__position",
            "indicator__position",
            "indicator__slug",
            "area__code",
            "breakdown",
            "source",
            Substr("period", 6, 1),
            "period",
        )
        .values_list(*_READ, named=True)
        .iterator(chunk_size=_AT_ONCE)
    )


def observation_rows(rows: Iterable[Any], known: Known) -> Iterator[tuple[Cell, ...]]:
    """One line for each row of `in_series`, in `HEADERS`' order."""
    for row in rows:
        indicator, area = known.indicators[row.indicator_id], known.areas[row.area_id]
        yield (
            indicator.slug,
            indicator.code,
            indicator.title,
            indicator.unit,
            area.code,
            area.name,
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
            origin(row.provenance),
            " ".join(row.members),
            row.population_vintage,
            row.is_demonstration,
            row.stale_since is not None,
            row.digest,
            row.recorded_at,
            row.token,
        )


def origin(provenance: dict[str, Any]) -> str:
    """Where the value came from, as one line of words."""
    parts = (provenance.get(name) for name in ("document", "survey", "wave", "question"))
    return "; ".join(str(part) for part in parts if part)
