"""Which observations a reader asks for: one vocabulary for the API and for files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from indicators.errors import InvalidEstimate, UnknownCode
from indicators.ledger import canonical_breakdown
from indicators.models import Area, Framework, Indicator, Observation
from indicators.models.observations import ObservationQuerySet

TOTAL = "_T"
"""How a reader asks for values that are not broken down; SDMX's word for it."""


@dataclass(frozen=True)
class Selection:
    """Filters that all must hold; an empty one lets everything through.

    Indicators are named by slug, frameworks by slug, areas by code. `years` are the first and the
    last year in which periods may lie, both included. `breakdowns` are texts of the ledger
    ("age=15-24;sex=F", in any order) or "_T".
    """

    indicators: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    breakdowns: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    updated_since: datetime | None = None

    def observations(self, user: Any) -> ObservationQuerySet:
        """The published observations the user may see that pass, in no order.

        Raises UnknownCode naming every indicator, framework and area that the user cannot see or
        that does not exist: a mistyped code must not look like an empty answer.
        """
        wanted = Q()
        if self.indicators:
            shown = Indicator.objects.visible_to(user).filter(slug__in=self.indicators)
            found = dict(shown.values_list("slug", "pk"))
            _require("indicator", self.indicators, found, "GET /indicators lists them.")
            wanted &= Q(indicator__in=found.values())
        if self.frameworks:
            found = dict(
                Framework.objects.filter(slug__in=self.frameworks).values_list("slug", "pk")
            )
            _require("framework", self.frameworks, found, "GET /frameworks lists them.")
            wanted &= Q(indicator__framework__in=found.values())
        if self.areas:
            found = dict(Area.objects.filter(code__in=self.areas).values_list("code", "pk"))
            _require("area", self.areas, found, "GET /areas lists them.")
            wanted &= Q(area__in=found.values())
        if self.periods:
            wanted &= Q(period__in=self.periods)
        first, last = self.years
        # Periods begin with their year, and years have four digits.
        if first is not None:
            wanted &= Q(period__gte=f"{first:04d}")
        if last is not None:
            wanted &= Q(period__lt=f"{last + 1:04d}")
        if self.breakdowns:
            wanted &= Q(breakdown__in=[_breakdown(text) for text in self.breakdowns])
        if self.sources:
            wanted &= Q(source__in=self.sources)
        if self.statuses:
            wanted &= Q(status__in=self.statuses)
        if self.updated_since is not None:
            wanted &= Q(recorded_at__gte=self.updated_since)
        return Observation.objects.visible_to(user).published().filter(wanted)


def _require(kind: str, named: tuple[str, ...], found: dict[str, int], remedy: str) -> None:
    if unknown := set(named) - found.keys():
        raise UnknownCode(kind, unknown, remedy)


def _breakdown(text: str) -> str:
    if text == TOTAL:
        return ""
    try:
        return canonical_breakdown(text)
    except InvalidEstimate:
        # No value can be recorded under it, so none is found.
        return text
