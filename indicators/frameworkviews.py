"""The public pages of a framework: what its document prints, and two frameworks side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators import printed
from indicators.models import Framework


@require_safe
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
