"""Where the ledger's values are to be had: addresses of the API and of files, each described once.

The API's index, the guide for programmers and the catalogue of data sets all say it from here.
"""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from indicators.exports import FORMATS, STRUCTURE_TYPE

JSON = "application/json"
_RESOURCES = (
    ("areas", "Areas, with who belonged where and when"),
    ("frameworks", "Results frameworks"),
    ("mappings", "Mappings between frameworks"),
    ("indicators", "Indicators with their newest value and what it says"),
    ("observations", "Observations"),
)


def resources(request: HttpRequest) -> list[dict[str, str]]:
    """The API's own addresses: title, url and media_type of each."""
    found = [(title, reverse(f"indicators:api:{name}"), JSON) for name, title in _RESOURCES]
    found.append(("OpenAPI description", reverse("indicators:api:openapi-json"), JSON))
    return [_link(request, *one) for one in found]


def files(request: HttpRequest, *, slug: str = "", query: str = "") -> list[dict[str, str]]:
    """All values, or one indicator's, in every format; and the structure of the SDMX formats.

    `query` is appended to the addresses of values, such as "framework=ascc-blueprint-2025".
    """
    found = []
    for form, one in FORMATS.items():
        url = (
            reverse("indicators:export_one", args=[slug, form])
            if slug
            else reverse("indicators:export", args=[form])
        )
        found.append((one.name, f"{url}?{query}" if query else url, one.media_type))
    found.append(("SDMX-ML 2.1 structure", reverse("indicators:structure"), STRUCTURE_TYPE))
    return [_link(request, *one) for one in found]


def _link(request: HttpRequest, title: str, url: str, media_type: str) -> dict[str, Any]:
    plain = media_type.split(";")[0] if media_type.startswith("text/") else media_type
    return {"title": title, "url": request.build_absolute_uri(url), "media_type": plain}
