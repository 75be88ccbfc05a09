"""The public pages of a framework: what its document prints, and two frameworks side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from indicators import printed
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
