"""The left side and the list of problems: what there is, where it goes, what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from surveys.models import Questionnaire
from surveys.questionnaire import codes, logic
from surveys.questionnaire.definition import Definition, Problem
from surveys.screens import LANGUAGE_NAMES
from surveys.services.editing import earlier_meanings

from .place import Place, place_of_path

SHOWN_PROBLEMS = 100


def problems_of(questionnaire: Questionnaire) -> tuple[Problem, ...]:
    """Everything that stands against publishing."""
    return logic.readiness(questionnaire.definition).problems


def sections(
    definition: Definition, place: Place, problems: tuple[Problem, ...]
) -> list[dict[str, Any]]:
    """One entry per page with its questions, and how many problems each has."""
    counted = Counter(path_of_thing(problem.path) for problem in problems)
    found = []
    for number, page in enumerate(definition.pages):
        path = f"pages[{number}]"
        questions = [
            {
                "code": question.code,
                "kind": question.kind,
                "label": definition.text(question.label, place.language),
                "is_current": place.panel == "question" and question.code == place.question,
                "is_required": question.required,
                "has_condition": question.relevant is not None,
                "problems": counted[f"{path}.questions[{index}]"],
                "query": place.to_question(page.code, question.code).query,
            }
            for index, question in enumerate(page.questions)
        ]
        found.append(
            {
                "code": page.code,
                "number": number + 1,
                "title": definition.text(page.title, place.language),
                "is_current": page.code == place.page and place.panel != "texts",
                "is_open": page.code == place.page or len(definition.questions) <= 60,
                "is_chosen": page.code == place.page and place.panel == "page",
                "has_condition": page.relevant is not None,
                "problems": counted[path],
                "questions": questions,
                "query": place.to_page(page.code).query,
            }
        )
    return found


def path_of_thing(path: str) -> str:
    """The question's or page's own path within a problem's: `pages[0].questions[2]`."""
    parts = path.split(".")
    keep = 2 if len(parts) > 1 and parts[1].startswith("questions[") else 1
    return ".".join(parts[:keep])


def problem_list(
    questionnaire: Questionnaire, place: Place, problems: tuple[Problem, ...]
) -> dict[str, Any]:
    """The problems with the place where each is mended, remarks on codes, and untranslated cells."""
    definition = questionnaire.definition
    remarks = codes.remarks(definition, earlier_meanings(questionnaire))
    missing: Mapping[str, int] = Counter(cell.language for cell in definition.untranslated())
    return {
        "problems": [_entry(definition, place, one) for one in problems[:SHOWN_PROBLEMS]],
        "remarks": [_entry(definition, place, one) for one in remarks[:SHOWN_PROBLEMS]],
        "count": len(problems),
        "more": max(0, len(problems) - SHOWN_PROBLEMS),
        "untranslated": [
            {"code": code, "name": LANGUAGE_NAMES.get(code, code), "missing": missing[code]}
            for code in definition.languages
            if missing.get(code)
        ],
    }


def _entry(definition: Definition, place: Place, problem: Problem) -> dict[str, str]:
    there = place_of_path(definition, place, problem.path)
    return {
        "sentence": problem.sentence,
        "where": there.question or there.page,
        "query": there.query,
        "panel": there.condition or "",
    }
