"""The answer a question begins with."""

from __future__ import annotations

import json
from typing import Any

from pyxform import aliases
from pyxform.utils import default_is_dynamic

from ..definition import Choice, Question
from ..fitting import default_of, what_a_default_is
from .form import Form
from .outline import Item
from .report import Level
from .tables import OWN


def add_default(document: dict[str, Any], item: Item, form: Form) -> None:
    """Read `default` and `read_only` into the document, or say why they were left out."""
    line = item.line
    is_fixed = bool(aliases.yes_no.get(line.get("read_only").lower()))
    if document["kind"] in ("note", "matrix", "consent") and not form.own_format:
        _leave_out(item, form)
        return
    value = _stored(item) if form.own_format else None
    if value is None and (text := line.get("default")):
        value = _written(document, item, form, text)
    if value is not None:
        document["default"] = value
    if is_fixed and (value is not None or form.own_format):
        document["read_only"] = True
    elif is_fixed:
        form.report.add(
            Level.CHANGED,
            "A read-only question without a default answer makes no sense here; it can be "
            "answered.",
            **line.place("read_only"),
        )


def _leave_out(item: Item, form: Form) -> None:
    if item.line.get("default"):
        form.report.add(
            Level.LEFT_OUT,
            f"A {item.kind} has no default answer. It was left out.",
            **item.line.place("default"),
        )


def _stored(item: Item) -> Any:
    """What an export of ours wrote beside a default that a plain cell cannot carry."""
    try:
        stored = json.loads(item.line.raw(f"{OWN}.default") or "null")
    except ValueError:
        return None
    plain = isinstance(stored, dict) and stored.get("text", "") == item.line.raw("default")
    return stored.get("value") if plain else None


def _written(document: dict[str, Any], item: Item, form: Form, text: str) -> Any:
    question = _question(document)
    recoded = form.conditions.recoded.get(item.code, {})
    value: Any = recoded.get(text, text)
    if question.kind in ("multiple", "rank"):
        value = [recoded.get(code, code) for code in text.split()]
    elif question.kind in ("number", "scale") and value not in question.choice_codes:
        value = _number(text)
    elif question.kind == "text":
        value = item.line.raw("default").strip()
    elif question.kind == "datetime":
        value = text[:16]
    found = default_of(question, value)
    if found is not None and (
        question.kind != "text" or form.own_format or not default_is_dynamic(text, "text")
    ):
        return list(found) if isinstance(found, tuple) else found
    why = (
        "Answers computed beforehand are not supported"
        if default_is_dynamic(text, question.kind)
        else f"It is no answer to this question. {what_a_default_is(question.kind).rstrip('.')}"
    )
    form.report.add(
        Level.LEFT_OUT,
        f"The default “{text[:120]}” was left out. {why}.",
        **item.line.place("default"),
    )
    return None


def _question(document: dict[str, Any]) -> Question:
    """Enough of the question to know which answers it takes."""
    return Question(
        code=document["code"],
        kind=document["kind"],
        label={},
        choices=tuple(Choice(one["code"], {}) for one in document.get("choices", ())),
        minimum=document.get("minimum"),
        maximum=document.get("maximum"),
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
