"""The overview: every indicator of a framework."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from indicators import printed, readings
from indicators.forms import TableFilter
from indicators.kept import kept_page
from indicators.models import Framework, FrameworkNode

ON_A_PAGE = 50


@kept_page("framework", "characteristic", "route", "sufficiency", "page")
def table(request: HttpRequest) -> HttpResponse:
    """Every indicator of a framework with its sufficiency and progress."""
    chosen, frameworks, rows, filters = chosen_framework(request)
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


def chosen_framework(
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
