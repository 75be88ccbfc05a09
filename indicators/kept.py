"""Public pages kept as they were rendered, for visitors who are nobody in particular.

A page is kept under its address, its language and the stamp of the ledger, so that a value recorded
anywhere is on every page at the next request. What is not the ledger's (the menu around the page)
may be `settings.PAGES_KEPT` seconds old. Browsers keep pages, too, and ask each time whether they still stand.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from indicators.stamps import ledger_stamp

_LONGEST_QUERY = 300
# Whoever has one of these may be signed in or be told something.
_PERSONAL = (settings.SESSION_COOKIE_NAME, "messages")

View = Callable[..., HttpResponse]


def kept_page(*parameters: str) -> Callable[[View], View]:
    """Keep what the view answers to visitors without a session, for these query parameters.

    An address with another parameter is rendered each time: a page that repeats its own address
    must not repeat somebody else's, and invented parameters must not push pages out of the cache.
    """

    def decorate(view: View) -> View:
        @require_safe
        @wraps(view)
        def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not _is_for_anybody(request, parameters):
                response = view(request, *args, **kwargs)
                response.headers.setdefault("Cache-Control", "private, no-cache")
                return response
            key = _key(request)
            content = cache.get(key)
            if content is None:
                response = view(request, *args, **kwargs)
                if not _may_be_kept(request, response):
                    return response
                content = (
                    # Weak: the same page, compressed or not.
                    f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"',
                    gzip.compress(response.content, compresslevel=5, mtime=0),
                    response.headers["Content-Type"],
                )
                cache.set(key, content, settings.PAGES_KEPT)
            return _answer(request, *content)

        return asked

    return decorate


def keep_not(request: HttpRequest) -> None:
    """Say that the answer is for this address alone and not worth keeping: a value of a parameter
    that means nothing, or a list of countless ones."""
    request.is_not_kept = True


def _is_for_anybody(request: HttpRequest, parameters: tuple[str, ...]) -> bool:
    return (
        settings.PAGES_KEPT > 0
        and not any(name in request.COOKIES for name in _PERSONAL)
        and not request.user.is_authenticated
        and len(request.META.get("QUERY_STRING", "")) <= _LONGEST_QUERY
        and set(request.GET) <= set(parameters)
    )


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether nothing in the answer was made for this visitor alone."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and not hasattr(request, "_csp_nonce")
        and not hasattr(request, "is_not_kept")
    )


def _key(request: HttpRequest) -> str:
    asked = f"{request.LANGUAGE_CODE}\n{request.build_absolute_uri()}\n{ledger_stamp()}"
    return f"indicators.page:{settings.CODE_VERSION}:{hashlib.sha256(asked.encode()).hexdigest()}"


def _answer(request: HttpRequest, etag: str, zipped: bytes, kind: str) -> HttpResponse:
    response = HttpResponse(content_type=kind)
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response.content = zipped
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content = gzip.decompress(zipped)
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept-Encoding", "Accept-Language", "Cookie"))
    return get_conditional_response(request, etag=etag, response=response)
