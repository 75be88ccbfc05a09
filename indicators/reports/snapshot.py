"""What a report keeps of the ledger, so that the next one can say what has changed."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from indicators.models import Framework, Observation
from indicators.progress import plain
from indicators.readings import Row, comparable

FORMAT = 1

Values = dict[str, dict[str, dict[str, dict[str, Any]]]]
"""Indicator's slug > area's code > period > the value as it stood."""


def take(framework: Framework, rows: Iterable[Row]) -> dict[str, Any]:
    """The framework's public totals and judgements, as JSON. One query."""
    return {
        "format": FORMAT,
        "values": values_of(framework),
        "judgements": {
            row.indicator.slug: {
                "sufficient": row.sufficiency.is_sufficient,
                "verdict": row.progress.verdict,
            }
            for row in rows
        },
    }


def values_of(framework: Framework) -> Values:
    """The published totals of the framework's public indicators, one for each period."""
    found: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for row in (
        Observation.objects.published()
        .totals()
        .filter(indicator__framework=framework, indicator__is_published=True)
        .select_related("indicator", "area")
        .order_by()
    ):
        found[row.indicator.slug, row.area.code].append(row)
    values: Values = defaultdict(lambda: defaultdict(dict))
    for (slug, code), rows in found.items():
        for row in comparable(rows):
            values[slug][code][row.period] = _said(row)
    return {slug: dict(areas) for slug, areas in values.items()}


def restored(said: dict[str, Any]) -> Observation:
    """A kept value as an observation that can be written like any other; it is never saved."""
    numbers = {
        name: None if said.get(name) is None else Decimal(said[name])
        for name in ("value", "low", "high")
    }
    return Observation(
        status=said.get("status", "A"), qualifier=said.get("qualifier", ""), **numbers
    )


def _said(row: Observation) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: plain(number)
        for name in ("value", "low", "high")
        if (number := getattr(row, name)) is not None
    }
    if row.status != "A":
        said["status"] = row.status
    if row.qualifier:
        said["qualifier"] = row.qualifier
    return said
