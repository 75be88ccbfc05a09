"""Versions of a framework: frozen, read, compared, proposed again, and taken away as files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.frameworks.forms import FreezeForm
from indicators.errors import IndicatorsError
from indicators.frameworks import compare, contents, digest, sheets
from indicators.models import Framework, FrameworkVersion

NOW = "now"


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_framework")
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version, a comparison of two, and the form that freezes the next."""
    framework = get_object_or_404(Framework, slug=slug)
    may_freeze = request.user.has_perm("indicators.add_frameworkversion")
    form = FreezeForm(request.POST if may_freeze and request.method == "POST" else None)
    if request.method == "POST" and may_freeze and form.is_valid():
        try:
            made = services.freeze(
                framework=framework,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except IndicatorsError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("Version %(number)s is frozen.") % {"number": made.number})
            return redirect("indicators_office:framework_versions", slug=slug)
    versions = list(
        framework.versions.select_related("frozen_by").defer("contents").order_by("-number")
    )
    document = contents(framework)
    return render(
        request,
        "indicators/backoffice/frameworks/versions.html",
        {
            "page_title": _("Versions"),
            "page_subtitle": str(framework),
            "header_icon": "history",
            "framework": framework,
            "versions": versions,
            "is_newest": bool(versions) and versions[0].digest == digest(document),
            "form": form if may_freeze else None,
            "may_restore": request.user.has_perm("indicators.add_frameworkimport"),
            **_comparison(request, framework, versions, document),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_safe
@needs("view_framework")
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """All that an old version holds."""
    version = _version(slug, number)
    return render(
        request,
        "indicators/backoffice/frameworks/version.html",
        {
            "page_title": _("Version %(number)s") % {"number": version.number},
            "page_subtitle": str(version.framework),
            "header_icon": "history",
            "version": version,
            "tables": sheets.tables(version.contents),
            "is_intact": digest(version.contents) == version.digest,
        },
    )


@require_safe
@needs("view_framework")
def export(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An old version as a workbook."""
    version = _version(slug, number)
    return workbook_file(version.contents, f"{slug}-version-{number}")


@require_POST
@needs("add_frameworkimport")
def restore(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Propose an old version as the framework's contents; nothing is applied before it was seen."""
    found = services.reopen_version(
        version=_version(slug, number), by=request.user, at=timezone.now()
    )
    return redirect("indicators_office:framework_import", token=found.token)


def workbook_file(document: dict, name: str, form: str = "xlsx") -> HttpResponse:
    """The document as a file to keep."""
    write, kind = {
        "xlsx": (
            sheets.workbook,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        "zip": (sheets.csv_archive, "application/zip"),
    }[form]
    response = HttpResponse(write(document), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _version(slug: str, number: int) -> FrameworkVersion:
    return get_object_or_404(
        FrameworkVersion.objects.select_related("framework", "frozen_by"),
        framework__slug=slug,
        number=min(number, 2_000_000_000),
    )


def _comparison(
    request: HttpRequest, framework: Framework, versions: list[FrameworkVersion], now: dict
) -> dict:
    """What differs between the two versions asked for, the earlier one first."""
    known = {str(one.number): one for one in versions}
    first, second = request.GET.get("first", ""), request.GET.get("second", NOW)
    found: dict = {
        "first": first if first in known else "",
        "second": second if second in known else NOW,
        "differences": None,
    }
    if found["first"]:
        before = known[found["first"]].contents
        after = now if found["second"] == NOW else known[found["second"]].contents
        found["differences"] = compare(before, after)
    return found
