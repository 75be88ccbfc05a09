"""Areas of an indicator with a baseline year of their own: given, changed and taken back.

Before anything is saved, its person has seen the verdict as it is and as it is going to be: the
form carries what was shown, and saving without it shows it first.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from indicators import baselines, services
from indicators.backoffice.access import needs
from indicators.backoffice.forms import BaselineForm
from indicators.errors import ChangedMeanwhile, IndicatorsError
from indicators.models import Area, Baseline, Indicator


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_indicator")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A year for an area, that of `area` if it is named; first what it changes, then saved."""
    indicator = _indicator(request, slug)
    held = indicator.baselines.filter(area__code=request.GET.get("area", "")[:10]).first()
    areas = Area.objects.order_by("kind", "name")
    if request.method != "POST":
        initial = {"area": held.area.code, "year": held.year, "source": held.source} if held else {}
        form = BaselineForm(areas=areas, initial=initial)
        return _page(request, indicator, form)
    form = BaselineForm(request.POST, areas=areas)
    if not form.is_valid():
        return _page(request, indicator, form, status=422)
    area, year = form.cleaned_data["area"], form.cleaned_data["year"]
    before = _own_year(indicator, area)
    if request.POST.get("seen") != _seen(area, before, year):
        return _page(request, indicator, form, area=area, year=year)
    try:
        services.set_baseline(
            indicator=indicator,
            before=before,
            by=request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
    except ChangedMeanwhile as error:
        messages.warning(request, str(error))
        return _page(request, indicator, form, area=area, year=year, status=409)
    except IndicatorsError as error:
        form.add_error("year", str(error))
        return _page(request, indicator, form, status=422)
    messages.success(
        request, _("%(area)s starts from %(year)s now.") % {"area": area, "year": year}
    )
    return redirect("indicators_office:indicator", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_indicator")
def remove(request: HttpRequest, slug: str, area: str) -> HttpResponse:
    """Take an area's own year back, once it was seen what that changes. Its history stays."""
    indicator = _indicator(request, slug)
    baseline = get_object_or_404(
        Baseline.objects.select_related("area"), indicator=indicator, area__code=area
    )
    status = 200
    if request.method == "POST":
        status = 409
        if request.POST.get("seen") == _seen(baseline.area, baseline.year, None):
            services.remove_baseline(
                indicator=indicator,
                area=baseline.area,
                before=baseline.year,
                by=request.user,
                at=timezone.now(),
            )
            words = {"area": baseline.area}
            messages.success(
                request,
                _("%(area)s starts where the other areas do; its history stays.") % words,
            )
            return redirect("indicators_office:indicator", slug=slug)
        messages.warning(request, _("Somebody else has changed it meanwhile. Look at it again."))
    return _page(
        request,
        indicator,
        None,
        area=baseline.area,
        year=None,
        status=status,
    )


def _page(
    request: HttpRequest,
    indicator: Indicator,
    form: BaselineForm | None,
    *,
    area: Area | None = None,
    year: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, or without one the question whether to take the year back; what changes below."""
    context: dict[str, Any] = {}
    if area is not None:
        context = {
            "area": area,
            "change": baselines.change_of(indicator, area, request.user, year=year),
            "seen": _seen(area, _own_year(indicator, area), year),
            "is_aggregated": indicator.aggregation != Indicator.Aggregation.NONE
            and area.kind != Area.Kind.GROUP,
        }
    return render(
        request,
        "indicators/backoffice/baseline.html",
        {
            "page_title": _("Baseline year of an area"),
            "page_subtitle": str(indicator),
            "header_icon": "edit",
            "indicator": indicator,
            "common": baselines.common_rule(indicator),
            "form": form,
            **context,
        },
        status=status,
    )


def _indicator(request: HttpRequest, slug: str) -> Indicator:
    return get_object_or_404(Indicator.objects.visible_to(request.user).described(), slug=slug)


def _own_year(indicator: Indicator, area: Area) -> int | None:
    return indicator.baselines.filter(area=area).values_list("year", flat=True).first()


def _seen(area: Area, before: int | None, after: int | None) -> str:
    """What was shown: whose year, from which, to which."""
    return f"{area.code}:{before or ''}:{after or ''}"
