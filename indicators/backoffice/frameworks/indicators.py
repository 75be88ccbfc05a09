"""Describing indicators, and taking a target back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.frameworks.forms import IndicatorForm
from indicators.models import Framework, Indicator, Target


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_indicator")
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """A new indicator of a framework, of the node named by `of` if there is one."""
    framework = get_object_or_404(Framework, slug=slug)
    node = framework.nodes.filter(token=request.GET.get("of", "")[:32]).first()
    return _edit(request, framework, Indicator(framework=framework, node=node))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_indicator")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that describes an indicator."""
    indicator = get_object_or_404(Indicator.objects.select_related("framework"), slug=slug)
    return _edit(request, indicator.framework, indicator)


@require_POST
@needs("change_target")
def remove_target(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a promise back. Its history stays."""
    target = get_object_or_404(Target, indicator__slug=slug, pk=pk)
    target._history_date = timezone.now()
    target.delete()
    messages.success(request, _("The target is taken back; its history stays."))
    return redirect("indicators_office:indicator", slug=slug)


def _edit(request: HttpRequest, framework: Framework, indicator: Indicator) -> HttpResponse:
    form = IndicatorForm(
        request.POST if request.method == "POST" else None, instance=indicator, framework=framework
    )
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        services.save_with_history(saved, by=request.user, at=timezone.now())
        messages.success(request, _("“%(indicator)s” is saved.") % {"indicator": saved})
        return redirect("indicators_office:indicator", slug=saved.slug)
    is_new = indicator.pk is None
    return render(
        request,
        "indicators/backoffice/frameworks/form.html",
        {
            "page_title": _("New indicator") if is_new else _("Edit the indicator"),
            "page_subtitle": str(framework),
            "header_icon": "edit",
            "framework": framework,
            "form": form,
            "save_label": _("Save the indicator"),
            "notes": [],
        },
        status=422 if request.method == "POST" else 200,
    )
