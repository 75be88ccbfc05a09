"""What data sets there are, for catalogues and search engines: DCAT for all, schema.org for one.

Written as JSON-LD (https://www.w3.org/TR/vocab-dcat-3/, https://schema.org/Dataset). Nothing is
stated that the ledger does not know: no licence unless `DATA_LICENCE` names one, no period without
values.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from indicators.distributions import files
from indicators.models import Area, Framework, Indicator, Observation, Recording

MEDIA_TYPE = "application/ld+json"
_IN_HTML = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def catalogue(request: HttpRequest) -> dict[str, Any]:
    """The DCAT catalogue: one data set for each framework that has values, and its files."""
    observations = Observation.objects.visible_to(request.user).published()
    by_framework = {
        row["indicator__framework"]: row
        for row in observations.order_by()
        .values("indicator__framework")
        .annotate(first=Min("period"), last=Max("period"), recorded=Max("recorded_at"))
    }
    areas: dict[int, set[int]] = {}
    for framework, area in (
        observations.order_by().values_list("indicator__framework", "area").distinct()
    ):
        areas.setdefault(framework, set()).add(area)
    named = Area.objects.in_bulk()
    home = request.build_absolute_uri(reverse("indicators:table"))
    datasets = [
        _dataset(
            request,
            framework,
            by_framework[framework.pk],
            [named[key] for key in areas[framework.pk]],
        )
        for framework in Framework.objects.all()
        if framework.pk in by_framework
    ]
    found = {
        "@context": _CONTEXT,
        "@id": request.build_absolute_uri(reverse("indicators:catalogue")),
        "@type": "dcat:Catalog",
        "dct:title": {"@language": "en", "@value": "Suara: indicators"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": settings.DATA_PUBLISHER},
        "dct:language": "en",
        "foaf:homepage": {"@id": home},
        "dcat:dataset": datasets,
    }
    newest = Recording.objects.aggregate(newest=Max("recorded_at"))["newest"]
    return found | _licence() | ({"dct:modified": _moment(newest)} if newest else {})


def _dataset(
    request: HttpRequest, framework: Framework, known: dict[str, Any], areas: Iterable[Area]
) -> dict[str, Any]:
    query = f"framework={framework.slug}"
    page = request.build_absolute_uri(f"{reverse('indicators:table')}?{query}")
    structure = request.build_absolute_uri(reverse("indicators:structure"))
    api = request.build_absolute_uri(reverse("indicators:api:index"))
    titles = {"en": framework.title} | framework.titles
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": framework.slug,
        "dct:title": [{"@language": code, "@value": text} for code, text in titles.items()],
        "dct:description": {"@language": "en", "@value": framework.description or framework.title},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": settings.DATA_PUBLISHER},
        "dct:language": "en",
        "dct:modified": _moment(known["recorded"]),
        "dct:spatial": [
            {"@type": "dct:Location", "dct:identifier": area.code, "rdfs:label": area.name}
            for area in sorted(areas, key=lambda area: area.code)
        ],
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:gYear", "@value": known["first"][:4]},
            "dcat:endDate": {"@type": "xsd:gYear", "@value": known["last"][:4]},
        },
        "dcat:landingPage": {"@id": page},
        "dct:conformsTo": {"@id": structure},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": one["title"],
                "dcat:mediaType": one["media_type"],
                "dcat:accessURL": {"@id": one["url"]},
                "dcat:downloadURL": {"@id": one["url"]},
            }
            | _licence()
            for one in files(request, query=query)
        ]
        + [
            {
                "@type": "dcat:Distribution",
                "dct:title": "JSON API",
                "dcat:mediaType": "application/json",
                "dcat:accessURL": {"@id": f"{api}observations?{query}"},
                "dcat:accessService": {
                    "@type": "dcat:DataService",
                    "dct:title": "JSON API",
                    "dcat:endpointURL": {"@id": api},
                    "dcat:endpointDescription": {"@id": f"{api}openapi.json"},
                },
            }
            | _licence()
        ],
    } | _licence()


def described(
    request: HttpRequest, indicator: Indicator, observations: Iterable[Observation]
) -> dict[str, Any]:
    """schema.org's Dataset for the page of an indicator, from the observations shown there."""
    shown = list(observations)
    years = sorted(row.period[:4] for row in shown)
    areas = sorted({str(row.area) for row in shown})
    about = _("Values of the indicator “%(title)s” by area, period and group, with interval, "
              "sample size, method and source.") % {"title": indicator.display_title}  # fmt: skip
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": str(indicator),
        "description": f"{indicator.description} {about}".strip(),
        "url": request.build_absolute_uri(indicator.get_absolute_url()),
        "identifier": indicator.slug,
        "inLanguage": request.LANGUAGE_CODE,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": settings.DATA_PUBLISHER},
        "variableMeasured": {
            "@type": "PropertyValue",
            "name": indicator.display_title,
            "unitText": indicator.unit,
        },
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "url": request.build_absolute_uri(reverse("indicators:catalogue")),
        },
        "spatialCoverage": areas,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one["title"],
                "encodingFormat": one["media_type"],
                "contentUrl": one["url"],
            }
            for one in files(request, slug=indicator.slug)
        ],
    }
    if years:
        found["temporalCoverage"] = f"{years[0]}/{years[-1]}"
        found["dateModified"] = _moment(max(row.recorded_at for row in shown))["@value"]
    if settings.DATA_LICENCE:
        found["license"] = settings.DATA_LICENCE
    return found


def data_block(document: dict[str, Any]) -> SafeString:
    """The document as the content of a script element of its type, which nothing can end early."""
    text = json.dumps(document, ensure_ascii=False)
    return mark_safe(text.translate(_IN_HTML))  # noqa: S308


def _licence() -> dict[str, Any]:
    return {"dct:license": {"@id": settings.DATA_LICENCE}} if settings.DATA_LICENCE else {}


def _moment(value: datetime) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": value.isoformat()}
