"""How groups become pages, and which condition stands on the page or on the question."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..definition import CODE
from ..expressions import Node
from .conditions import conjoin
from .form import Form
from .names import Codes, code_from
from .outline import Item
from .questions import question_documents
from .tables import OWN

LOOSE = 10
"""Questions on a page where the form does not say what belongs together."""


@dataclass
class Draft:
    """A page in the making."""

    name: str
    title: dict[str, str]
    relevant: Node | None
    questions: list[dict[str, Any]] = field(default_factory=list)
    is_stated: bool = False
    question_order: str = "fixed"
    rotation: str = ""


def page_documents(root: Item, form: Form) -> list[dict[str, Any]]:
    """All pages in order: a `field-list` group is a page; a plain group is one or, if it is
    long, several; questions outside groups are put together by tens."""
    drafts: list[Draft] = []
    _place(root, Draft("", {}, None), [], drafts, form)
    codes = Codes()
    return [
        {
            "code": codes.claim(code_from(draft.name, f"page_{number}")),
            "title": draft.title,
            "relevant": draft.relevant,
            "questions": draft.questions,
            "question_order": draft.question_order,
            "rotation": draft.rotation,
        }
        for number, draft in enumerate(drafts, start=1)
        if draft.questions or draft.is_stated
    ]


def _place(
    group: Item, like: Draft, conditions: list[Node | None], drafts: list[Draft], form: Form
) -> None:
    """Put what is in a group that is no page of its own on pages titled like it."""
    page: Draft | None = None
    for child in group.children:
        if _is_asked(child):
            if page is None or (
                len(page.questions) >= LOOSE and page.questions[-1]["kind"] != "note"
            ):
                page = Draft(like.name, like.title, like.relevant)
                drafts.append(page)
            page.questions += question_documents(child, form, None)
        elif child.is_group and not child.left_out:
            page = None
            own = [*conditions, form.conditions.condition(child, "relevant")]
            draft = Draft(
                (child.line.raw(f"{OWN}.code") if form.own_format else "") or child.name,
                form.texts(child.line, "label", child) or ({} if form.own_format else like.title),
                conjoin(own),
                is_stated=form.own_format,
            )
            if child.line.get(f"{OWN}.question_order") == "random":
                draft.question_order = "random"
            if CODE.match(child.line.get(f"{OWN}.rotation")):
                draft.rotation = child.line.get(f"{OWN}.rotation")
            if "field-list" in child.line.get("appearance").lower().split():
                drafts.append(draft)
                _fill(child, draft, None, form)
            else:
                _place(child, draft, own, drafts, form)


def _fill(group: Item, page: Draft, relevant: Node | None, form: Form) -> None:
    """Put everything in a group on this one page, groups in it included."""
    for child in group.children:
        if _is_asked(child):
            page.questions += question_documents(child, form, relevant)
        elif child.is_group and not child.left_out:
            inner = conjoin([relevant, form.conditions.condition(child, "relevant")])
            if heading := form.texts(child.line, "label", child):
                page.questions.append(_heading(child, heading, inner, form))
            _fill(child, page, inner, form)


def _heading(
    group: Item, label: dict[str, str], relevant: Node | None, form: Form
) -> dict[str, Any]:
    """A group within a page shows its label as a note."""
    wanted = code_from(f"{group.name[:58]}_note", f"note_{group.line.number}")
    return {
        "code": form.codes.claim(wanted),
        "kind": "note",
        "label": label,
        "relevant": relevant,
    }


def _is_asked(item: Item) -> bool:
    return bool(item.code) and item.matrix is None and not item.left_out and item.kind != "heading"
