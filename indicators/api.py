"""The read-only JSON API of the ledger, described by OpenAPI at /indicators/api/openapi.json.

It answers with what the visitor may see on the pages and with nothing else. Numbers are decimal
texts: a reader of the file gets the digits that are stored.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import NinjaAPI, Schema
from ninja.pagination import LimitOffsetPagination, paginate

from indicators import readings
from indicators.models import Area, Framework, FrameworkNode, Indicator, Observation


class LedgerAPI(NinjaAPI):
    """Lies below the application's own namespace, which its address of itself has to name."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        return reverse("indicators:api:api-root", kwargs=path_params)


api = LedgerAPI(
    title="Suara: indicators",
    version="1.0",
    description="Frameworks, indicators and observations with interval, n, method and provenance.",
    urls_namespace="api",
    docs_url=None,
)


class AreaOut(Schema):
    """An area and its codes."""

    code: str
    name: str
    kind: str
    iso3: str
    languages: list[str]


class NodeOut(Schema):
    """A node of a framework's tree."""

    key: str
    code: str
    title: str
    title_status: str
    kind: str
    parent: str | None
    source: str

    @staticmethod
    def resolve_parent(node: FrameworkNode) -> str | None:
        return node.parent.key if node.parent else None


class FrameworkOut(Schema):
    """A framework with its tree."""

    slug: str
    title: str
    description: str
    source: str
    nodes: list[NodeOut]

    @staticmethod
    def resolve_nodes(framework: Framework) -> list[FrameworkNode]:
        return list(framework.nodes.all())


class JudgementOut(Schema):
    """Sufficiency or progress: a code and the sentence for people."""

    code: str
    sentence: str


class IndicatorOut(Schema):
    """An indicator with its newest value, sufficiency and progress in ASEAN."""

    slug: str
    code: str
    title: str
    title_status: str
    framework: str
    node: str | None
    unit: str
    direction: str
    data_route: str
    source: str
    url: str
    period: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int | None
    is_demonstration: bool
    is_stale: bool
    is_sufficient: bool
    sufficiency: JudgementOut
    progress: JudgementOut


class ObservationOut(Schema):
    """One value with all it takes to trust it."""

    indicator: str
    area: str
    period: str
    breakdown: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int | None
    n_effective: Decimal | None
    status: str
    qualifier: str
    method: str
    source: str
    provenance: dict[str, Any]
    members: list[str]
    population_vintage: str
    digest: str
    is_demonstration: bool
    is_stale: bool
    recorded_at: datetime

    @staticmethod
    def resolve_indicator(row: Observation) -> str:
        return row.indicator.slug

    @staticmethod
    def resolve_area(row: Observation) -> str:
        return row.area.code


class Pages(LimitOffsetPagination):
    """At most 500 rows a page."""

    max_limit = 500


@api.get("/areas", response=list[AreaOut], summary="Areas")
@paginate(Pages)
def areas(request: HttpRequest) -> Any:
    return Area.objects.all()


@api.get("/frameworks", response=list[FrameworkOut], summary="Frameworks with their trees")
def frameworks(request: HttpRequest) -> Any:
    return Framework.objects.prefetch_related("nodes__parent")


@api.get("/indicators", response=list[IndicatorOut], summary="Indicators with their newest value")
def indicators(request: HttpRequest, framework: str = "") -> Any:
    chosen = get_object_or_404(Framework, slug=framework) if framework else None
    return [_indicator(row) for row in readings.table(request.user, framework=chosen)]


@api.get("/observations", response=list[ObservationOut], summary="Observations")
@paginate(Pages)
def observations(
    request: HttpRequest,
    indicator: str = "",
    area: str = "",
    period: str = "",
    breakdown: str | None = None,
) -> Any:
    wanted = {
        name: value
        for name, value in (
            ("indicator__slug", indicator),
            ("area__code", area),
            ("period", period),
        )
        if value
    }
    if breakdown is not None:
        wanted["breakdown"] = breakdown
    return (
        Observation.objects.visible_to(request.user)
        .published()
        .filter(**wanted)
        .select_related("indicator", "area")
        .order_by("indicator__slug", "area__code", "period", "breakdown", "source")
    )


def _indicator(row: readings.Row) -> dict[str, Any]:
    found: Indicator = row.indicator
    newest = row.figure.observation
    return {
        "slug": found.slug,
        "code": found.code,
        "title": found.title,
        "title_status": found.title_status,
        "framework": found.framework.slug,
        "node": found.node.key if found.node else None,
        "unit": found.unit,
        "direction": found.direction,
        "data_route": found.data_route,
        "source": found.source,
        "url": row.figure.url,
        "period": row.figure.period,
        "value": newest.value if newest else None,
        "low": newest.low if newest else None,
        "high": newest.high if newest else None,
        "n": row.figure.n,
        "is_demonstration": row.is_demonstration,
        "is_stale": row.figure.is_stale,
        "is_sufficient": row.sufficiency.is_sufficient,
        "sufficiency": {"code": row.sufficiency.reason, "sentence": row.sufficiency.sentence},
        "progress": {"code": row.progress.verdict, "sentence": row.progress.sentence},
    }
