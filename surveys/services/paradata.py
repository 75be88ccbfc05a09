"""What is noted beside the answers: seconds per page, languages, and signs of a machine."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict


def paradata_with(
    paradata: Mapping[str, Any],
    page_code: str,
    seconds: float,
    language: str,
    posted: QueryDict,
    read: Any,
) -> dict[str, Any]:
    """The paradata of an unfinished response with one more sending of a page noted."""
    noted = dict(paradata)
    durations = dict(noted.get("seconds", {}))
    durations[page_code] = round(durations.get(page_code, 0.0) + min(seconds, 3600.0), 1)
    noted["seconds"] = durations
    languages = [*noted.get("languages", [])]
    if language not in languages:
        noted["languages"] = [*languages, language]
    emptied = ({*noted.get("emptied", [])} | read.emptied) - set(read.kept)
    if emptied or "emptied" in noted:
        noted["emptied"] = sorted(emptied)
    if read.strangers:
        noted["strangers"] = sorted({*noted.get("strangers", []), *read.strangers})[:50]
    if posted.get("website"):
        noted["honeypot"] = True
    if posted.get("script") == "1":
        noted["script"] = True
    return noted
