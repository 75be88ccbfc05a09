"""The least a Django view can do with an answer: read a form of one page and insert one row.

It is served by the same server, on the same database, and is what submissions are compared with.
"""

import secrets
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as _APPS

# allauth refuses to start without its middleware, which a bare view has not.
INSTALLED_APPS = [name for name in _APPS if not name.startswith("allauth")]
ROOT_URLCONF = "benchmarks.bare"
MIDDLEWARE: list[str] = []


def insert(request: HttpRequest) -> HttpResponse:
    """Insert one row for a posted form."""
    from surveys.models import PageKey

    if request.method == "POST" and request.POST.get("q/q1"):
        PageKey.objects.create(key_hash=secrets.token_hex(32), used_on=date(2026, 1, 1))
    return HttpResponse("thanks")


urlpatterns = [path("insert/", insert)]
