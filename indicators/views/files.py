"""Values as files, and what says what is in them.

All observations, or those that the same parameters as the API's choose, in every format; the
structure of the SDMX files; and the table of indicators as it is filtered. Files are streamed: no
more than a few thousand rows are in memory. Addresses: docs/api.md.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from pydantic import ValidationError

from indicators import answers, exports
from indicators import catalogue as catalogues
from indicators.api.filters import ObservationFilters
from indicators.api.problems import Fault, faults_of, sentence, unknown_parameters
from indicators.errors import UnknownCode
from indicators.http import problem
from indicators.models import Indicator, Observation
from indicators.selection import Selection
from indicators.views.overview import chosen_framework

EVERYTHING = tuple(ObservationFilters.model_fields)
OF_ONE = tuple(name for name in EVERYTHING if name not in {"indicator", "framework"})

View = Callable[..., HttpResponseBase]


def conditional(view: View) -> View:
    """Answer 304 to whoever holds the file as it is, and label it for others."""

    @require_safe
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        etag = answers.etag_of(request)
        if answers.is_held(request, etag):
            return answers.unchanged(request, etag)
        response = view(request, *args, **kwargs)
        return (
            answers.labelled(request, response, etag) if response.status_code == 200 else response
        )

    return answered


@conditional
def table_export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The table as it is filtered, as a file."""
    chosen, _frameworks, rows, filters = chosen_framework(request)
    headers = (
        "indicator",
        "code",
        "title",
        "data_route",
        "direction",
        "period",
        "value",
        "unit",
        "sufficient",
        "reason",
        "progress",
        "progress_reason",
        "is_demonstration",
    )
    cells = [
        (
            row.indicator.slug,
            row.indicator.code,
            row.indicator.title,
            row.indicator.data_route,
            row.indicator.direction,
            row.figure.period,
            row.figure.observation.value if row.figure.observation else None,
            row.indicator.unit,
            row.sufficiency.is_sufficient,
            row.sufficiency.sentence,
            row.progress.verdict,
            row.progress.sentence,
            row.is_demonstration,
        )
        for row in filters.apply(rows)
    ]
    name = f"indicators-{chosen.slug}" if chosen else "indicators"
    write = exports.csv_lines if form == "csv" else exports.xlsx_pieces
    return _file(write(headers, cells), exports.FORMATS[form], name)


@conditional
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Every published value the visitor may see, as a file; parameters choose among them."""
    return _chosen_file(request, form, "suara-indicators", known=EVERYTHING)


@conditional
def export_one(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """One indicator's values as a file."""
    if not Indicator.objects.visible_to(request.user).filter(slug=slug).exists():
        raise Http404(_("No indicator has this address."))
    return _chosen_file(request, form, f"suara-{slug}", known=OF_ONE, indicators=(slug,))


@conditional
def structure(request: HttpRequest) -> HttpResponseBase:
    """The data structure of the SDMX files with its code lists (SDMX-ML 2.1)."""
    lists = exports.codelists(
        indicators=Indicator.objects.visible_to(request.user),
        observations=Observation.objects.visible_to(request.user).published(),
    )
    message = exports.structure_message(lists, at=timezone.now())
    response = HttpResponse(message, content_type=exports.STRUCTURE_TYPE)
    response["Content-Disposition"] = 'inline; filename="suara-structure.xml"'
    return response


@conditional
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """What data sets there are, for catalogues (DCAT as JSON-LD)."""
    return JsonResponse(catalogues.catalogue(request), content_type=catalogues.MEDIA_TYPE)


def _chosen_file(
    request: HttpRequest, form: str, name: str, *, known: Sequence[str], **chosen: Any
) -> HttpResponseBase:
    try:
        filters = ObservationFilters.of(request.GET)
        faults = unknown_parameters(list(request.GET), known)
    except ValidationError as error:
        faults = faults_of(error.errors(), dict(request.GET.lists()))
    if faults:
        return _refused(request, faults)
    selection = filters.selection()
    if chosen:
        selection = Selection(**(vars(selection) | chosen))
    try:
        observations = selection.observations(request.user)
    except UnknownCode as error:
        return problem(request, 404, _("Nothing has this code"), str(error))
    written = exports.FORMATS[form]
    if request.method == "HEAD":
        return _file(iter(()), written, name)
    rows = exports.in_series(observations)
    content = written.write(rows, exports.Known.read(), timezone.now())
    return _file(content, written, name)


def _refused(request: HttpRequest, faults: Sequence[Fault]) -> HttpResponse:
    text = " ".join(sentence(fault) for fault in faults)
    return problem(request, 422, _("This file cannot be made as it was asked for"), text)


def _file(
    content: Iterable[str] | Iterable[bytes], form: exports.Format, name: str
) -> HttpResponseBase:
    response = StreamingHttpResponse(content, content_type=form.media_type)
    day = timezone.now().date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{form.ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
