"""Acts on the pages of a draft. Each is one step that can be undone."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from surveys.errors import EditRefused
from surveys.models import Questionnaire, QuestionnaireEdit
from surveys.questionnaire import codes
from surveys.questionnaire.renaming import rename_question

from .places import Document, moved, named, page_at, page_codes, question_codes
from .storing import edit

PAGE_FIELDS = {"code", "title", "question_order", "rotation"}


def add_page(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    title: str = "",
    language: str = "",
    after: str = "",
) -> str:
    """Add an empty page after the page `after`, or at the end. Returns its code."""
    document = questionnaire.document
    code = codes.suggest(title, page_codes(document), prefix="page")
    language = language or document["default_language"]

    def change(document: Document) -> None:
        place = page_at(document, after)[0] + 1 if after else len(document["pages"])
        texts = {language: title} if title else {}
        document["pages"].insert(
            place, {"code": code, "title": texts, "relevant": None, "questions": []}
        )

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Added the page %(page)s") % {"page": f"“{title[:60]}”" if title else code},
        change=change,
    )
    return code


def change_page(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    page: str,
    changed: Document,
) -> QuestionnaireEdit | None:
    """Give a page the code, title and order of `changed`; its questions and condition stay."""

    def change(document: Document) -> None:
        _index, found = page_at(document, page)
        for name in PAGE_FIELDS & changed.keys():
            found[name] = changed[name]

    return edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Changed the page %(page)s")
        % {"page": named(questionnaire.document, changed["title"], page)},
        change=change,
        subject=f"page:{changed['code']}",
        joins=True,
    )


def move_page(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime, page: str, to: int
) -> None:
    """Take a page with all its questions to the place `to`, counted from 0."""

    def change(document: Document) -> None:
        index, _page = page_at(document, page)
        moved(document["pages"], index, to)

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Moved the page %(page)s") % {"page": _name(questionnaire, page)},
        change=change,
    )


def duplicate_page(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime, page: str
) -> str:
    """Put a copy of a page behind it; copied questions get free codes. Returns the page's code.

    Conditions among the copied questions point to the copies.
    """
    document = questionnaire.document
    new_code = codes.suggest(f"{page} copy", page_codes(document), prefix="page")

    def change(document: Document) -> None:
        index, found = page_at(document, page)
        twin = copy.deepcopy(found)
        twin["code"] = new_code
        taken = question_codes(document)
        for question in twin["questions"]:
            old, new = question["code"], codes.suggest(f"{question['code']} copy", taken)
            taken.append(new)
            question["code"] = new
            rename_question({"pages": [twin]}, old, new)
        document["pages"].insert(index + 1, twin)

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Copied the page %(page)s") % {"page": _name(questionnaire, page)},
        change=change,
    )
    return new_code


def delete_page(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime, page: str
) -> str:
    """Delete a page with its questions. Returns the code of the page to look at next."""
    document = questionnaire.document
    index, found = page_at(document, page)
    rest = [code for code in page_codes(document) if code != page]
    if not rest:
        raise EditRefused(_("A questionnaire keeps at least one page. Rename this one instead."))

    def change(document: Document) -> None:
        index, _page = page_at(document, page)
        del document["pages"][index]

    edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Deleted the page %(page)s with %(many)s questions")
        % {"page": named(document, found.get("title"), page), "many": len(found["questions"])},
        change=change,
    )
    return rest[min(index, len(rest) - 1)]


def _name(questionnaire: Questionnaire, code: str) -> str:
    document = questionnaire.document
    _index, page = page_at(document, code)
    return named(document, page.get("title"), code)
