"""Countries compared on one or more indicators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from indicators.forms import ComparisonForm
from indicators.kept import keep_not, kept_page
from indicators.models import Area, Indicator
from indicators.pages.comparison import compare as compared
from indicators.readings import ASEAN


@kept_page("indicator", "area", "period")
def compare(request: HttpRequest) -> HttpResponse:
    """Intervals side by side; never across definitions, and never as a test."""
    indicators = list(
        Indicator.objects.visible_to(request.user).described().select_related("framework")
    )
    members = list(Area.objects.member_states(on=timezone.now().date()))
    group = Area.objects.filter(code=ASEAN).first()
    areas = [*([group] if group else []), *members]
    form = ComparisonForm(request.GET, indicators=indicators, areas=areas)
    found = []
    if form.is_valid() and form.chosen_indicators:
        found = compared(
            form.chosen_indicators,
            form.chosen_areas or areas,
            request.user,
            period=form.cleaned_data["period"],
        )
    if form.has_unknown or request.GET.get("period"):
        keep_not(request)
    return render(
        request,
        "indicators/compare.html",
        {
            "form": form,
            "frameworks": form.by_framework(),
            "areas": [(area, area in form.chosen_areas) for area in areas],
            "found": found,
            "is_asked": bool(request.GET),
        },
    )
