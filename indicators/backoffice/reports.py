"""Reports: asked for, watched, read, given to the public."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators.backoffice.access import needs
from indicators.backoffice.reportforms import ReportForm
from indicators.errors import IndicatorsError
from indicators.models import Report
from indicators.reports import pdf
from indicators.services import reports as services


@require_safe
@needs("view_report")
def index(request: HttpRequest) -> HttpResponse:
    """Every report with its progress."""
    found = Report.objects.visible_to(request.user).listed()
    page = Paginator(found.select_related("framework", "made_by", "previous"), 30).get_page(
        request.GET.get("p")
    )
    return render(
        request,
        "indicators/backoffice/reports.html",
        {
            "page_title": _("Reports"),
            "header_icon": "doc-full",
            "page_obj": page,
            "is_waiting": any(one.is_under_way for one in page.object_list),
            "missing": pdf.missing(),
            "may_add": request.user.has_perm("indicators.add_report"),
            "may_publish": request.user.has_perm("indicators.publish_report"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_report")
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a report."""
    form = ReportForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.request_report(by=request.user, at=timezone.now(), **form.cleaned_data)
            except IndicatorsError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The report is being made. It will stand below."))
                return redirect("indicators_office:reports")
    return render(
        request,
        "indicators/backoffice/form.html",
        {
            "page_title": _("New report"),
            "header_icon": "doc-full",
            "form": form,
            "save_label": _("Make the report"),
        },
        status=status,
    )


@require_POST
@needs("publish_report")
def publish(request: HttpRequest, token: str) -> HttpResponse:
    """Give a report to the public, or take it back (`public` is "no")."""
    found = Report.objects.visible_to(request.user).listed().filter(token=token).first()
    if found is None:
        raise Http404(_("There is no such report."))
    try:
        if request.POST.get("public") == "no":
            services.withdraw_report(report=found, by=request.user)
            messages.success(request, _("The report is not public any more."))
        else:
            services.publish_report(report=found, by=request.user, at=timezone.now())
            messages.success(request, _("The report is public."))
    except IndicatorsError as error:
        messages.error(request, str(error))
    return redirect("indicators_office:reports")
