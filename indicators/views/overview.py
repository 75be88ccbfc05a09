"""The overview: every indicator of a framework, by characteristic."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from indicators import pages, printed, readings
from indicators.forms import TableFilter
from indicators.kept import keep_not, kept_page
from indicators.models import Framework, FrameworkNode
from indicators.pages.country import by_part

ON_A_PAGE = 100


@dataclass(frozen=True)
class Part:
    """One characteristic with the rows shown of it, each with its course in small."""

    node: FrameworkNode | None
    rows: Sequence[tuple[readings.Row, str]]
    counts: readings.Counts


@kept_page("framework", "characteristic", "route", "sufficiency", "progress", "page")
def table(request: HttpRequest) -> HttpResponse:
    """Every indicator of a framework with its sufficiency and progress."""
    chosen, frameworks, rows, filters = chosen_framework(request)
    shown = filters.apply(rows)
    page = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("page"))
    counts = readings.count(rows)
    query = request.GET.copy()
    query.pop("page", None)
    wanted = request.GET.get("framework", "")
    if (
        filters.errors
        or (wanted and (chosen is None or chosen.slug != wanted))
        or "page" in (request.GET)
    ):
        keep_not(request)
    return render(
        request,
        "indicators/table.html",
        {
            "framework": chosen,
            "frameworks": frameworks,
            "filters": filters,
            "page_obj": page,
            "rows": page.object_list,
            "parts": _parts(page.object_list),
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


def _parts(rows: Sequence[readings.Row]) -> list[Part]:
    """The rows under the characteristic they belong to, each with its course."""
    return [
        Part(
            node,
            [(row, pages.sparkline(row.indicator, row.points)) for row in members],
            readings.count(members),
        )
        for node, members in by_part(rows)
    ]
