"""How the API speaks HTTP: methods, unknown parameters, ETags, and who may read it from where."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from indicators import answers
from indicators.api.problems import problem, unknown_parameters, unusable

View = Callable[..., HttpResponse]


def door(view: View, *, parameters: Callable[[], Sequence[str]]) -> View:
    """`view` behind the rules of all addresses of the API.

    Anything but GET, HEAD and OPTIONS is refused (405); so is every query parameter that is not
    among `parameters()` (422). Who names the ETag of what they would get is told so (304) before
    anything is computed.
    """

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return answers.options()
        if request.method not in ("GET", "HEAD"):
            return problem(405, "")
        if faults := unknown_parameters(list(request.GET), parameters()):
            return unusable(faults)
        etag = answers.etag_of(request)
        if answers.is_held(request, etag):
            return answers.unchanged(request, etag)
        is_head, request.method = request.method == "HEAD", "GET"
        response = view(request, **kwargs)
        if response.status_code == 200:
            answers.labelled(request, response, etag)
        return answers.without_body(response) if is_head else response

    return answered


@csrf_exempt
def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Everything below the API that is no address of it."""
    return problem(
        404,
        "The API has no such address. Its addresses have no slash at the end; "
        "/indicators/api/v1/ lists them.",
    )
