"""Conditions of pages, questions and choices, and the constraint of an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from surveys.errors import EditRefused
from surveys.models import Questionnaire, QuestionnaireEdit
from surveys.questionnaire import logic

from .places import Document, named, page_at, question_at
from .storing import edit

NAMES = ("relevant", "constraint", "calculation")


def set_condition(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    tree: logic.Node | None,
    page: str = "",
    question: str = "",
    choice: str = "",
    name: str = "relevant",
) -> QuestionnaireEdit | None:
    """Store the condition of a page, a question (`relevant` or `constraint`) or one choice.

    `tree` None removes it. The `calculation` of a calculate is stored the same way.
    """
    if name not in NAMES or (name != "relevant" and not question):
        raise EditRefused(_("There is no condition “%(name)s” here.") % {"name": name[:40]})

    def change(document: Document) -> None:
        _holder(document, page, question, choice)[name] = logic.write(tree) if tree else None

    holder = _holder(questionnaire.document, page, question, choice)
    what = named(questionnaire.document, holder.get("label") or holder.get("title"), holder["code"])
    words = {
        ("relevant", True): _("Changed when %(what)s is shown"),
        ("relevant", False): _("Made %(what)s always shown"),
        ("calculation", True): _("Changed how %(what)s is calculated"),
        ("calculation", False): _("Removed the calculation of %(what)s"),
        ("constraint", True): _("Changed what answers to %(what)s must keep"),
        ("constraint", False): _("Removed the check of answers to %(what)s"),
    }
    return edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=words[name, tree is not None] % {"what": what},
        change=change,
        subject=f"{name}:{page}:{question}:{choice}",
        joins=True,
    )


def read_condition(text: str, questionnaire: Questionnaire, *, own: str = "") -> logic.Node | None:
    """The tree of a condition written in XLSForm's notation; None for an empty text.

    Raises `EditRefused` with the position of what cannot be read.
    """
    if not text.strip():
        return None
    try:
        tree = logic.parse_text(text)
    except logic.LogicError as error:
        raise EditRefused(str(error), fields={"text": [str(error)]}) from error
    return logic.settle(tree, questionnaire.definition.types, own=own or None)


def _holder(document: Document, page: str, question: str, choice: str) -> Document:
    if not question:
        return page_at(document, page)[1]
    _page, _index, found = question_at(document, question)
    if not choice:
        return found
    for one in found.get("choices", ()):
        if one["code"] == choice:
            return one
    raise EditRefused(
        _("The question “%(question)s” has no choice “%(choice)s” any more.")
        % {"question": question[:80], "choice": choice[:80]}
    )
