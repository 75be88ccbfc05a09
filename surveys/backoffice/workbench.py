"""The analysis workbench: any item of a survey as chart, table and sentences. Every view is an
address; nothing is written."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators.models import Area
from surveys.backoffice.access import needs
from surveys.backoffice.waveforms import survey_for
from surveys.errors import WorkbenchRefused
from surveys.exports.csv import harmless
from surveys.models import Survey

MEASURE_LABELS = {
    "distribution": _("Share of every answer"),
    "share": _("Share of ticked answers"),
    "mean": _("Mean"),
    "net": _("Net score"),
    "choices": _("Share of each choice"),
}


@dataclass
class View:
    """What a request asks for, and what came of it: `found`, or `refusal` in a sentence."""

    survey: Survey
    menu: Any
    choice: Any
    items: tuple[Any, ...] = ()
    breakdowns: tuple[Any, ...] = ()
    wave: Any = None
    found: Any = None
    refusal: str = ""


@require_safe
@needs("view_response")
def workbench(request: HttpRequest, token: str) -> HttpResponse:
    """The form of choices and, below it, what they show."""
    from surveys.backoffice.workbench_page import page

    view = _view(request, survey_for(request.user, token))
    return render(
        request,
        "surveys/backoffice/workbench.html",
        {
            "page_title": view.survey.title,
            "page_subtitle": _("Analysis workbench"),
            "header_icon": "sliders",
            "survey": view.survey,
            "view": view,
            "may_plan": request.user.has_perm("surveys.change_analysisplanentry"),
            "form": _form(request, view),
            "csv_url": _address("workbench_csv", view),
            "plan_url": _plan_url(view) if view.found else "",
            **(page(view.found, _area_names(view)) if view.found else {}),
        },
        status=422 if view.refusal else 200,
    )


@require_safe
@needs("view_response")
def download(request: HttpRequest, token: str) -> HttpResponse:
    """The shown table as CSV: plain numbers, one line a figure. Without a table back to the page."""
    from surveys.backoffice.workbench_page import csv_rows

    view = _view(request, survey_for(request.user, token))
    if view.found is None:
        return redirect(_address("workbench", view))
    text = io.StringIO()
    writer = csv.writer(text)
    for row in csv_rows(view.found, _area_names(view)):
        writer.writerow([harmless(cell) for cell in row])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{view.survey.slug}-{view.found.asked.item.question}-{timezone.now():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _view(request: HttpRequest, survey: Survey) -> View:
    # Only here, so that the statistics' libraries do not delay the start of every web process.
    from surveys import workbench as bench
    from surveys.exports.rows import alignment_of
    from surveys.workbench.asking import breakdowns_of

    menu = bench.menu_of(survey, request.user)
    choice = bench.choice_of(request.GET)
    view = View(survey, menu, choice)
    waves = menu.waves_of(choice)
    if not waves:
        if menu.waves:
            view.refusal = _("The address names no wave of this survey. Tick a wave.")
        return view
    view.wave = waves[-1]
    table = alignment_of(view.wave)
    view.items = bench.items_of(table, area_question=view.wave.area_question)
    view.breakdowns = breakdowns_of(table, area_question=view.wave.area_question)
    if not view.items:
        return view
    choice = menu.filled(choice, view.items, request.GET.get("entry", ""))
    view.choice = choice = choice if choice.item else replace(choice, item=view.items[0].code)
    try:
        asked = bench.asked(menu, choice, items=view.items, breakdowns=view.breakdowns, table=table)
        view.found = bench.computed(asked, areas=_limits(request.user), at=timezone.now())
    except WorkbenchRefused as refusal:
        view.refusal = str(refusal)
    else:
        view.choice = asked.choice
    return view


def _limits(user: Any) -> list[str] | None:
    """The areas whose responses this user may read; None for all."""
    if user.has_perm("surveys.view_every_area"):
        return None
    return [area.code for area in user.granted_areas(timezone.localdate())]


def _area_names(view: View) -> dict[str, str]:
    codes = {code for wave in view.menu.waves for code in wave.areas} | set(view.found.areas)
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))


def _address(name: str, view: View) -> str:
    query = view.choice.query
    return reverse(f"surveys_office:{name}", args=[view.survey.token]) + (
        f"?{query}" if query else ""
    )


def _form(request: HttpRequest, view: View) -> dict[str, Any]:
    """What the form's controls offer and what is chosen in them."""
    choice = view.choice
    item = next((one for one in view.items if one.code == choice.item), None)
    chosen = {wave.token for wave in view.menu.waves_of(choice)}
    limits = _limits(request.user)
    codes = {code for wave in view.menu.waves for code in wave.areas}
    areas = Area.objects.filter(code__in=codes if limits is None else limits)
    by = (*choice.by, "", "")
    return {
        "waves": [
            {"token": one.token, "title": one.title, "state": one.get_state_display(),
             "is_chosen": one.token in chosen}
            for one in view.menu.waves
        ],
        "items": view.items,
        "item": item,
        "measures": list(MEASURE_LABELS.items()),
        "fitting": item.measures if item else (),
        "ticked": _ticked(choice, item),
        "must_tick": bool(view.found and view.found.asked.remarks),
        "breakdowns": view.breakdowns,
        "by": [
            {"id": "by", "label": _("Broken down by"), "chosen": by[0]},
            {"id": "by-too", "label": _("and by"), "chosen": by[1]},
        ],
        "areas": [*areas.order_by("name").values_list("code", "name"),
                  *([("ASEAN", "ASEAN")] if limits is None else [])],
        "schemes": [(str(one.pk), str(one)) for one in view.menu.schemes],
        "sides": [
            ("", _("nothing")),
            ("exclusions", _("with and without flagged")),
            ("sources", _("by source")),
            ("weights", _("with and without weights")),
        ],
        "plan": [
            {"entry": one, "code": f"{one.question}/{one.row}" if one.row else one.question}
            for one in view.menu.plan
        ],
    }  # fmt: skip


def _ticked(choice: Any, item: Any) -> str:
    """The ticked answers in short, as the closed list of answers says them."""
    labels = {one.code: one.label for one in item.answers} if item else {}
    parts = [
        (name, [labels[code] for code in codes if code in labels])
        for name, codes in (
            (_("count"), choice.counts),
            (_("against"), choice.against),
            (_("outside the base"), choice.outside),
        )
    ]
    return "; ".join(f"{name}: {', '.join(found)}" for name, found in parts if found)


def _plan_url(view: View) -> str:
    """The plan's form filled with this view."""
    from surveys.workbench.choosing import ESTIMATOR_OF

    asked, choice = view.found.asked, view.found.asked.choice
    names = {
        question: dimension
        for entry in view.menu.plan
        for parts in entry.breakdowns
        for dimension, question in parts
    }
    breakdown = ", ".join(
        f"{names.get(one.code) or one.code.replace('-', '_').replace('.', '_')}={one.code}"
        for one in asked.by
    )
    filled = {
        "question": asked.item.question,
        "row": asked.item.row,
        "estimator": ESTIMATOR_OF[asked.measure],
        "counts": " ".join(choice.counts),
        "counts_against": " ".join(choice.against),
        "outside_base": " ".join(choice.outside),
        "filter": choice.where,
        "breakdowns": breakdown,
    }
    return f"{reverse('surveys_office:plan_add', args=[view.survey.token])}?{urlencode(filled)}"
