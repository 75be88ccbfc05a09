"""A ledger full of invented values, written in bulk: what pages and exports are measured with.

    from benchmarks.filling_indicators import fill
    fill()      # 60 indicators x 12 areas x 15 years x 8 breakdowns = 86,400 observations

Needs Django ready (`Site.python` of benchmarks.serving) and tables without these rows. The values
do not pass through the ledger: it would take minutes, and nothing here measures it.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

STATES = ("BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN")
AREAS = ("ASEAN", *STATES)
BREAKDOWNS = (
    "",
    "sex=F",
    "sex=M",
    "age=15-24",
    "age=25-54",
    "age=55+",
    "urbanisation=rural",
    "urbanisation=urban",
)
FIRST_YEAR, BASELINE_YEAR, TARGET_YEAR = 2012, 2016, 2030
INDICATORS, YEARS = 60, 15
UNITS = ("percent", "percent", "percent", "index", "count", "per 100,000")
ROUTES = ("public_perception", "sectoral_body", "national_policy", "official_statistics")
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FRAMEWORK, PREFIX, SURVEY = "invented", "invented-", "surveys.wave:invented"
# Every so many observations one has been changed since.
REVISED, BATCH = 50, 2000


def slug(number: int) -> str:
    """The address of the indicator of that number, from 1."""
    return f"{PREFIX}{number}"


def fill(*, indicators: int = INDICATORS, years: int = YEARS) -> int:
    """Make the framework, its indicators, targets, observations and revisions.

    Every indicator has a value in every area, year and breakdown; those of the perception route
    carry an interval and n. Returns how many observations were written.
    """
    from django.db import transaction

    dice = random.Random(20261124)
    with transaction.atomic():
        areas = _areas()
        found = _indicators(indicators)
        _targets(found, areas)
        return _observations(dice, found, areas, years)


def _areas() -> dict[str, Any]:
    from indicators.models import Area, AreaMembership, Population

    areas = {
        code: Area.objects.get_or_create(
            code=code,
            defaults={
                "name": f"Area {code}" if code in STATES else code,
                "kind": Area.Kind.MEMBER_STATE if code in STATES else Area.Kind.GROUP,
            },
        )[0]
        for code in AREAS
    }
    for place, code in enumerate(STATES):
        joined = date(2025, 10, 26) if code == "TL" else date(2000, 1, 1)
        AreaMembership.objects.get_or_create(
            group=areas["ASEAN"], area=areas[code], defaults={"valid_from": joined}
        )
        Population.objects.get_or_create(
            area=areas[code], year=2026, ages="15+", vintage="Invented",
            defaults={"value": 1_000_000 * (place + 1)},
        )  # fmt: skip
    return areas


def _indicators(count: int) -> list[Any]:
    from indicators.models import Framework, FrameworkNode, Indicator

    framework = Framework.objects.create(
        slug=FRAMEWORK, title="Invented framework", valid_from="2016-01-01"
    )
    nodes = []
    for letter in "ABCDE":
        top = FrameworkNode.objects.create(
            framework=framework, key=letter.lower(), code=letter, kind="characteristic",
            title=f"Invented characteristic {letter}", position=len(nodes),
        )  # fmt: skip
        for place in range(1, 5):
            nodes.append(
                FrameworkNode.objects.create(
                    framework=framework,
                    parent=top,
                    key=f"{letter.lower()}-{place}",
                    code=f"{letter}.{place}",
                    kind="key_result_area",
                    position=len(nodes) + place,
                    title=f"Invented key result area {letter}.{place}",
                )  # fmt: skip
            )
    return Indicator.objects.bulk_create(
        Indicator(
            slug=slug(number), code=f"KPI {number}", framework=framework, position=number,
            node=nodes[number % len(nodes)], title=f"Invented indicator {number}",
            unit=UNITS[number % len(UNITS)], direction="down" if number % 5 == 0 else "up",
            data_route=ROUTES[number % len(ROUTES)], aggregation="mean", minimum_members=6,
            baseline_year=BASELINE_YEAR,
            progress_method=("share_of_way", "required_path", "direction")[number % 3],
        )
        for number in range(1, count + 1)
    )  # fmt: skip


def _targets(indicators: list[Any], areas: dict[str, Any]) -> None:
    from indicators.models import Target

    Target.objects.bulk_create(
        [
            Target(indicator=one, area=area, period=str(TARGET_YEAR), value=_promised(one))
            for one in indicators
            for area in areas.values()
        ],
        batch_size=BATCH,
    )


def _promised(indicator: Any) -> Decimal:
    return Decimal(20 if indicator.direction == "down" else 80)


def _observations(
    dice: random.Random, indicators: list[Any], areas: dict[str, Any], years: int
) -> int:
    from indicators.models import Observation, Recording, Revision

    count, batch = 0, []
    for row in _values(dice, indicators, areas, years):
        batch.append(row)
        if len(batch) == BATCH:
            Observation.objects.bulk_create(batch)
            count, batch = count + len(batch), []
    Observation.objects.bulk_create(batch)
    for source in {SURVEY, *(f"document:invented-{route}" for route in ROUTES)}:
        Recording.objects.create(source=source, digest="invented", recorded_at=AT)
    Revision.objects.bulk_create(
        [
            Revision(
                observation_id=key, kind=Revision.Kind.CHANGED, before={"value": "50"},
                after={"value": "51.5"}, reason="Invented correction", changed_at=AT,
            )
            for key in Observation.objects.order_by("pk").values_list("pk", flat=True)[::REVISED]
        ],
        batch_size=BATCH,
    )  # fmt: skip
    return count + len(batch)


def _values(
    dice: random.Random, indicators: list[Any], areas: dict[str, Any], years: int
) -> Iterator[Any]:
    from indicators.models import Observation

    for one in indicators:
        is_survey = one.data_route == "public_perception"
        source = SURVEY if is_survey else f"document:invented-{one.data_route}"
        told = (
            {"kind": "survey", "survey": "invented", "wave": "invented", "question": one.slug}
            if is_survey
            else {"kind": "document", "document": "Invented yearbook"}
        )
        step = -1 if one.direction == "down" else 1
        for code, area in areas.items():
            start = dice.uniform(40, 60)
            for year in range(FIRST_YEAR, FIRST_YEAR + years):
                for breakdown in BREAKDOWNS:
                    value = Decimal(str(round(start + dice.uniform(-4, 4), 4)))
                    n = dice.randrange(400, 2000) if is_survey else None
                    yield Observation(
                        indicator=one, area=area, period=str(year), breakdown=breakdown,
                        source=source, value=value, n=n,
                        low=value - 3 if is_survey else None,
                        high=value + 3 if is_survey else None,
                        n_effective=Decimal(n) / 2 if n else None,
                        method="weighted share" if is_survey else "as printed by the source",
                        members=list(STATES) if code == "ASEAN" else [],
                        population_vintage="Invented" if code == "ASEAN" else "",
                        provenance=told, digest="invented", recorded_at=AT,
                    )  # fmt: skip
                start += step * dice.uniform(0, 2)
