"""The public pages of a framework: what its document prints, and two frameworks side by side."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from indicators import printed
from indicators.frameworks.mapped import side_by_side
from indicators.kept import kept_page
from indicators.models import Framework


@kept_page()
def printed_tables(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables the framework's document prints, and what checking them against each other gave."""
    framework = get_object_or_404(Framework, slug=slug)
    return render(
        request,
        "indicators/printed.html",
        {
            "framework": framework,
            "tables": printed.tables(framework),
            "checks": printed.checks(framework),
        },
    )


@kept_page()
def beside(request: HttpRequest, slug: str, other: str) -> HttpResponse:
    """Two frameworks side by side, with what of one belongs to what of the other."""
    if slug == other:
        raise Http404(_("A framework is not set beside itself."))
    left = get_object_or_404(Framework, slug=slug)
    right = get_object_or_404(Framework, slug=other)
    return render(request, "indicators/beside.html", {"beside": side_by_side(left, right)})
