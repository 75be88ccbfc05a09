"""The guide for programmers: what the API answers to, which file is for what, with examples."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.api import api
from indicators.distributions import files
from indicators.kept import kept_page
from indicators.models import Indicator


@dataclass(frozen=True)
class Example:
    """A question, and the address that answers it."""

    question: str
    url: str


_FOR = {
    "csv": gettext_lazy("Spreadsheets, R, Python, Stata: one line a value, in words."),
    "xlsx": gettext_lazy("Excel and LibreOffice: the same columns; numbers are numbers."),
    "sdmx": gettext_lazy("Statistical software that reads SDMX-CSV 1.0: codes in every column."),
    "sdmx2": gettext_lazy("The same for software that reads SDMX-CSV 2.0."),
    "sdmxml": gettext_lazy("SDMX tools that want XML (rsdmx, sdmx1, Eurostat's tools)."),
    "structure": gettext_lazy("Dimensions, attributes and code lists of the SDMX files."),
}


@kept_page()
def guide(request: HttpRequest) -> HttpResponse:
    """How programs read the ledger."""
    shown = files(request)
    return render(
        request,
        "indicators/guide.html",
        {
            "operations": _operations(),
            "examples": _examples(request),
            "files": zip(shown, _FOR.values(), strict=True),
            "description": reverse("indicators:api:openapi-json"),
            "catalogue": reverse("indicators:catalogue"),
            "root": request.build_absolute_uri(reverse("indicators:api:index")),
        },
    )


def before_versions(request: HttpRequest, rest: str) -> HttpResponse:
    """Addresses from before the API had versions lead to the first of them."""
    query = request.META.get("QUERY_STRING", "")
    url = f"{reverse('indicators:api:index')}{rest}"
    return HttpResponseRedirect(f"{url}?{query}" if query else url, status=308)


def _operations() -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "summary": operation["summary"],
            "parameters": [one for one in operation["parameters"] if one["in"] != "header"],
        }
        for path, operations in api.get_openapi_schema()["paths"].items()
        for operation in operations.values()
    ]


def _examples(request: HttpRequest) -> list[Example]:
    """Questions that the ledger at hand can answer; without indicators there is less to ask."""
    root = reverse("indicators:api:index")
    members = reverse("indicators:api:members", args=["ASEAN"])
    asked = [
        (_("Who belonged to ASEAN on 1 January 2020?"), f"{members}?on=2020-01-01"),
        (_("Which indicators come from perception surveys?"),
         f"{root}indicators?data_route=public_perception"),
        (_("Which values were recorded or changed since November 2026?"),
         f"{root}observations?updated_since=2026-11-01&limit=10"),
        (_("Everything since 2016, as SDMX-CSV"),
         f"{reverse('indicators:export', args=['sdmx'])}?from_year=2016"),
    ]  # fmt: skip
    shown = Indicator.objects.filter(is_published=True, observations__state="published")
    slug = shown.order_by("position", "slug").values_list("slug", flat=True).first()
    if slug:
        asked[1:1] = [
            (_("One indicator with its targets and what it says in every area"),
             reverse("indicators:api:indicator", args=[slug])),
            (_("Its values for all people, without breakdowns"),
             f"{root}observations?indicator={slug}&breakdown=_T"),
            (_("The same as a spreadsheet"),
             f"{reverse('indicators:export_one', args=[slug, 'xlsx'])}?breakdown=_T"),
        ]  # fmt: skip
    return [Example(question, request.build_absolute_uri(url)) for question, url in asked]
