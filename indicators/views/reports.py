"""Reports as they were made: the list, the page for printing, the file."""

from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators import languages
from indicators.models import Report

ON_A_PAGE = 30


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The reports the public may read, newest first."""
    found = Report.objects.listed().published().select_related("framework")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "indicators/reports.html",
        {
            "page_obj": page,
            "reports": [
                (one, languages.NAMES.get(one.language, one.language)) for one in page.object_list
            ],
        },
    )


@require_safe
def report(request: HttpRequest, token: str) -> HttpResponse:
    """One report for reading and printing, in its own language, as it was made."""
    found = _visible(request, token)
    with translation.override(found.language):
        return render(request, "indicators/report/page.html", {"report": found, "html": found.html})


@require_safe
def report_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The report's file."""
    found = _visible(request, token)
    if not found.file_name:
        raise Http404(_("This report has no PDF. Its page can be printed."))
    try:
        file = storages["private"].open(found.file_name)
    except FileNotFoundError as error:
        raise Http404(_("The file of this report is not there any more.")) from error
    name = f"{found.framework.slug}-report-{found.number}-{found.language}.pdf"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _visible(request: HttpRequest, token: str) -> Report:
    found = (
        Report.objects.visible_to(request.user)
        .select_related("framework")
        .filter(token=token, state=Report.State.READY)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such report."))
    return found
