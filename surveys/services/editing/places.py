"""Finding pages and questions in a draft's document by their codes, with sentences when missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys.errors import EditRefused

Document = dict[str, Any]


def page_at(document: Document, code: str) -> tuple[int, Document]:
    """The place and the page with this code. Raises `EditRefused` if there is none."""
    for index, page in enumerate(document["pages"]):
        if page["code"] == code:
            return index, page
    raise EditRefused(
        _("There is no page “%(code)s” any more. Somebody may have deleted or renamed it.")
        % {"code": code[:80]}
    )


def question_at(document: Document, code: str) -> tuple[Document, int, Document]:
    """The page, the place on it and the question with this code. Raises `EditRefused`."""
    for page in document["pages"]:
        for index, question in enumerate(page["questions"]):
            if question["code"] == code:
                return page, index, question
    raise EditRefused(
        _("There is no question “%(code)s” any more. Somebody may have deleted or renamed it.")
        % {"code": code[:80]}
    )


def questions(document: Document) -> Iterator[Document]:
    """Every question in order."""
    for page in document["pages"]:
        yield from page["questions"]


def question_codes(document: Document) -> list[str]:
    """The codes of all questions."""
    return [question["code"] for question in questions(document)]


def page_codes(document: Document) -> list[str]:
    """The codes of all pages."""
    return [page["code"] for page in document["pages"]]


def named(document: Document, texts: dict[str, str] | None, code: str) -> str:
    """How a step names a thing: its text in the default language, or its code."""
    texts = texts or {}
    text = texts.get(document["default_language"]) or next(iter(texts.values()), "")
    text = " ".join(text.split())
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”" if text else code


def moved(items: list[Any], index: int, to: int) -> None:
    """Take the item at `index` to the place `to`, counted after it was taken out."""
    items.insert(max(0, min(to, len(items) - 1)), items.pop(index))
