"""Indicators: the list with what each says, and one in full."""

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router

from indicators import readings
from indicators.api.documents import IndicatorInFull, IndicatorOut, Page
from indicators.api.fields import Slug
from indicators.api.filters import IndicatorQuery
from indicators.api.judging import newest_of, progress_of, sufficiency_of
from indicators.api.paging import next_page
from indicators.errors import UnknownCode
from indicators.models import Area, Framework, Indicator

router = Router()


@router.get(
    "/indicators",
    response=Page[IndicatorOut],
    summary="Indicators, with their newest value and what it says",
)
def indicators(request: HttpRequest, wanted: Query[IndicatorQuery]) -> Any:
    area, limit = wanted.area, wanted.limit
    if area != readings.ASEAN and not Area.objects.filter(code=area).exists():
        raise UnknownCode("area", [area], "GET /areas lists them.")
    shown = Indicator.objects.visible_to(request.user).order_by("slug")
    if wanted.framework is not None:
        if not Framework.objects.filter(slug=wanted.framework).exists():
            raise UnknownCode("framework", [wanted.framework], "GET /frameworks lists them.")
        shown = shown.filter(framework__slug=wanted.framework)
    if wanted.data_route is not None:
        shown = shown.filter(data_route=wanted.data_route)
    if wanted.after is not None:
        shown = shown.filter(slug__gt=wanted.after)
    slugs = list(shown.values_list("slug", flat=True)[: limit + 1])
    rows = {
        row.indicator.slug: row
        for row in readings.table(request.user, area=area, slugs=slugs[:limit])
    }
    return {
        "items": [_row(request, rows[slug]) for slug in slugs[:limit]],
        "next": next_page(request, after=slugs[limit - 1]) if len(slugs) > limit else None,
    }


@router.get(
    "/indicators/{slug}",
    response=IndicatorInFull,
    summary="One indicator with metadata, targets, sufficiency and progress in every area",
)
def indicator(request: HttpRequest, slug: Path[Slug]) -> Any:
    found = (
        Indicator.objects.visible_to(request.user)
        .select_related("framework", "node", "parent")
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise Http404(f"No indicator has the slug {slug!r}. GET /indicators lists them.")
    reading = readings.read(found, request.user)
    observations = f"{reverse('indicators:api:observations')}?indicator={found.slug}"
    children = Indicator.objects.visible_to(request.user).filter(parent=found).order_by("slug")
    return _described(found) | {
        "titles": found.titles,
        "description": found.description,
        "children": list(children.values_list("slug", flat=True)),
        "decimals": found.decimals,
        "range_low": found.range_low,
        "range_high": found.range_high,
        "aggregation": found.aggregation,
        "minimum_members": found.minimum_members,
        "minimum_n": found.minimum_n,
        "baseline_year": found.baseline_year,
        "progress_method": found.progress_method,
        "population_described": found.population_described,
        "url": request.build_absolute_uri(found.get_absolute_url()),
        "targets": [
            {
                "area": target.area.code,
                "period": target.period,
                "value": target.value,
                "source": target.source,
            }
            for target in reading.targets
        ],
        "baselines": [
            {"area": one.area.code, "year": one.year, "source": one.source}
            for one in found.baselines.select_related("area").order_by("area__code")
        ],
        "areas": [
            {
                "area": one.area.code,
                "newest": newest_of(one.newest),
                "sufficiency": sufficiency_of(one.sufficiency),
                "progress": progress_of(one.progress),
            }
            for one in reading.areas
        ],
        "observations_url": request.build_absolute_uri(observations),
    }


def _described(indicator: Indicator) -> dict[str, Any]:
    return {
        "slug": indicator.slug,
        "code": indicator.code,
        "title": indicator.title,
        "title_status": indicator.title_status,
        "framework": indicator.framework.slug,
        "node": indicator.node.key if indicator.node else None,
        "parent": indicator.parent.slug if indicator.parent else None,
        "unit": indicator.unit,
        "direction": indicator.direction,
        "data_route": indicator.data_route,
        "source": indicator.source,
    }


def _row(request: HttpRequest, row: readings.Row) -> dict[str, Any]:
    return _described(row.indicator) | {
        "url": request.build_absolute_uri(row.figure.url),
        "newest": newest_of(row.figure.observation),
        "sufficiency": sufficiency_of(row.sufficiency),
        "progress": progress_of(row.progress),
    }
