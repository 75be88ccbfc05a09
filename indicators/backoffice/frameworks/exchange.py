"""A framework as a file: out, and in by way of a preview."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.frameworks.forms import UploadForm
from indicators.backoffice.frameworks.versions import workbook_file
from indicators.errors import IndicatorsError
from indicators.frameworks import contents
from indicators.models import Framework, FrameworkImport

SHOWN = 200


@require_safe
@needs("view_framework")
def export(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The framework as it is now, as a workbook or as CSV files in an archive."""
    framework = get_object_or_404(Framework, slug=slug)
    day = timezone.now().date().isoformat()
    return workbook_file(contents(framework), f"{slug}-{day}", form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_frameworkimport")
def upload(request: HttpRequest) -> HttpResponse:
    """Read a workbook; nothing is applied yet."""
    form = UploadForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = services.read_workbook(
                file=file, name=file.name, by=request.user, at=timezone.now()
            )
        except IndicatorsError as error:
            form.add_error("file", str(error))
        else:
            return redirect("indicators_office:framework_import", token=found.token)
    return render(
        request,
        "indicators/backoffice/frameworks/upload.html",
        {
            "page_title": _("Import a framework"),
            "header_icon": "upload",
            "form": form,
            "frameworks": list(Framework.objects.all()),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_frameworkimport")
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """What applying would add and change, what stays, and what cannot be used; then apply it."""
    found = get_object_or_404(FrameworkImport.objects.select_related("framework"), token=token)
    status = 200
    if request.method == "POST":
        status = 409
        try:
            services.apply_import(
                found=found,
                seen=request.POST.get("seen", ""),
                by=request.user,
                at=timezone.now(),
            )
        except IndicatorsError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The framework is what the file says."))
            return redirect("indicators_office:framework", slug=services.proposal_of(found).slug)
    proposal = None if found.applied_at else services.proposal_of(found)
    return render(
        request,
        "indicators/backoffice/frameworks/preview.html",
        {
            "page_title": _("Preview"),
            "page_subtitle": found.name,
            "header_icon": "upload",
            "found": found,
            "proposal": proposal,
            "shown": SHOWN,
        },
        status=status,
    )
