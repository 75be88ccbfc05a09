"""The service worker of one survey's pages, and the page it shows without a connection."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from surveys.models import Wave
from surveys.views.frame import respondent_view, show

_SOURCE = Path(__file__).resolve().parents[1] / "static" / "surveys" / "offline-worker.js"


@cache
def _source() -> bytes:
    return _SOURCE.read_bytes()


@require_safe
@respondent_view
def worker(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """The script, served below the wave's address because that bounds what it may look at."""
    return HttpResponse(_source(), content_type="text/javascript; charset=utf-8")


@require_safe
@respondent_view
def offline(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """What the worker lays in beforehand: it names no answers and nobody."""
    return show(request, "surveys/offline.html", wave, language, {})
