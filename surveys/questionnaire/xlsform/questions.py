"""A row of the sheet survey as a question of the document."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from pyxform import aliases
from pyxform.errors import PyXFormError
from pyxform.parsing.parameters import parse as parse_parameters

from ..definition import MAX_CHOICES, MAX_TEXT, MEASURES, QUESTION_TEXTS
from ..expressions import Node, Op, Ref, Value
from .choices import choice_documents
from .conditions import conjoin
from .defaults import add_default
from .form import Form
from .outline import Item
from .report import Level, counted
from .tables import MEDIA, OWN, TEXTS
from .wording import words_for_other

DECIMALS = 4
"""Places after the point of an XLSForm `decimal`, which states none."""
HONOURED = {
    "text": {"multiline": "multiline"},
    "single": {"minimal": "minimal", "autocomplete": "minimal"},
}
"""Appearances that change how a question is shown: kind to {XLSForm's word: ours}."""
_LOWEST = -7
_SCALE_STEPS = 100
_SELECT_PARAMETERS = ("randomize", "seed")
_RANGE_PARAMETERS = ("start", "end", "step", "tick_labelset")
Document = dict[str, Any]


def question_documents(item: Item, form: Form, relevant: Node | None) -> list[Document]:
    """The question of this row, and the one that `or_other` adds behind it.

    `relevant` is the condition of the groups within the page around the row, already read.
    """
    document = _common(item, form)
    own = None if item.kind == "matrix" else item.code
    document["relevant"] = conjoin([relevant, form.conditions.condition(item, "relevant")])
    if item.kind == "calculate":
        document |= {"calculation": item.calculation, "required": False, "constraint": None}
        _limits(document, item, form)
        return [document]
    document["constraint"] = form.conditions.condition(item, "constraint", own)
    _KINDS.get(item.kind, _plain)(document, item, form)
    _limits(document, item, form)
    add_default(document, item, form)
    documents = [document]
    if item.type.or_other and item.kind in ("single", "multiple", "rank"):
        documents.append(_specify(document, item, form))
    return documents


def _common(item: Item, form: Form) -> Document:
    line = item.line
    document: Document = {
        "code": item.code,
        "kind": item.kind,
        "label": _label(item, form),
        "required": _required(item, form),
        "appearance": _appearance(item, form),
    }
    for name in QUESTION_TEXTS[1:]:
        cell = name if name in TEXTS else f"{OWN}.{name}"
        if texts := form.texts(line, cell, item):
            document[name] = texts
    _guidance(document, item, form)
    if (measure := line.get(f"{OWN}.measure")) in MEASURES:
        document["measure"] = measure
    for name in ("choice_order", "row_order"):
        if line.get(f"{OWN}.{name}") == "random":
            document[name] = "random"
    return document


def _appearance(item: Item, form: Form) -> str:
    """The appearance of a grid is what makes it one; ours keep their own in another column."""
    if form.own_format:
        name = f"{OWN}.appearance" if item.kind == "matrix" else "appearance"
        return item.line.raw(name)[:200]
    written = "" if item.kind == "matrix" else item.line.get("appearance")[:200]
    words = set(written.lower().split())
    return next(
        (ours for word, ours in HONOURED.get(item.kind, {}).items() if word in words), written
    )


def _label(item: Item, form: Form) -> dict[str, str]:
    label = form.texts(item.line, "label", item)
    if item.line.get(f"{OWN}.blank") == "label" and list(label.values()) == [item.code]:
        # An export of ours fills the cell of a question without a label, as pyxform wants one.
        return {}
    if not label and item.heading is not None:
        label = form.texts(item.heading.line, "label", item)
    return label


def _guidance(document: Document, item: Item, form: Form) -> None:
    """Guidance for interviewers stands below the hint: here people read for themselves."""
    for language, text in form.texts(item.line, "guidance_hint", item).items():
        hint = document.setdefault("hint", {})
        hint[language] = f"{hint[language]}\n\n{text}" if language in hint else text


def _required(item: Item, form: Form) -> bool:
    line = item.line
    if item.rows and not line.get("required"):
        # Rows of a table state it one by one, KoboToolbox's score states it for the whole.
        line = item.rows[0].line
    written = line.get("required")
    if not written:
        return False
    for word in (written, written.lower()):
        if word in aliases.yes_no:
            return aliases.yes_no[word]
    if written.lower() in ("1", "y", "x", "required", "true ()"):
        return True
    if written in ("0", "n"):
        return False
    form.report.add(
        Level.CHANGED,
        f"Required under a condition (“{written[:120]}”) is not supported. The question can be "
        "left empty.",
        **line.place("required"),
    )
    return False


def _plain(document: Document, item: Item, form: Form) -> None:
    """Texts, dates and notes need nothing more."""


def _select(document: Document, item: Item, form: Form) -> None:
    chosen = form.lists[item.type.list_name]
    document["choices"] = choice_documents(chosen, item, form)
    if not document["choices"]:
        document["choices"] = choice_documents(chosen, item, form, filtered=False)
    if item.type.or_other and not any(one["code"] == "other" for one in document["choices"]):
        document["choices"].append(
            {
                "code": "other",
                "label": words_for_other(form.languages.listed, 0),
                "missing": None,
                "exclusive": False,
                "relevant": None,
            }
        )
    parameters = _parameters(item, form)
    if parameters.get("randomize", "").lower() == "true":
        document["choice_order"] = "random"
        if "seed" in parameters and not form.keep_seed(parameters["seed"]):
            form.report.add(
                Level.REMARK,
                f"The seed {parameters['seed'][:60]} was not taken over. A questionnaire has one "
                "seed, a whole number; every respondent gets an order of their own from it, and "
                "the order shown is kept with the response.",
                **item.line.place("parameters"),
            )


def _consent(document: Document, item: Item, form: Form) -> None:
    """An acknowledge has no choices; an export of ours may give it some."""
    if item.type.list_name:
        _select(document, item, form)


def _matrix(document: Document, item: Item, form: Form) -> None:
    first = item.rows[0] if item.rows else item
    chosen = form.lists[item.list_name]
    document["choices"] = choice_documents(chosen, item, form, filtered=False)
    document["rows"] = [{"code": row.code, "label": _label(row, form)} for row in item.rows]
    if _parameters(first, form).get("randomize", "").lower() == "true":
        document["choice_order"] = "random"
    if hinted := [row for row in item.rows if any(True for _ in row.line.tagged("hint"))]:
        form.report.add(
            Level.LEFT_OUT,
            f"Rows of a grid have no hints. Left out: those of {counted(len(hinted), 'row')}.",
            **hinted[0].line.place("hint"),
        )


def _integer(document: Document, item: Item, form: Form) -> None:
    document["kind"] = "number"


def _decimal(document: Document, item: Item, form: Form) -> None:
    document |= {"kind": "number", "decimals": DECIMALS}


def _percentage(document: Document, item: Item, form: Form) -> None:
    document |= {"kind": "number", "minimum": 0, "maximum": 100}


def _range(document: Document, item: Item, form: Form) -> None:
    """A slider over whole numbers is a scale; any other range is a number with limits."""
    parameters = _parameters(item, form)
    start, end, step = (
        _number(parameters.get(name), fallback)
        for name, fallback in (("start", 1.0), ("end", 10.0), ("step", 1.0))
    )
    low, high = min(start, end), max(start, end)
    whole = low.is_integer() and high.is_integer()
    if whole and step == 1 and high - low <= _SCALE_STEPS and low > _LOWEST:
        document |= {"kind": "scale", "minimum": int(low), "maximum": int(high)}
        _end_labels(document, item, form, parameters.get("tick_labelset", ""))
        return
    document["kind"] = "number"
    if not (whole and step.is_integer()):
        document["decimals"] = DECIMALS
    if low > _LOWEST:
        document["minimum"] = low
    else:
        bound = Op(">=", (Ref("."), Value(low, "number")))
        constraint = document["constraint"]
        document["constraint"] = bound if constraint is None else Op("and", (bound, constraint))
    document["maximum"] = high
    form.report.add(
        Level.CHANGED,
        f"A slider from {low:g} to {high:g} in steps of {step:g} became a number with these "
        "limits. Scales here run over whole numbers, at most 101.",
        **item.line.place("parameters" if item.line.get("parameters") else "type"),
    )


def _end_labels(document: Document, item: Item, form: Form, list_name: str) -> None:
    if list_name not in form.lists:
        return
    form.lists[list_name].is_used = True
    for entry in form.lists[list_name].entries:
        for name in ("minimum", "maximum"):
            if _number(entry.code, math.nan) == document[name]:
                document.setdefault(f"{name}_label", form.texts(entry.line, "label"))


def _specify(document: Document, item: Item, form: Form) -> Document:
    """The text question behind an `other` that `or_other` asks for."""
    names = form.names.generated
    code = form.codes.claim(f"{item.code[:56]}_other")
    names.setdefault(f"{item.name}_other", code)
    form.conditions.types[code] = "text"
    chosen = Op("=", (Ref(item.code), Value("other", "text")))
    if item.kind != "single":
        chosen = Op("selected", (Ref(item.code), Value("other", "text")))
    return {
        "code": code,
        "kind": "text",
        "label": words_for_other(form.languages.listed, 1),
        "required": False,
        "relevant": chosen,
        "constraint": None,
    }


def _limits(document: Document, item: Item, form: Form) -> None:
    """Limits an export of ours wrote into columns of its own; the constraint repeats them."""
    line = item.line
    whole: tuple[tuple[str, float], ...] = (
        ("decimals", 9),
        ("max_choices", MAX_CHOICES),
        ("max_length", MAX_TEXT),
    )
    for name, most in whole:
        number = _number(line.get(f"{OWN}.{name}"), math.nan)
        if number.is_integer() and 0 <= number <= most:
            document[name] = int(number)
    for name in ("minimum", "maximum"):
        number = _number(line.get(f"{OWN}.{name}"), math.nan)
        if math.isfinite(number):
            document[name] = number
    if list_name := line.get(f"{OWN}.list"):
        if list_name in form.lists:
            document["choices"] = choice_documents(
                form.lists[list_name], item, form, filtered=False
            )
    document["constraint"] = without_implied(document["constraint"], implied(document))


def implied(document: Document) -> list[Node]:
    """The conditions a question's limits amount to, as XLSForm writes them."""
    own = Ref(".")
    count = Op("count-selected", (own,))
    length = Op("string-length", (own,))
    wanted: list[tuple[str, Callable[[Node], Node]]] = [
        ("minimum", lambda value: Op(">=", (own, value))),
        ("maximum", lambda value: Op("<=", (own, value))),
        ("max_choices", lambda value: Op("<=", (count, value))),
        ("max_length", lambda value: Op("<=", (length, value))),
    ]
    return [
        make(Value(float(document[name]), "number"))
        for name, make in wanted
        if document.get(name) is not None
    ]


def without_implied(constraint: Node | None, limits: list[Node]) -> Node | None:
    """The constraint without the limits at its head."""
    if constraint is None or not limits:
        return constraint
    if [constraint] == limits:
        return None
    if not (isinstance(constraint, Op) and constraint.op == "and"):
        return constraint
    head, rest = constraint.args[: len(limits)], constraint.args[len(limits) :]
    if list(head) != limits or len(rest) > 1:
        return constraint
    return rest[0] if rest else None


def _parameters(item: Item, form: Form) -> dict[str, str]:
    text = item.line.get("parameters")
    if not text:
        return {}
    try:
        found = dict(parse_parameters(text[:2000], item.line.number))
    except PyXFormError:
        form.report.add(
            Level.LEFT_OUT,
            f"The parameters “{text[:120]}” cannot be read. Write them as name=value pairs with "
            "spaces between.",
            **item.line.place("parameters"),
        )
        return {}
    known = _RANGE_PARAMETERS if item.kind == "range" else _SELECT_PARAMETERS
    if spare := [name for name in found if name not in known]:
        form.report.add(
            Level.REMARK,
            f"Parameters that change nothing here: {', '.join(spare)[:200]}.",
            **item.line.place("parameters"),
        )
    return found


def _number(text: str | None, fallback: float) -> float:
    try:
        number = float(text) if text else fallback
    except ValueError:
        return fallback
    return number if math.isfinite(number) and abs(number) <= 1e15 else fallback


_KINDS: dict[str, Callable[[Document, Item, Form], None]] = {
    "single": _select,
    "multiple": _select,
    "rank": _select,
    "consent": _consent,
    "matrix": _matrix,
    "integer": _integer,
    "decimal": _decimal,
    "percentage": _percentage,
    "range": _range,
}

__all__ = ["MEDIA", "implied", "question_documents", "without_implied"]
