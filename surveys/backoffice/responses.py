"""Responses of a wave: a list without personal data, and the export."""

import csv
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from surveys.backoffice.access import needs, wave_for
from surveys.models import QualityFlag, Response, Wave
from surveys.questionnaire.definition import Definition, Question

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@needs("view_response")
def responses(request: HttpRequest, token: str) -> HttpResponse:
    """Who answered cannot be seen here; what can be doubted, can."""
    wave = wave_for(request.user, token)
    found = (
        Response.objects.visible_to(request.user)
        .filter(wave=wave)
        .exclude(state__in=[Response.State.STARTED])
        .defer("answers", "shown_order")
        .prefetch_related(Prefetch("flags", QualityFlag.objects.order_by("kind")))
        .order_by("-submitted_on", "pk")
    )
    flag, area = request.GET.get("flag", ""), request.GET.get("area", "")
    if flag in QualityFlag.Kind.values:
        found = found.filter(flags__kind=flag)
    if area:
        found = found.filter(area=area[:10].replace("\x00", ""))
    page = Paginator(found, 50).get_page(request.GET.get("p"))
    return render(
        request,
        "surveys/backoffice/responses.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("Responses"),
            "header_icon": "form",
            "wave": wave,
            "page_obj": page,
            "kinds": QualityFlag.Kind.choices,
            "flag": flag,
            "area": area,
            "may_export": request.user.has_perm("surveys.export_response"),
        },
    )


@require_safe
@needs("export_response")
def export(request: HttpRequest, token: str) -> HttpResponse:
    """Submitted responses as CSV in UTF-8, one row each, streamed; the export is logged.

    Rows come in the order of their random keys, which says nothing about who came when.
    """
    wave = wave_for(request.user, token)
    found = (
        Response.objects.visible_to(request.user)
        .submitted()
        .filter(wave=wave)
        .select_related("questionnaire")
        .order_by("pk")
    )
    log(
        instance=wave,
        action="surveys.export",
        user=request.user,
        data={"format": "csv", "count": found.count()},
    )
    answer = StreamingHttpResponse(_lines(wave, found), content_type="text/csv; charset=utf-8")
    name = f"{wave.slug}-{timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class _Echo:
    """What `csv` writes to: hands every line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(wave: Wave, found: Any) -> Iterator[str]:
    definition = wave.questionnaire.definition
    writer = csv.writer(_Echo())
    columns = [column for question in definition.questions for column in _columns(question)]
    yield "\ufeff" + writer.writerow(
        ["response", "version", "language", "source", "submitted_on", "area", "flags", *columns]
    )
    flags: dict[Any, list[str]] = {}
    for key, kind in QualityFlag.objects.filter(response__wave=wave).values_list(
        "response_id", "kind"
    ):
        flags.setdefault(key, []).append(kind)
    for response in found.iterator(chunk_size=1000):
        yield writer.writerow(
            [
                response.pk,
                response.questionnaire.number,
                response.language,
                response.source,
                response.submitted_on,
                response.area,
                " ".join(sorted(flags.get(response.pk, []))),
                *_cells(definition, response.answers),
            ]
        )


def _columns(question: Question) -> list[str]:
    match question.kind:
        case "note":
            return []
        case "matrix":
            return [f"{question.code}/{row.code}" for row in question.rows]
        case "multiple":
            return [f"{question.code}={choice.code}" for choice in question.choices]
        case _:
            return [question.code]


def _cells(definition: Definition, answers: dict[str, Any]) -> Iterator[Any]:
    for question in definition.questions:
        value = answers.get(question.code)
        match question.kind:
            case "note":
                continue
            case "matrix":
                for row in question.rows:
                    yield value.get(row.code, "") if isinstance(value, dict) else _plain(value)
            case "multiple":
                for choice in question.choices:
                    is_list = isinstance(value, list)
                    yield int(choice.code in value) if is_list else _plain(value)
            case "text" | "calculate":
                yield _safe(_plain(value))
            case _:
                yield _plain(value)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _safe(text: Any) -> Any:
    """Free text that a spreadsheet would run as a formula gets an apostrophe in front."""
    if isinstance(text, str) and text.startswith(_FORMULA) and text != "-7":
        return f"'{text}"
    return text
