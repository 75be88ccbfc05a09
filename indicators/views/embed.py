"""The chart of an indicator for the pages of others: no menu, no cookies, any site may frame it."""

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt

from indicators import formatting, pages
from indicators.kept import kept_page
from indicators.views.detail import asked_reading, indicator_or_404


# Around the keeping, so that a kept page is opened like a fresh one.
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@kept_page("area", "breakdown", "by")
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The chart with title, table, source and a link; `by` is "time" (the default) or "area"."""
    indicator = indicator_or_404(request, slug)
    reading = asked_reading(request, indicator)
    drawn = [pages.by_period(indicator, reading), pages.by_area(indicator, reading)]
    if request.GET.get("by") == "area":
        drawn.reverse()
    chart = next((one for one in drawn if one is not None), None)
    here = reading.area(reading.here)
    asked = pages.query(area=reading.here, breakdown=reading.breakdown)
    return render(
        request,
        "indicators/embed.html",
        {
            "indicator": indicator,
            "figure": reading.figure,
            "chart": chart,
            "here": here,
            "group": formatting.breakdown_text(reading.breakdown) if reading.breakdown else "",
            "is_demonstration": pages.is_demonstration(reading.areas),
            "address": f"{settings.PUBLIC_URL}{indicator.get_absolute_url()}{asked}",
        },
    )
