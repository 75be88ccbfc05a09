"""The page of one indicator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from indicators import formatting, pages, readings, workings
from indicators.kept import kept_page
from indicators.models import Area, Indicator


@kept_page("area")
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
            "workings": workings.of_area(indicator, here, reading.targets) if here else None,
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
