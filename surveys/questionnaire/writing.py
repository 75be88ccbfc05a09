"""From a `Definition` to its JSON document: the inverse of `reading`."""

from __future__ import annotations

from typing import Any

from .definition import QUESTION_TEXTS, SCHEMA, Choice, Definition, Page, Question
from .expressions import write


def document_of(definition: Definition) -> dict[str, Any]:
    """The JSON document of a definition; what has its default value is left out."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "languages": list(definition.languages),
        "default_language": definition.default_language,
        "title": dict(definition.title),
        "pages": [_page_document(page) for page in definition.pages],
    }
    for name in ("introduction", "thanks"):
        if texts := getattr(definition, name):
            document[name] = dict(texts)
    if definition.seed is not None:
        document["seed"] = definition.seed
    return document


def _page_document(page: Page) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": page.code,
        "title": dict(page.title),
        "relevant": write(page.relevant) if page.relevant else None,
        "questions": [_question_document(question) for question in page.questions],
    }
    if page.question_order != "fixed":
        document["question_order"] = page.question_order
    if page.rotation:
        document["rotation"] = page.rotation
    return document


def _question_document(question: Question) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": question.code,
        "kind": question.kind,
        "label": dict(question.label),
        "required": question.required,
        "relevant": write(question.relevant) if question.relevant else None,
        "constraint": write(question.constraint) if question.constraint else None,
    }
    for name in QUESTION_TEXTS[1:]:
        if texts := getattr(question, name):
            document[name] = dict(texts)
    if question.choices:
        document["choices"] = [_choice_document(choice) for choice in question.choices]
    for name in ("choice_order", "row_order"):
        if (order := getattr(question, name)) != "fixed":
            document[name] = order
    if question.rows:
        document["rows"] = [{"code": row.code, "label": dict(row.label)} for row in question.rows]
    for name in ("minimum", "maximum"):
        if (number := getattr(question, name)) is not None:
            document[name] = _plain_number(number)
    if question.calculation:
        document["calculation"] = write(question.calculation)
    if question.default is not None:
        document["default"] = default_document(question)
    if question.read_only:
        document["read_only"] = True
    for name in ("decimals", "max_choices", "max_length", "measure", "appearance"):
        if value := getattr(question, name):
            document[name] = value
    return document


def default_document(question: Question) -> Any:
    """The default as JSON: a list of codes, a number, a text."""
    default = question.default
    if isinstance(default, tuple):
        return list(default)
    return _plain_number(default) if isinstance(default, float) else default


def _plain_number(number: float) -> int | float:
    return int(number) if float(number).is_integer() else number


def _choice_document(choice: Choice) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": choice.code,
        "label": dict(choice.label),
        "missing": choice.missing,
    }
    if choice.exclusive:
        document["exclusive"] = True
    if choice.relevant:
        document["relevant"] = write(choice.relevant)
    return document
