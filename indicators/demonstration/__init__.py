"""The facts the ledger starts with, each with its source, and made-up things beside them.

Made up are activities, a declaration, evidence, and a framework of its own whose indicators have
values of member states. Rounds and reports need people: `rounds` and `reports` wait for a cast.

Loading again adds what is new and leaves alone what is there: a row somebody has edited since is
never overwritten. Values go through `ledger.record` under the source words of their document.
"""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from indicators.demonstration import declarations, neighbours, voices
from indicators.ledger import Estimate, record
from indicators.models import (
    Activity,
    Area,
    AreaMembership,
    Framework,
    FrameworkNode,
    Indicator,
    NodeMapping,
    Population,
    SectoralBody,
)
from indicators.services import freeze

DATA = Path(__file__).parent / "data"


@transaction.atomic
def load(*, at: datetime) -> None:
    """Load the reference facts and what is made up beside them; safe to repeat."""
    _load_areas()
    _load_populations()
    _load_bodies()
    _load_frameworks()
    _load_mappings()
    _load_indicators()
    _freeze_frameworks(at)
    _load_observations(at)
    _load_activities()
    declarations.load()
    neighbours.load(at=at)
    voices.load(at=at)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one data file, as text under the file's own headings."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _load_areas() -> None:
    asean = None
    for row in rows("areas.csv"):
        area, _ = Area.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "kind": row["kind"],
                "iso3": row["iso3"],
                "iso_numeric": row["iso_numeric"],
                "languages": [word for word in row["languages"].split(";") if word],
                "time_zone": row["time_zone"],
                "source": row["source"],
            },
        )
        if area.code == "ASEAN":
            asean = area
        elif row["joined_asean"]:
            AreaMembership.objects.get_or_create(
                group=asean,
                area=area,
                defaults={
                    "valid_from": date.fromisoformat(row["joined_asean"]),
                    "source": row["source"],
                },
            )


def _load_populations() -> None:
    areas = {area.code: area for area in Area.objects.all()}
    for row in rows("populations.csv"):
        Population.objects.get_or_create(
            area=areas[row["area"]],
            year=int(row["year"]),
            ages=row["ages"],
            vintage=row["vintage"],
            defaults={"value": int(row["value"]), "source": row["source"]},
        )


def _load_bodies() -> None:
    for row in rows("sectoral_bodies.csv"):
        SectoralBody.objects.get_or_create(
            acronym=row["acronym"],
            defaults={key: row[key] for key in ("name", "name_status", "source")},
        )


def _load_frameworks() -> None:
    for facts in json.loads((DATA / "frameworks.json").read_text(encoding="utf-8")):
        for name in ("valid_from", "valid_to"):
            facts[name] = date.fromisoformat(facts[name]) if facts[name] else None
        Framework.objects.get_or_create(slug=facts.pop("slug"), defaults=facts)
    frameworks = {framework.slug: framework for framework in Framework.objects.all()}
    nodes: dict[tuple[str, str], FrameworkNode] = {}
    for row in rows("nodes.csv"):
        node, _ = FrameworkNode.objects.get_or_create(
            framework=frameworks[row["framework"]],
            key=row["key"],
            defaults={
                "parent": nodes[row["framework"], row["parent"]] if row["parent"] else None,
                "position": int(row["position"]),
            }
            | {key: row[key] for key in ("code", "title", "kind", "title_status", "source")},
        )
        nodes[row["framework"], row["key"]] = node


def _load_mappings() -> None:
    nodes = {
        (n.framework.slug, n.key): n for n in FrameworkNode.objects.select_related("framework")
    }
    for row in rows("mappings.csv"):
        NodeMapping.objects.get_or_create(
            from_node=nodes[row["from_framework"], row["from_node"]],
            to_node=nodes[row["to_framework"], row["to_node"]],
            defaults={key: row[key] for key in ("kind", "note", "source")},
        )


def _freeze_frameworks(at: datetime) -> None:
    described = Framework.objects.filter(versions=None, nodes__isnull=False).distinct()
    for framework in described.exclude(nodes__kind="survey"):
        freeze(framework=framework, reason="As the published sources state it", by=None, at=at)


def _load_indicators() -> None:
    frameworks = {framework.slug: framework for framework in Framework.objects.all()}
    nodes = {
        (n.framework.slug, n.key): n for n in FrameworkNode.objects.select_related("framework")
    }
    words = (
        "code title title_status description unit direction data_route aggregation "
        "population_described printed_sufficiency printed_progress printed_words confidence source"
    ).split()
    for row in rows("indicators.csv"):
        Indicator.objects.get_or_create(
            slug=row["slug"],
            defaults={
                "framework": frameworks[row["framework"]],
                "node": nodes[row["framework"], row["node"]] if row["node"] else None,
                "decimals": int(row["decimals"]),
                "baseline_year": int(row["baseline_year"]) if row["baseline_year"] else None,
                "position": int(row["position"]),
                "is_placeholder": row["is_placeholder"] == "true",
            }
            | {word: row[word] for word in words},
        )


def _load_observations(at: datetime) -> None:
    by_source: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows("observations.csv"):
        by_source[row["record_source"]].append(row)
    for source, said in by_source.items():
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        record([_estimate(row) for row in said], source=source, digest=digest, at=at)


def _estimate(row: dict[str, str]) -> Estimate:
    provenance = {"kind": "document", "document": row["source"]}
    if row["role"]:
        provenance["role"] = row["role"]
    if row["note"]:
        provenance["note"] = row["note"]
    return Estimate(
        indicator=row["indicator"],
        area=row["area"],
        period=row["period"],
        value=Decimal(row["value"]),
        n=int(row["n"]) if row["n"] else None,
        qualifier=row["qualifier"],
        status=row["status"],
        method="as printed by the source",
        provenance=provenance,
    )


def _status_day(row: dict[str, str]) -> date | None:
    """A day in the activity's years that its status may be of; none for what is yet to begin."""
    day = {
        "ongoing": (int(row["year_from"]), 3, 1),
        "completed": (int(row["year_to"]), 11, 30),
        "withdrawn": (int(row["year_from"]), 6, 15),
    }.get(row["status"])
    return date(*day) if day else None


def _load_activities() -> None:
    bodies = {body.acronym: body for body in SectoralBody.objects.all()}
    nodes = {
        node.key: node
        for node in FrameworkNode.objects.filter(framework__slug="ascc-blueprint-2025")
    }
    for row in rows("activities.csv"):
        activity, is_new = Activity.objects.get_or_create(
            source=f"demonstration:{row['key']}",
            is_demonstration=True,
            defaults={
                "title": row["title"],
                "status": row["status"],
                "type": row["type"],
                "further_types": [word for word in row["further_types"].split(";") if word],
                "lead_body": bodies[row["lead"]],
                "year_from": int(row["year_from"]),
                "year_to": int(row["year_to"]),
                "status_since": _status_day(row),
                "withdrawn_reason": row["withdrawn_reason"],
            },
        )
        if is_new:
            activity.supporting_bodies.set(
                bodies[word] for word in row["supporting"].split(";") if word
            )
            activity.measures.set(nodes[key] for key in row["contributes"].split(";") if key)
