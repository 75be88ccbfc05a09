"""The public pages of the ledger."""

from django.http import Http404, HttpRequest, HttpResponse

from indicators.models import Indicator


def table(request: HttpRequest) -> HttpResponse:
    """Every indicator with its sufficiency and progress."""
    return HttpResponse("indicators")


def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator: figure, chart with its table, provenance and history."""
    if not Indicator.objects.visible_to(request.user).filter(slug=slug).exists():
        raise Http404
    return HttpResponse(slug)


def export_one(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """One indicator's observations as a file."""
    raise Http404


def export(request: HttpRequest, form: str) -> HttpResponse:
    """The table of indicators as a file."""
    raise Http404
