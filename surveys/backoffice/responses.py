"""Responses of a wave: a list without personal data."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.backoffice.access import needs, wave_for
from surveys.models import QualityFlag, Response

PER_PAGE = 50
LAST_PAGE = 200
"""Nobody turns two hundred pages; whoever looks for more narrows the filter or exports."""


@require_safe
@needs("view_response")
def responses(request: HttpRequest, token: str) -> HttpResponse:
    """Who answered cannot be seen here; what can be doubted, can.

    Pages are read without counting the rest, so that the list is as quick for the hundred
    thousandth response as for the first.
    """
    wave = wave_for(request.user, token)
    chosen = {
        name: request.GET.get(name, "").replace("\x00", "")[:20]
        for name in ("state", "flag", "area", "language", "source")
    }
    if chosen["state"] not in Response.State.values or chosen["state"] == Response.State.STARTED:
        chosen["state"] = Response.State.SUBMITTED
    found = (
        Response.objects.visible_to(request.user)
        .filter(wave=wave, state=chosen["state"])
        .defer("answers", "shown_order", "paradata")
        .order_by("-submitted_on", "-pk")
    )
    if chosen["flag"] in QualityFlag.Kind.values:
        found = found.filter(flags__kind=chosen["flag"])
    for name in ("area", "language", "source"):
        if chosen[name]:
            found = found.filter(**{name: chosen[name]})
    text = request.GET.get("p", "")
    number = min(max(int(text), 1), LAST_PAGE) if text.isdecimal() and len(text) < 6 else 1
    start = (number - 1) * PER_PAGE
    flags = Prefetch("flags", QualityFlag.objects.order_by("kind"))
    rows = list(found.prefetch_related(flags)[start : start + PER_PAGE + 1])
    definition = wave.questionnaire.definition
    return render(
        request,
        "surveys/backoffice/responses.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("Responses"),
            "header_icon": "form",
            "wave": wave,
            "rows": rows[:PER_PAGE],
            "number": number,
            "previous": number - 1,
            "next": number + 1 if len(rows) > PER_PAGE and number < LAST_PAGE else None,
            "is_capped": len(rows) > PER_PAGE and number == LAST_PAGE,
            "states": [one for one in Response.State.choices if one[0] != Response.State.STARTED],
            "kinds": QualityFlag.Kind.choices,
            "sources": Response.Source.choices,
            "languages": definition.languages,
            "chosen": chosen,
            "may_export": request.user.has_perm("surveys.export_response"),
        },
    )
