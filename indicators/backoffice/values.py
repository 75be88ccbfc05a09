"""Indicators as staff see them: sufficiency, values with their revisions, entry by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from indicators import baselines, formatting, readings, services
from indicators.backoffice.access import needs
from indicators.backoffice.forms import TargetForm, ValueForm
from indicators.errors import IndicatorsError
from indicators.models import Area, Framework, Indicator, Observation, Revision, Target
from indicators.periods import moment


@require_safe
@needs("view_indicator")
def index(request: HttpRequest) -> HttpResponse:
    """Every indicator with sufficiency and progress."""
    frameworks = list(Framework.objects.all())
    wanted = request.GET.get("framework", "")
    chosen = next((one for one in frameworks if one.slug == wanted), None)
    chosen = chosen or (frameworks[0] if frameworks else None)
    rows = readings.table(request.user, framework=chosen) if chosen else []
    return render(
        request,
        "indicators/backoffice/index.html",
        {
            "page_title": _("Indicators"),
            "header_icon": "list-ul",
            "frameworks": frameworks,
            "framework": chosen,
            "rows": rows,
            "counts": readings.count(rows),
            "may_record": request.user.has_perm("indicators.record_observation"),
        },
    )


@require_safe
@needs("view_indicator")
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator's values, standing and withdrawn, and what they were before."""
    indicator = _indicator(request, slug)
    observations = sorted(
        Observation.objects.visible_to(request.user)
        .filter(indicator=indicator)
        .select_related("area", "recorded_by"),
        key=lambda row: (row.area.name, moment(row.period), row.breakdown, row.source),
    )
    revisions = (
        Revision.objects.filter(observation__indicator=indicator)
        .select_related("observation__area", "changed_by")
        .order_by("-changed_at", "-pk")[:200]
        if request.user.has_perm("indicators.view_revision")
        else []
    )
    return render(
        request,
        "indicators/backoffice/indicator.html",
        {
            "page_title": str(indicator),
            "header_icon": "list-ul",
            "indicator": indicator,
            "values": [
                (
                    row,
                    formatting.value_text(row, indicator),
                    formatting.range_text(row, indicator),
                    formatting.breakdown_text(row.breakdown),
                )
                for row in observations[:500]
            ],
            "hidden": max(len(observations) - 500, 0),
            "revisions": list(revisions),
            "targets": [
                (one, formatting.with_unit(one.value, indicator))
                for one in indicator.targets.select_related("area").order_by("area__name", "period")
            ],
            "baselines": baselines.own_baselines(indicator, request.user),
            "common": baselines.common_rule(indicator),
            # Of a placeholder nothing is known that could be recorded or promised.
            "may_record": not indicator.is_placeholder
            and request.user.has_perm("indicators.record_observation"),
            "may_promise": not indicator.is_placeholder
            and request.user.has_perm("indicators.change_target"),
            "may_edit": request.user.has_perm("indicators.change_indicator"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_target")
def target(request: HttpRequest, slug: str) -> HttpResponse:
    """Set what the indicator shall reach in an area by a period; history keeps what it was."""
    indicator = _described(request, slug)
    form = TargetForm(request.POST or None, areas=Area.objects.order_by("kind", "name"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = form.cleaned_data
            Target.objects.update_or_create(
                indicator=indicator,
                area=chosen["area"],
                period=chosen["period"],
                defaults={"value": chosen["value"], "source": chosen["source"]},
            )
            messages.success(request, _("The target is set."))
            return redirect("indicators_office:indicator", slug=indicator.slug)
    return render(
        request,
        "indicators/backoffice/form.html",
        {
            "page_title": _("Set a target"),
            "page_subtitle": str(indicator),
            "header_icon": "edit",
            "form": form,
            "save_label": _("Set the target"),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("record_observation")
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter one value by hand."""
    indicator = _described(request, slug)
    form = ValueForm(request.POST or None, areas=Area.objects.order_by("kind", "name"))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.enter_value(
                    indicator=indicator, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except IndicatorsError as error:
                form.add_error("reason", str(error))
            else:
                messages.success(request, _("The value is in the ledger."))
                return redirect("indicators_office:indicator", slug=indicator.slug)
    return render(
        request,
        "indicators/backoffice/form.html",
        {
            "page_title": _("Enter a value"),
            "page_subtitle": str(indicator),
            "header_icon": "edit",
            "form": form,
            "save_label": _("Record the value"),
        },
        status=status,
    )


def _described(request: HttpRequest, slug: str) -> Indicator:
    return get_object_or_404(Indicator.objects.visible_to(request.user).described(), slug=slug)


def _indicator(request: HttpRequest, slug: str) -> Indicator:
    return get_object_or_404(Indicator.objects.visible_to(request.user), slug=slug)
