"""A made-up framework with member states' values, so that no real indicator has to carry them.

What ASEAN's values are computed from has to be values of member states, and the sources print none
that could be used. Invented ones under the Blueprint's names could be taken for real.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from indicators.ledger import Estimate, record
from indicators.models import Activity, Area, Framework, FrameworkNode, Indicator, Target
from indicators.services import freeze

SLUG = "neighbours"
INVENTED = "Made up for demonstration"
SOURCE = "demonstration:neighbours"
# Made-up activities that serve its goals, too.
_ACTIVITIES = {"n1": ("demo-2", "demo-4"), "n2": ("demo-3", "demo-5")}
_FILE = Path(__file__).parent / "data" / "neighbours.json"
_BASELINE, _AIM = 2023, "2030"
_SAID = (
    "code title titles unit decimals direction data_route aggregation minimum_members "
    "progress_method"
).split()


def load(*, at: datetime) -> None:
    """Load the framework, its targets and the values of its first years; safe to repeat.

    The values are recorded as half a year old: what is reported later comes after them.
    """
    told = json.loads(_FILE.read_text(encoding="utf-8"))
    framework = _framework(told)
    areas = {area.code: area for area in Area.objects.all()}
    for position, said in enumerate(told["indicators"], start=1):
        _indicator(framework, position, said, areas)
    if not framework.versions.exists():
        freeze(framework=framework, reason=INVENTED, by=None, at=at)
    values = [[said["slug"], said["values"]] for said in told["indicators"]]
    record(
        _estimates(values),
        source=SOURCE,
        digest=hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest(),
        at=at - timedelta(days=200),
    )


def _framework(told: Mapping[str, Any]) -> Framework:
    facts = dict(told["framework"], source=INVENTED)
    for name in ("valid_from", "valid_to"):
        facts[name] = date.fromisoformat(facts[name])
    framework, is_new = Framework.objects.get_or_create(slug=facts.pop("slug"), defaults=facts)
    for position, goal in enumerate(told["goals"], start=1):
        node, _ = FrameworkNode.objects.get_or_create(
            framework=framework,
            key=goal["key"],
            defaults={
                "kind": FrameworkNode.Kind.GOAL,
                "position": position,
                "title_status": "unconfirmed",
                "source": INVENTED,
            }
            | {name: goal[name] for name in ("code", "title", "titles")},
        )
        if is_new:
            sources = [f"demonstration:{key}" for key in _ACTIVITIES[node.key]]
            node.activities.add(*Activity.objects.filter(source__in=sources, is_demonstration=True))
    return framework


def _indicator(
    framework: Framework, position: int, said: Mapping[str, Any], areas: Mapping[str, Area]
) -> None:
    indicator, is_new = Indicator.objects.get_or_create(
        slug=said["slug"],
        defaults={
            "framework": framework,
            "node": framework.nodes.get(key=said["goal"]),
            "description": f"{INVENTED}: nobody measures this.",
            "title_status": "unconfirmed",
            "baseline_year": _BASELINE,
            "position": position,
            "source": INVENTED,
        }
        | {name: said[name] for name in _SAID},
    )
    if is_new:
        for code, value in said["targets"].items():
            Target.objects.create(
                indicator=indicator,
                area=areas[code],
                period=_AIM,
                value=Decimal(value),
                source=INVENTED,
            )


def _estimates(values: Iterable[tuple[str, Mapping[str, Mapping[str, str]]]]) -> Iterator[Estimate]:
    for slug, by_period in values:
        for period, by_area in by_period.items():
            for area, value in by_area.items():
                yield Estimate(
                    indicator=slug,
                    area=area,
                    period=period,
                    value=Decimal(value),
                    method="reported",
                    provenance={"kind": "document", "document": INVENTED},
                    is_demonstration=True,
                )
