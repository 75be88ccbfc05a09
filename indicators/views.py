"""The public pages of the ledger."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators import exports, formatting, pages, printed, readings
from indicators.forms import TableFilter
from indicators.models import Area, Framework, FrameworkNode, Indicator, Observation

ON_A_PAGE = 50
TYPES = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "sdmx": ("application/vnd.sdmx.data+csv; charset=utf-8; version=1.0.0", "sdmx.csv"),
}


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Every indicator of a framework with its sufficiency and progress."""
    chosen, frameworks, rows, filters = _chosen(request)
    shown = filters.apply(rows)
    page = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page"))
    counts = readings.count(rows)
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "indicators/table.html",
        {
            "framework": chosen,
            "frameworks": frameworks,
            "filters": filters,
            "page_obj": page,
            "rows": page.object_list,
            "shown": len(shown),
            "counts": counts,
            "stated": printed.stated_counts(chosen, rows, counts) if chosen else None,
            "facts": chosen.printed_facts if chosen else {},
            "contradictions": printed.contradictions(chosen) if chosen else [],
            "query": query.urlencode(),
            "has_demonstration": any(row.is_demonstration for row in rows),
        },
    )


@require_safe
def table_export(request: HttpRequest, form: str) -> HttpResponse:
    """The table as it is filtered, as a file."""
    chosen, _frameworks, rows, filters = _chosen(request)
    headers = (
        "indicator",
        "code",
        "title",
        "data_route",
        "direction",
        "period",
        "value",
        "unit",
        "sufficient",
        "reason",
        "progress",
        "progress_reason",
        "is_demonstration",
    )
    cells = [
        (
            row.indicator.slug,
            row.indicator.code,
            row.indicator.title,
            row.indicator.data_route,
            row.indicator.direction,
            row.figure.period,
            row.figure.observation.value if row.figure.observation else None,
            row.indicator.unit,
            row.sufficiency.is_sufficient,
            row.sufficiency.sentence,
            row.progress.verdict,
            row.progress.sentence,
            row.is_demonstration,
        )
        for row in filters.apply(rows)
    ]
    name = f"indicators-{chosen.slug}" if chosen else "indicators"
    write = exports.csv_bytes if form == "csv" else exports.xlsx_bytes
    return _file(write(headers, cells), form, name)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator: figure, charts with their tables, provenance and history."""
    indicator = get_object_or_404(
        Indicator.objects.visible_to(request.user).select_related(
            "framework", "node__parent", "parent"
        ),
        slug=slug,
    )
    wanted = request.GET.get("area", readings.ASEAN)[:16]
    reading = readings.read(indicator, request.user, area=wanted)
    here = reading.area(reading.here)
    members = list(Area.objects.member_states(on=timezone.now().date()))
    charts = [pages.by_period(indicator, reading), pages.by_area(indicator, reading)]
    observation = reading.figure.observation
    first, further = pages.provenance(indicator, observation) if observation else ([], [])
    sufficiency = here.sufficiency if here else readings.judge(indicator, [])
    return render(
        request,
        "indicators/detail.html",
        {
            "indicator": indicator,
            "reading": reading,
            "figure": reading.figure,
            "here": here,
            "sufficiency": sufficiency,
            "progress": here.progress if here else None,
            "charts": [chart for chart in charts if chart is not None],
            "breakdowns": pages.breakdown_rows(indicator, reading),
            "observation": observation,
            "provenance": first,
            "provenance_further": further,
            "changes": pages.changes(indicator, request.user, reading.here),
            "awaited": [
                (area, readings.judge(indicator, [], area).sentence)
                for area in pages.awaited_areas(indicator, reading, members)
            ],
            "is_demonstration": pages.is_demonstration(reading.areas),
            "targets": [
                (target, formatting.with_unit(target.value, indicator))
                for target in reading.targets
                if target.area.code == reading.here
            ],
            "siblings": list(
                Indicator.objects.visible_to(request.user).filter(parent=indicator).order_by("slug")
            ),
        },
    )


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Every published value the visitor may see, as a file."""
    return _observations_file(request, form, "suara-indicators")


@require_safe
def export_one(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """One indicator's values as a file."""
    if not Indicator.objects.visible_to(request.user).filter(slug=slug).exists():
        raise Http404(_("No indicator has this address."))
    return _observations_file(request, form, f"suara-{slug}", indicator__slug=slug)


def _chosen(
    request: HttpRequest,
) -> tuple[Framework | None, list[Framework], list[readings.Row], TableFilter]:
    frameworks = list(Framework.objects.all())
    wanted = request.GET.get("framework", "")
    chosen = next((found for found in frameworks if found.slug == wanted), None)
    if chosen is None and frameworks:
        chosen = frameworks[0]
    rows = readings.table(request.user, framework=chosen) if chosen else []
    nodes = list(
        FrameworkNode.objects.filter(framework=chosen, parent=None).order_by("position")
        if chosen
        else []
    )
    return chosen, frameworks, rows, TableFilter(request.GET, nodes=nodes)


def _observations_file(request: HttpRequest, form: str, name: str, **filters: Any) -> HttpResponse:
    rows = list(
        Observation.objects.visible_to(request.user)
        .published()
        .filter(**filters)
        .select_related("indicator", "area")
        .order_by("indicator__position", "indicator__slug", "area__code", "period", "breakdown")
    )
    if form == "sdmx":
        return _file(exports.sdmx_bytes(rows), form, name)
    write = exports.csv_bytes if form == "csv" else exports.xlsx_bytes
    return _file(write(exports.HEADERS, exports.observation_rows(rows)), form, name)


def _file(content: bytes, form: str, name: str, at: datetime | None = None) -> HttpResponse:
    kind, ending = TYPES[form]
    day = (at or timezone.now()).date().isoformat()
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
