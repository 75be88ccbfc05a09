"""The middle: what is open for editing, prepared for its template."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from surveys.models import Questionnaire
from surveys.questionnaire import codes, logic
from surveys.questionnaire.definition import KINDS, MEASURES
from surveys.screens import LANGUAGE_NAMES
from surveys.services.editing import earlier_meanings, is_free_to_follow
from surveys.services.editing.kinds import LIMITED, MISSING_ONLY, WITH_CHOICES
from surveys.services.editing.places import page_at, question_at, question_codes

from .place import Place

MANY_LINES = 150
"""More choices than this are not drawn one by one: a form holds at most 1000 fields."""
KIND_WORDS = {
    "single": (_("One answer"), _("radio buttons or a drop-down list")),
    "multiple": (_("Several answers"), _("tick boxes")),
    "matrix": (_("Grid"), _("several lines with the same answers")),
    "rank": (_("Ranking"), _("put answers in order")),
    "scale": (_("Scale"), _("0 to 10 with words at both ends")),
    "number": (_("Number"), _("age, household size, income")),
    "text": (_("Text"), _("in the respondent's own words")),
    "date": (_("Date"), _("a day")),
    "time": (_("Time"), _("a time of day")),
    "datetime": (_("Date and time"), _("a moment")),
    "note": (_("Note"), _("something to read, no answer")),
    "consent": (_("Consent"), _("one box to tick")),
    "calculate": (_("Calculated"), _("never shown, worked out from answers")),
}
MEASURE_WORDS = {
    "nominal": _("nominal (no order)"),
    "ordinal": _("ordinal (ordered)"),
    "scale": _("scale (numbers)"),
}


def kinds() -> list[dict[str, Any]]:
    """Every kind of question with words a survey manager uses."""
    return [
        {"kind": kind, "name": KIND_WORDS[kind][0], "about": KIND_WORDS[kind][1]} for kind in KINDS
    ]


def written(document: Any) -> str:
    """A stored condition in XLSForm's notation."""
    return logic.to_text(logic.read(document)) if document else ""


def question_panel(
    questionnaire: Questionnaire, place: Place, typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The settings of the question at this place; `typed` is shown instead of what is stored."""
    document = questionnaire.document
    page, index, stored = question_at(document, place.question)
    question = typed or stored
    kind = question["kind"]
    default = document["default_language"]

    def texts(name: str) -> dict[str, str]:
        found = question.get(name) or {}
        source = found.get(default, "") if place.language != default else ""
        return {"text": found.get(place.language, ""), "source": source}

    suggestion = ""
    if is_free_to_follow(questionnaire, stored["code"]):
        words = (question.get("label") or {}).get(default, "")
        taken = [*question_codes(document), *earlier_meanings(questionnaire)]
        suggestion = codes.suggest(words, taken) if words else ""
        suggestion = "" if codes.GENERATED.match(suggestion) else suggestion
    choices = question.get("choices") or []
    return {
        "question": question,
        "stored": stored,
        "was": stored["code"],
        "texts": {name: texts(name) for name in _TEXTS},
        "kinds": kinds(),
        "kind_name": KIND_WORDS[kind][0] if kind in KIND_WORDS else kind,
        "suggestion": suggestion,
        "choices": _lines(choices, place.language, default),
        "rows": _lines(question.get("rows") or [], place.language, default),
        "is_long": len(choices) > MANY_LINES,
        "may_have_choices": kind in WITH_CHOICES,
        "may_have_missing": kind in (*WITH_CHOICES, *MISSING_ONLY)
        and not {"-9", "-8"} <= {one["code"] for one in choices},
        "may_be_limited": kind in LIMITED,
        "may_be_asked": kind not in ("note", "calculate"),
        "default": _default_text(question.get("default")),
        "measures": [(code, MEASURE_WORDS[code]) for code in MEASURES],
        "position": index,
        "first": index == 0,
        "last": index == len(page["questions"]) - 1,
        "pages": [
            {"code": one["code"], "title": one.get("title", {}).get(default, ""), "number": number}
            for number, one in enumerate(document["pages"], 1)
        ],
        "relevant": written(stored.get("relevant")),
        "constraint": written(stored.get("constraint")),
        "calculation": written(stored.get("calculation")),
    }


_TEXTS = (
    "label",
    "hint",
    "short_label",
    "required_message",
    "constraint_message",
    "minimum_label",
    "maximum_label",
)


def _lines(lines: list[dict[str, Any]], language: str, default: str) -> list[dict[str, Any]]:
    found = []
    for index, line in enumerate(lines):
        label = line.get("label") or {}
        found.append(
            {
                "index": index,
                "key": line["code"],
                "code": line["code"],
                "label": label.get(language, ""),
                "source": label.get(default, "") if language != default else "",
                "is_missing": bool(line.get("missing")),
                "is_alone": bool(line.get("exclusive") or line.get("missing")),
                "condition": written(line.get("relevant")),
                "is_first": index == 0,
                "is_last": index == len(lines) - 1,
            }
        )
    return found


def _default_text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list | tuple) else "" if value is None else value


def page_panel(
    questionnaire: Questionnaire, place: Place, typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The settings of a page and the kinds of question that can be added to it."""
    document = questionnaire.document
    index, stored = page_at(document, place.page)
    page = typed or stored
    default = document["default_language"]
    title = page.get("title") or {}
    return {
        "page_form": page,
        "was": stored["code"],
        "title": title.get(place.language, ""),
        "title_source": title.get(default, "") if place.language != default else "",
        "is_random": page.get("question_order") == "random",
        "rotation": page.get("rotation", ""),
        "kinds": kinds(),
        "position": index,
        "first": index == 0,
        "last": index == len(document["pages"]) - 1,
        "alone": len(document["pages"]) == 1,
        "many": len(stored["questions"]),
        "relevant": written(stored.get("relevant")),
    }


def texts_panel(
    questionnaire: Questionnaire, place: Place, typed: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Title, introduction and thanks in the language being written, and the languages."""
    document = questionnaire.document
    default = document["default_language"]
    shown = typed or {name: document.get(name, {}).get(place.language, "") for name in _AROUND}
    return {
        "texts_form": shown,
        "sources": {
            name: document.get(name, {}).get(default, "") if place.language != default else ""
            for name in _AROUND
        },
        "seed": document.get("seed"),
        "language_list": [
            {"code": code, "name": LANGUAGE_NAMES.get(code, code)} for code in document["languages"]
        ],
    }


_AROUND = ("title", "introduction", "thanks")
