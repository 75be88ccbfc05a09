"""What changed since the wave before: which items may be compared, and why others may not."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.backoffice.access import needs, wave_for
from surveys.models import AnalysisPlanEntry, Wave
from surveys.questionnaire.comparing import Comparability
from surveys.trends import comparability_of


@require_safe
@needs("view_wave")
def changes(request: HttpRequest, token: str) -> HttpResponse:
    """Every item with its verdict; the figures of the plan first."""
    wave = wave_for(request.user, token)
    items = comparability_of(wave)
    by_status = {
        status: [one for one in items if one.status == status]
        for status in ("changed", "new", "gone", "same")
    }
    return render(
        request,
        "surveys/backoffice/wave_changes.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("What changed"),
            "header_icon": "history",
            "wave": wave,
            "previous": wave.previous,
            "plan": _plan(wave, {one.item: one for one in items}),
            "total": len(by_status["same"]) + len(by_status["changed"]),
            **by_status,
        },
    )


def _plan(wave: Wave, items: dict[str, Comparability]) -> list[dict[str, Any]]:
    """The indicators that the survey feeds, with whether their trend may be drawn through."""
    entries = AnalysisPlanEntry.objects.filter(survey_id=wave.survey_id, is_active=True)
    return [
        {
            "indicator": entry.indicator,
            "item": items.get(f"{entry.question}/{entry.row}" if entry.row else entry.question),
        }
        for entry in entries
    ]
