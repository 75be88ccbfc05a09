"""The respondent's pages."""

from django.http import Http404, HttpRequest, HttpResponse


def wave_list(request: HttpRequest) -> HttpResponse:
    raise Http404


def wave(request: HttpRequest, slug: str) -> HttpResponse:
    raise Http404


respond = thanks = withdraw = wave
