"""Acts on the questions of a draft. Each is one step that can be undone."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from surveys.errors import EditRefused
from surveys.models import Questionnaire, QuestionnaireEdit
from surveys.questionnaire import codes
from surveys.questionnaire.definition import KINDS
from surveys.questionnaire.renaming import (
    mentions,
    rename_choice,
    rename_question,
    rename_row,
)

from .earlier import earlier_meanings, refuse_other_meaning
from .kinds import fitted, new_question
from .places import Document, moved, named, page_at, question_at, question_codes
from .storing import edit


def add_question(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    page: str,
    kind: str,
    label: str = "",
    language: str = "",
    after: str = "",
) -> str:
    """Add a question to a page, behind the question `after` or at the end. Returns its code."""
    if kind not in KINDS:
        raise EditRefused(_("There is no kind of question “%(kind)s”.") % {"kind": kind[:40]})
    language = language or questionnaire.document["default_language"]
    taken = [*question_codes(questionnaire.document), *earlier_meanings(questionnaire)]
    code = codes.suggest(label, taken)

    def change(document: Document) -> None:
        _index, found = page_at(document, page)
        own = [question["code"] for question in found["questions"]]
        place = own.index(after) + 1 if after in own else len(own)
        texts = {language: label} if label else {}
        found["questions"].insert(place, new_question(code, kind, texts))

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Added the %(kind)s question %(question)s")
        % {"kind": kind, "question": f"“{label[:60]}”" if label else code},
        change=change,
    )
    return code


def change_question(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    question: str,
    changed: Document,
    renamed_choices: Mapping[str, str] | None = None,
    renamed_rows: Mapping[str, str] | None = None,
    summary: str = "",
    joins: bool = True,
) -> QuestionnaireEdit | None:
    """Replace a question by `changed`; its conditions stay as they are stored.

    A new code is followed by every condition and piped text that names the old one, as are new
    codes of choices and rows (`renamed_…`: old to new). What the new kind cannot have is dropped.
    Raises `EditRefused` for a code that a published version uses for another kind of answer.
    """
    refuse_other_meaning(questionnaire, question, changed)

    def change(document: Document) -> None:
        page, index, found = question_at(document, question)
        replaced = copy.deepcopy(changed)
        for name in ("relevant", "constraint", "calculation"):
            replaced[name] = found.get(name)
        conditions = {c["code"]: c.get("relevant") for c in found.get("choices", ())}
        back = {new: old for old, new in (renamed_choices or {}).items()}
        for choice in replaced.get("choices", ()):
            choice["relevant"] = conditions.get(back.get(choice["code"], choice["code"]))
        if replaced["kind"] != found["kind"]:
            replaced.pop("default", None)
        page["questions"][index] = fitted(replaced)
        _follow(document, question, changed["code"], renamed_choices, renamed_rows)

    return edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=summary
        or _("Changed %(question)s")
        % {"question": named(questionnaire.document, changed.get("label"), changed["code"])},
        change=change,
        subject=f"question:{changed['code']}",
        joins=joins,
    )


def _follow(
    document: Document,
    old: str,
    new: str,
    choices: Mapping[str, str] | None,
    rows: Mapping[str, str] | None,
) -> None:
    if new != old:
        rename_question(document, old, new)
    # By way of names nobody can have, so that two codes may change places.
    for rename, pairs in ((rename_choice, choices or {}), (rename_row, rows or {})):
        for number, before in enumerate(pairs):
            rename(document, new, before, f"\x00{number}")
        for number, after in enumerate(pairs.values()):
            rename(document, new, f"\x00{number}", after)


def move_question(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    question: str,
    page: str,
    to: int,
) -> None:
    """Take a question to the place `to` of a page, counted from 0 without the question itself."""

    def change(document: Document) -> None:
        here, index, found = question_at(document, question)
        _place, there = page_at(document, page)
        if here is there:
            moved(here["questions"], index, to)
        else:
            del here["questions"][index]
            there["questions"].insert(max(0, min(to, len(there["questions"]))), found)

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Moved %(question)s") % {"question": _name(questionnaire, question)},
        change=change,
    )


def duplicate_question(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime, question: str
) -> str:
    """Put a copy behind the question, under a free code. Returns the code."""
    taken = [*question_codes(questionnaire.document), *earlier_meanings(questionnaire)]
    code = codes.suggest(f"{question} copy", taken)

    def change(document: Document) -> None:
        page, index, found = question_at(document, question)
        page["questions"].insert(index + 1, copy.deepcopy(found) | {"code": code})

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Copied %(question)s") % {"question": _name(questionnaire, question)},
        change=change,
    )
    return code


def delete_question(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime, question: str
) -> tuple[str, str, list[str]]:
    """Delete a question. Conditions that name it stay and are listed as problems.

    Returns its page, the question to look at next ("" for none) and the codes of the questions
    and pages that still name it.
    """
    page, index, _found = question_at(questionnaire.document, question)
    rest = [other["code"] for other in page["questions"] if other["code"] != question]
    dangling = mentions(questionnaire.document, question)

    def change(document: Document) -> None:
        here, place, _question = question_at(document, question)
        del here["questions"][place]

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Deleted %(question)s") % {"question": _name(questionnaire, question)},
        change=change,
    )
    return page["code"], rest[min(index, len(rest) - 1)] if rest else "", dangling


def _name(questionnaire: Questionnaire, code: str) -> str:
    document = questionnaire.document
    _page, _index, question = question_at(document, code)
    return named(document, question.get("label"), code)
