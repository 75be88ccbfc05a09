"""All of a framework as one document of plain values, and the digest that tells it from another.

    {"format": 1,
     "framework": {"slug": "ascc-blueprint-2025", "title": ...},
     "nodes": [{"key": "a", "parent": "", "kind": "characteristic", ...}],
     "indicators": [...], "targets": [...], "baselines": [...],
     "mappings": [{"node": "a", "other_framework": "...", "other_node": "goal-1", ...}]}

Rows know each other by their words (a node's key, an indicator's slug, an area's code), never by
numbers of this database. Dates and decimals are texts. A new column of a model is part of the
document without being named here.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from indicators.models import Baseline, Framework, FrameworkNode, Indicator, NodeMapping, Target

FORMAT = 1


@dataclass(frozen=True)
class Section:
    """A kind of row in the document: its model, and the words by which a row is known."""

    name: str
    model: type[models.Model]
    known_by: tuple[str, ...]
    # Columns that refer to another row: their name in the document and the path to its words.
    references: dict[str, str]

    @property
    def fields(self) -> list[models.Field]:
        """The model's own columns that the document holds, in the model's order."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if not field.is_relation and not field.primary_key and field.name != "token"
        ]

    @property
    def names(self) -> list[str]:
        """Every name of the document's row, what it is known by first."""
        rest = [*self.references, *(field.name for field in self.fields)]
        return [*self.known_by, *(name for name in rest if name not in self.known_by)]

    def field(self, name: str) -> models.Field | None:
        """The model's column of that name, None for a reference."""
        return next((field for field in self.fields if field.name == name), None)

    def known_as(self, row: dict[str, Any]) -> tuple[str, ...]:
        """What tells the row from others of the section."""
        return tuple(str(row.get(name, "")) for name in self.known_by)

    def row(self, instance: models.Model) -> dict[str, Any]:
        """One row of the document."""
        found = {name: _followed(instance, path) for name, path in self.references.items()}
        found |= {field.name: plain(getattr(instance, field.name)) for field in self.fields}
        return {name: found[name] for name in self.names}


FRAMEWORK = Section("framework", Framework, ("slug",), {})
NODES = Section("nodes", FrameworkNode, ("key",), {"parent": "parent.key"})
INDICATORS = Section(
    "indicators", Indicator, ("slug",), {"node": "node.key", "parent": "parent.slug"}
)
TARGETS = Section(
    "targets",
    Target,
    ("indicator", "area", "period"),
    {"indicator": "indicator.slug", "area": "area.code"},
)
BASELINES = Section(
    "baselines",
    Baseline,
    ("indicator", "area"),
    {"indicator": "indicator.slug", "area": "area.code"},
)
MAPPINGS = Section(
    "mappings",
    NodeMapping,
    ("node", "other_framework", "other_node"),
    {
        "node": "from_node.key",
        "other_framework": "to_node.framework.slug",
        "other_node": "to_node.key",
    },
)
SECTIONS = (FRAMEWORK, NODES, INDICATORS, TARGETS, BASELINES, MAPPINGS)


def contents(framework: Framework) -> dict[str, Any]:
    """All of the framework as one document. Six queries, however large it is."""
    nodes = FrameworkNode.objects.filter(framework=framework).select_related("parent")
    indicators = Indicator.objects.filter(framework=framework).select_related("node", "parent")
    of_indicators = {"indicator__framework": framework}
    targets = Target.objects.filter(**of_indicators).select_related("indicator", "area")
    baselines = Baseline.objects.filter(**of_indicators).select_related("indicator", "area")
    mappings = NodeMapping.objects.filter(from_node__framework=framework).select_related(
        "from_node", "to_node__framework"
    )
    return {
        "format": FORMAT,
        "framework": FRAMEWORK.row(framework),
        "nodes": _rows(NODES, nodes),
        "indicators": _rows(INDICATORS, indicators),
        "targets": _rows(TARGETS, targets),
        "baselines": _rows(BASELINES, baselines),
        "mappings": _rows(MAPPINGS, mappings),
    }


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON, as hexadecimal digits."""
    written = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value of a column as JSON holds it: dates and decimals as texts, 2.500 as "2.5"."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, date):
        return value.isoformat()
    return value


def in_order(section: Section, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The section's rows as the document has them: by position where they have one, then by words."""
    return sorted(rows, key=lambda row: (row.get("position", 0), section.known_as(row)))


def _rows(section: Section, instances: Iterable[models.Model]) -> list[dict[str, Any]]:
    return in_order(section, [section.row(instance) for instance in instances])


def _followed(instance: Any, path: str) -> str:
    for name in path.split("."):
        instance = getattr(instance, name)
        if instance is None:
            return ""
    return str(instance)
