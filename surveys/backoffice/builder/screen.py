"""The builder's screen, whole or in the parts that an act has changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.backoffice.access import needs
from surveys.errors import EditRefused, StaleEdit
from surveys.models import Questionnaire
from surveys.screens import LANGUAGE_NAMES
from surveys.services import editing

from . import clicked, editor, outline
from .place import Place, draft_for, field_of_path, place_of

PARTS = "surveys/backoffice/builder/"


@require_safe
@needs("change_questionnaire")
def builder(request: HttpRequest, token: str) -> HttpResponse:
    """A draft to edit; a published version leads to the page where it can be read."""
    questionnaire = draft_for(request.user, token)
    if questionnaire.is_frozen:
        return redirect("surveys_office:questionnaire", token=token)
    place = place_of(questionnaire, request.GET)
    return whole(request, questionnaire, place)


@require_safe
@needs("change_questionnaire")
def history(request: HttpRequest, token: str) -> HttpResponse:
    """Who changed what in this draft, the newest first."""
    questionnaire = draft_for(request.user, token)
    steps = questionnaire.edits.select_related("by", "undone_by").defer("before", "after")[:200]
    return render(
        request,
        f"{PARTS}history.html",
        {
            "page_title": str(questionnaire),
            "page_subtitle": _("Who changed what"),
            "header_icon": "history",
            "questionnaire": questionnaire,
            "steps": steps,
        },
    )


def whole(
    request: HttpRequest,
    questionnaire: Questionnaire,
    place: Place,
    *,
    status: int = 200,
    **panel: Any,
) -> HttpResponse:
    """The whole screen; `panel` holds what was typed and refused."""
    problems = outline.problems_of(questionnaire)
    context = {
        "page_title": str(questionnaire),
        "page_subtitle": _("Questionnaire builder"),
        "header_icon": "form",
        "sections": outline.sections(questionnaire.definition, place, problems),
        **bar_context(questionnaire, place),
        **outline.problem_list(questionnaire, place, problems),
        **panel_context(questionnaire, place, **panel),
    }
    return render(request, f"{PARTS}screen.html", context, status=status)


def bar_context(questionnaire: Questionnaire, place: Place) -> dict[str, Any]:
    """What the bar above shows: undo, redo, languages."""
    definition = questionnaire.definition
    return {
        "questionnaire": questionnaire,
        "place": place,
        "undo_step": editing.next_undo(questionnaire),
        "redo_step": editing.next_redo(questionnaire),
        "languages": [
            {
                "code": code,
                "name": LANGUAGE_NAMES.get(code, code),
                "url": place.at(language=code).url,
            }
            for code in definition.languages
        ],
        "default_language": definition.default_language,
        "language_name": LANGUAGE_NAMES.get(place.language, place.language),
        "default_name": LANGUAGE_NAMES.get(
            definition.default_language, definition.default_language
        ),
    }


def panel_context(
    questionnaire: Questionnaire,
    place: Place,
    *,
    typed: dict[str, Any] | None = None,
    refusal: EditRefused | None = None,
    group: Any = None,
    text: str | None = None,
    lost: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The open panel. `lost` are texts typed for something that is no longer there."""
    context: dict[str, Any] = {
        "questionnaire": questionnaire,
        "place": place,
        "is_foreign": place.language != questionnaire.definition.default_language,
        "default_name": LANGUAGE_NAMES.get(
            questionnaire.definition.default_language, questionnaire.definition.default_language
        ),
        "language_name": LANGUAGE_NAMES.get(place.language, place.language),
        "refusal": str(refusal) if refusal else "",
        "field_errors": field_errors(refusal),
        "lost": lost or [],
    }
    if isinstance(refusal, StaleEdit):
        context["conflict"] = refusal.edits
    if place.panel == "texts":
        return context | editor.texts_panel(questionnaire, place, typed)
    if place.condition:
        context |= clicked.condition_panel(questionnaire, place, group=group, text=text)
    if place.panel == "page":
        return context | editor.page_panel(questionnaire, place, typed)
    panel = editor.question_panel(questionnaire, place, typed)
    if isinstance(refusal, StaleEdit) and typed:
        context["differences"] = differences(panel["stored"], typed, place.language)
    return context | panel


def field_errors(refusal: EditRefused | None) -> dict[str, list[str]]:
    """Sentences under the fields of the form they are about."""
    found: dict[str, list[str]] = {}
    for path, sentences in (refusal.fields if refusal else {}).items():
        found.setdefault(field_of_path(path), []).extend(sentences)
    return found


def differences(
    stored: dict[str, Any], typed: dict[str, Any], language: str
) -> list[tuple[str, str, str]]:
    """(field, as it is stored now, as it was typed) for everything that differs."""
    found = []
    for name in sorted(stored.keys() | typed.keys()):
        now, mine = _plain(stored.get(name), language), _plain(typed.get(name), language)
        if name not in ("relevant", "constraint", "calculation") and now != mine:
            found.append((name.replace("_", " "), now or "–", mine or "–"))
    return found


def _plain(value: Any, language: str) -> str:
    if isinstance(value, dict):
        return str(value.get(language, ""))
    if isinstance(value, list):
        return "; ".join(
            f"{one.get('code')} {one.get('label', {}).get(language, '')}".strip()
            if isinstance(one, dict)
            else str(one)
            for one in value
        )
    return "" if value in (None, False) else str(value)


def parts(
    request: HttpRequest,
    questionnaire: Questionnaire,
    before: Place,
    place: Place,
    *,
    old_sections: list[dict[str, Any]] | None,
    with_editor: bool,
    **panel: Any,
) -> dict[str, Any]:
    """The parts of the screen that an act has changed, as HTML under their ids.

    `old_sections` are the outline's sections as the browser has them; only those that differ are
    drawn again, so that one word in a questionnaire of 300 questions costs one section.
    """
    problems = outline.problems_of(questionnaire)
    sections = outline.sections(questionnaire.definition, place, problems)
    context = {
        **bar_context(questionnaire, place),
        **outline.problem_list(questionnaire, place, problems),
    }
    html = {
        "builder-bar": _drawn(request, "bar", context),
        "builder-problems": _drawn(request, "problems", context),
    }
    if old_sections is None or [one["code"] for one in old_sections] != [
        one["code"] for one in sections
    ]:
        html["builder-outline"] = _drawn(request, "outline", context | {"sections": sections})
    else:
        for old, new in zip(old_sections, sections, strict=True):
            if old != new:
                html[f"section-{new['code']}"] = _drawn(
                    request, "section", context | {"section": new}
                )
    if with_editor:
        context |= panel_context(questionnaire, place, **panel)
        html["builder-editor"] = _drawn(request, "editor", context)
    return html


def _drawn(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"{PARTS}{name}.html", context, request=request)
