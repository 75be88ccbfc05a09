"""Surveys with their versions, and a version to read: pages, logic as text, translations."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.backoffice.access import needs
from surveys.models import Questionnaire, Response, Survey, Wave
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Definition, Question
from surveys.screens import LANGUAGE_NAMES


@require_safe
@needs("view_survey")
def surveys(request: HttpRequest) -> HttpResponse:
    """Every survey with its questionnaire versions and waves."""
    user = request.user
    found = Survey.objects.visible_to(user).prefetch_related(
        Prefetch(
            "questionnaires",
            Questionnaire.objects.visible_to(user)
            .defer("document")
            .annotate(many=Response.objects.counted(by="questionnaire")),
        ),
        Prefetch("waves", Wave.objects.visible_to(user)),
        "plan",
        "schemes",
    )
    return render(
        request,
        "surveys/backoffice/surveys.html",
        {"page_title": _("Surveys"), "header_icon": "folder-open-1", "surveys": found},
    )


@require_safe
@needs("view_questionnaire")
def show(request: HttpRequest, token: str) -> HttpResponse:
    """One version, in a language of choice, with the cells that still lack a translation."""
    questionnaire = (
        Questionnaire.objects.visible_to(request.user)
        .select_related("survey")
        .filter(token=token)
        .first()
    )
    if questionnaire is None:
        raise Http404(_("There is no such questionnaire."))
    definition = questionnaire.definition
    language = request.GET.get("language", "")
    if language not in definition.languages:
        language = definition.default_language
    context = {
        "page_title": str(questionnaire),
        "header_icon": "form",
        "questionnaire": questionnaire,
        "language": language,
        "languages": _languages(definition),
        "pages": [
            {
                "code": page.code,
                "title": definition.text(page.title, language),
                "relevant": _words(page.relevant),
                "questions": [
                    _question(definition, question, language) for question in page.questions
                ],
            }
            for page in definition.pages
        ],
        "grid": _grid(definition),
        "may_change": request.user.has_perm("surveys.change_questionnaire"),
    }
    return render(request, "surveys/backoffice/questionnaire.html", context)


def _words(tree: Any) -> str:
    return logic.to_text(tree) if tree is not None else ""


def _question(definition: Definition, question: Question, language: str) -> dict[str, Any]:
    return {
        "code": question.code,
        "kind": question.kind,
        "label": definition.text(question.label, language),
        "hint": definition.text(question.hint, language),
        "required": question.required,
        "relevant": _words(question.relevant),
        "constraint": _words(question.constraint),
        "calculation": _words(question.calculation),
        "choices": [(c.code, definition.text(c.label, language)) for c in question.choices],
        "rows": [(row.code, definition.text(row.label, language)) for row in question.rows],
        "range": (question.minimum, question.maximum) if question.minimum is not None else None,
    }


def _languages(definition: Definition) -> list[dict[str, Any]]:
    missing: dict[str, int] = {}
    for cell in definition.untranslated():
        missing[cell.language] = missing.get(cell.language, 0) + 1
    return [
        {"code": code, "name": LANGUAGE_NAMES.get(code, code), "missing": missing.get(code, 0)}
        for code in definition.languages
    ]


def _grid(definition: Definition) -> list[dict[str, Any]]:
    """One row per text that respondents read: what it is, and its wording in each language."""
    rows = []
    for question in definition.questions:
        for place, texts in question.texts():
            if any(texts.values()):
                rows.append(
                    {
                        "place": f"{question.code} · {place}",
                        "cells": [(code, texts.get(code, "")) for code in definition.languages],
                    }
                )
    return rows
