"""What every answer for machines carries: who may keep it, until when it stands, who may read it.

Files and the JSON API change only when the ledger does, so their ETag is made from its stamp before
anything is read: whoever holds the answer already costs one query.
"""

import hashlib

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import http_date, parse_etags

from indicators.models import Recording
from indicators.stamps import ledger_stamp

SECONDS_KEPT = 60
METHODS = "GET, HEAD, OPTIONS"
_SEEN_THROUGH = ("view_indicator", "view_observation", "view_revision")


def etag_of(request: HttpRequest) -> str:
    """The ETag of what this reader gets at this address in this language, now.

    Weak, because a server in front may compress the answer.
    """
    inside = [request.user.has_perm(f"indicators.{right}") for right in _SEEN_THROUGH]
    # One order of the parameters of one question.
    asked = sorted((name, value) for name, values in request.GET.lists() for value in values)
    facts = (
        settings.CODE_VERSION,
        ledger_stamp(),
        inside,
        request.LANGUAGE_CODE,
        request.get_host(),
        request.path,
        asked,
    )
    return f'W/"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'


def is_held(request: HttpRequest, etag: str) -> bool:
    """Whether the reader says that they have this very answer."""
    return etag in parse_etags(request.headers.get("If-None-Match", ""))


def unchanged(request: HttpRequest, etag: str) -> HttpResponse:
    """304: the answer is as the reader has it."""
    return labelled(request, HttpResponse(status=304), etag)


def labelled(request: HttpRequest, response: HttpResponseBase, etag: str) -> HttpResponseBase:
    """`response` with its ETag, and how long it may be kept by whom.

    Last-Modified is when something was last recorded; on a 304 it is left out.
    """
    response.headers["ETag"] = etag
    if request.user.is_authenticated:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=SECONDS_KEPT)
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    if response.status_code == 200:
        newest = Recording.objects.aggregate(newest=Max("recorded_at"))["newest"]
        if newest is not None:
            response.headers["Last-Modified"] = http_date(newest.timestamp())
    return shared(response)


def shared(response: HttpResponseBase) -> HttpResponseBase:
    """`response` readable by the scripts of any site, which get what a visitor gets: a browser
    sends no cookie for an answer that says "*"."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Content-Disposition"
    return response


def options() -> HttpResponse:
    """What may be done at an address: read it."""
    response = HttpResponse(status=204)
    response.headers["Allow"] = METHODS
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    del response.headers["Content-Type"]
    return shared(response)


def without_body(response: HttpResponse) -> HttpResponse:
    """The answer to HEAD: the headers of `response`, its length among them."""
    response.headers["Content-Length"] = str(len(response.content))
    response.content = b""
    return response
