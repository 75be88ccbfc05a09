"""Requests that no view should have to think about, answered in the design of the site."""

import logging
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
    ValidationError,
)
from django.db import DataError
from django.http import HttpRequest, HttpResponse

from indicators.http import problem

logger = logging.getLogger(__name__)

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class UnusableRequestMiddleware:
    """Refuses what is too large or cannot be stored, before and around every view.

    No database of ours keeps the character NUL, and PostgreSQL raises an error for it. A body is
    refused by its announced length, so that nobody waits for it to arrive.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 or 413 at once where the headers suffice to know."""
        if _announced_length(request) > settings.LARGEST_BODY:
            return problem(request, 413, "", "")
        if "\0" in request.path_info or _holds_nul(request):
            return problem(request, 400, "", "")
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return _not_allowed(request, response)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """Look into a form before its view does."""
        if request.method != "POST" or request.content_type not in FORMS:
            return None
        try:
            values = [text for name, texts in request.POST.lists() for text in (name, *texts)]
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
            # The parser must not be asked again by whoever renders the answer.
            request._mark_post_parse_error()
            return problem(request, 413, "", "")
        except SuspiciousOperation:
            return problem(request, 400, "", "")
        if any("\0" in text for text in values):
            return problem(request, 400, "", "")
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn what a view could not know into the page that says so."""
        if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
            return problem(request, 413, "", "")
        if isinstance(exception, DataError):
            logger.exception("%s carried a value that the database refuses.", request.path)
            return problem(request, 400, "", "")
        if _is_key_of_another_kind(request, exception):
            return problem(request, 404, "", "")
        return None


def _is_key_of_another_kind(request: HttpRequest, exception: Exception) -> bool:
    """Whether a word of the address was looked up as a key that it cannot be.

    Wagtail's choosers take any word where a number belongs and ask the database for it; what the
    database's field says of the word is that nothing is there.
    """
    if isinstance(exception, OverflowError):
        return _raised_in(exception).startswith("django.db.backends")
    if not isinstance(exception, ValueError | ValidationError):
        return False
    match = request.resolver_match
    words = [str(word) for word in match.kwargs.values()] if match else []
    words += [text for _name, texts in request.GET.lists() for text in texts]
    return _raised_in(exception).startswith("django.db.models.fields") and any(
        word and repr(word) in str(exception) for word in words
    )


def _raised_in(exception: Exception) -> str:
    """The module whose line raised it."""
    step = exception.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return step.tb_frame.f_globals.get("__name__", "") if step else ""


def _announced_length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _holds_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    # A quoted cookie writes characters in octal.
    return b"\0" in unquote_to_bytes(query) or "\\000" in request.META.get("HTTP_COOKIE", "")


def _not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    page = problem(request, 405, "", "")
    page["Allow"] = response.get("Allow", "")
    return page
