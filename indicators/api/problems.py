"""What the API answers when it cannot do what was asked (RFC 9457): a sentence, and each fault."""

from collections.abc import Sequence
from http.client import responses
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from indicators import answers
from indicators.api.fields import HINTS
from indicators.errors import UnknownCode

MEDIA_TYPE = "application/problem+json"
_LONGEST_REPEATED = 100
TITLES = {
    400: "The request could not be understood",
    404: "Nothing is there",
    405: "This address is only read",
    413: "The request is too large",
    422: "A parameter is not usable",
}
_WITHOUT_WORDS = {
    400: "Part of the address is damaged or holds the character NUL, which nothing here has.",
    405: "The API is read with GET; nothing can be written through it.",
    413: "The address has more parameters than are read. Ask in several requests.",
}


class Fault(Schema):
    """One parameter that is wrong."""

    parameter: str = Field(description="Its name, or the part of the address.")
    value: str = Field(description="What was given, cut after 100 characters.")
    reason: str = Field(description="What is wrong with it, and what would be right.")


class Problem(Schema):
    """Why there is no answer, for people and for programs."""

    status: int = Field(description="The HTTP status again.")
    title: str = Field(description="The kind of problem.")
    detail: str = Field(description="A sentence that says what is wrong and what to do.")
    errors: list[Fault] = Field(description="Each parameter that is wrong; empty for others.")


def problem(status: int, detail: str, faults: Sequence[Fault] = ()) -> HttpResponse:
    """The answer itself, with ready words for an empty `detail`. Nobody keeps it."""
    said = Problem(
        status=status,
        title=TITLES.get(status, responses[status]),
        detail=detail or _WITHOUT_WORDS.get(status, responses[status]),
        errors=list(faults),
    )
    response = JsonResponse(said.model_dump(), status=status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == 405:
        response.headers["Allow"] = answers.METHODS
    return answers.shared(response)


def unusable(faults: Sequence[Fault]) -> HttpResponse:
    """422 for parameters that cannot be used."""
    return problem(422, " ".join(sentence(fault) for fault in faults), faults)


def sentence(fault: Fault) -> str:
    """ "limit is '0': Input should be greater than or equal to 1." """
    reason = fault.reason.rstrip(".")
    return f"{fault.parameter} is {fault.value!r}: {reason}."


def faults_of(errors: Sequence[dict[str, Any]], given: dict[str, list[str]]) -> list[Fault]:
    """Pydantic's errors under the names that the reader knows; `given` is what they sent."""
    found = []
    for error in errors:
        # ("query", "wanted", "indicator", 3), or without the first two outside the API.
        names = [part for part in error["loc"] if isinstance(part, str)]
        name = next((part for part in reversed(names) if part in given), names[-1] if names else "")
        places = [part for part in error["loc"] if isinstance(part, int)]
        values = given.get(name) or [""]
        value = values[places[-1]] if places and places[-1] < len(values) else values[-1]
        reason = HINTS.get(error.get("ctx", {}).get("pattern")) or str(error["msg"])
        reason = reason.removeprefix("Value error, ")
        found.append(Fault(parameter=name, value=value[:_LONGEST_REPEATED], reason=reason))
    return found


def unknown_parameters(given: Sequence[str] | dict[str, Any], known: Sequence[str]) -> list[Fault]:
    """A fault for every parameter that an address does not have: a mistyped filter must not look
    like an answer to the question that was meant."""
    offered = f"This address takes {', '.join(known)}" if known else "This address takes none"
    return [
        Fault(
            parameter=name[:_LONGEST_REPEATED],
            value="",
            reason=f"there is no such parameter here. {offered}",
        )
        for name in given
        if name not in known
    ]


def answer_with_sentences(api: NinjaAPI) -> None:
    """Have `api` answer every refusal with a `Problem`."""

    @api.exception_handler(Http404)
    def _nothing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, str(error) or "Nothing is at this address.")

    @api.exception_handler(UnknownCode)
    def _unknown_code(request: HttpRequest, error: UnknownCode) -> HttpResponse:
        return problem(404, str(error))

    @api.exception_handler(ValidationError)
    def _unusable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        given = dict(request.GET.lists())
        match = request.resolver_match
        given |= {name: [str(value)] for name, value in (match.kwargs if match else {}).items()}
        return unusable(faults_of(error.errors, given))

    @api.exception_handler(HttpError)
    def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))
