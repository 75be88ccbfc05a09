"""The read-only JSON API of the ledger, version 1, described by OpenAPI at `openapi.json`.

It answers with what the visitor may see on the pages and with nothing else. Numbers are decimal
texts: a reader gets the digits that are stored. `urls` is its front door.
"""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, re_path

from indicators.api import frameworks, measures, observations
from indicators.api.description import DescribedAPI
from indicators.api.documents import Index
from indicators.api.door import door, no_such_address
from indicators.api.problems import answer_with_sentences
from indicators.distributions import files, resources

TITLE, VERSION = "Suara: indicators", "1.0"

api = DescribedAPI(
    title=TITLE,
    version=VERSION,
    description="Frameworks, indicators and observations with interval, n, method and provenance. "
    "Everything is read with GET; an unknown parameter is refused, not ignored.",
    urls_namespace="api",
    docs_url=None,
)
answer_with_sentences(api)


@api.get("/", response=Index, summary="Where everything is")
def index(request: HttpRequest) -> Any:
    return {
        "title": TITLE,
        "version": VERSION,
        "resources": resources(request),
        "files": files(request),
    }


for _router in (frameworks.router, measures.router, observations.router):
    api.add_router("", _router)


@cache
def _parameters() -> dict[str, list[str]]:
    """The query parameters of each address, by the address's name."""
    described = api.get_openapi_schema()
    return {
        operation["operationId"]: [
            one["name"] for one in operation["parameters"] if one["in"] == "query"
        ]
        for operations in described["paths"].values()
        for operation in operations.values()
    }


def _behind_the_door(pattern: URLPattern) -> URLPattern:
    def known() -> list[str]:
        return _parameters().get(pattern.name, [])

    pattern.callback = door(pattern.callback, parameters=known)
    return pattern


def _urls() -> list[URLPattern]:
    patterns, _app, _namespace = api.urls
    # ninja's page at its root is ours.
    kept = [pattern for pattern in patterns if pattern.name != "api-root"]
    return [
        *(_behind_the_door(pattern) for pattern in kept),
        re_path(r"^(?P<rest>.*)$", no_such_address, name="no_such_address"),
    ]


urls = (_urls(), "ninja", "api")
"""What `include`-ing URLs name: every address behind `door`, and a sentence for all others."""
