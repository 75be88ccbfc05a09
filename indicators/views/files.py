"""Values as files."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators import exports
from indicators.models import Indicator, Observation
from indicators.views.overview import chosen_framework

TYPES = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "sdmx": ("application/vnd.sdmx.data+csv; charset=utf-8; version=1.0.0", "sdmx.csv"),
}


@require_safe
def table_export(request: HttpRequest, form: str) -> HttpResponse:
    """The table as it is filtered, as a file."""
    chosen, _frameworks, rows, filters = chosen_framework(request)
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
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Every published value the visitor may see, as a file."""
    return _observations_file(request, form, "suara-indicators")


@require_safe
def export_one(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """One indicator's values as a file."""
    if not Indicator.objects.visible_to(request.user).filter(slug=slug).exists():
        raise Http404(_("No indicator has this address."))
    return _observations_file(request, form, f"suara-{slug}", indicator__slug=slug)


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
