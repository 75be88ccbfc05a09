"""The expression tree: what a condition is, independent of how it is written or shown.

A tree is stored in the questionnaire document as JSON and has four kinds of node:

- `{"ref": "age"}`: the answer to a question; `{"ref": "trust/r1"}` one row of a matrix;
  `{"ref": "."}` the answer the constraint stands on;
- `{"value": "yes", "type": "text"}`: a constant of type number, text, date or bool;
- `{"op": "=", "args": [...]}`: an operation of the closed list `ARITIES`;
- `{"unparsed": "pulldata('x')", "at": "sheet survey, row 7, column relevant"}`: an imported text
  nobody has resolved yet, and where it stood; it blocks publishing.

Trees are immutable once read. Depth and size are limited here, at the boundary, so that nothing
behind it needs to fear a hostile document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 50
MAX_NODES = 1000
OWN = "."
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that no database keeps: the null, and halves of a pair without the other half."""

ARITIES: Mapping[str, tuple[int, int]] = {
    "and": (2, 100),
    "or": (2, 100),
    "not": (1, 1),
    "=": (2, 2),
    "!=": (2, 2),
    "<": (2, 2),
    "<=": (2, 2),
    ">": (2, 2),
    ">=": (2, 2),
    "+": (2, 2),
    "-": (2, 2),
    "*": (2, 2),
    "div": (2, 2),
    "mod": (2, 2),
    "neg": (1, 1),
    "if": (3, 3),
    "selected": (2, 2),
    "count-selected": (1, 1),
    "selected-at": (2, 2),
    "string-length": (1, 1),
    "regex": (2, 2),
    "contains": (2, 2),
    "starts-with": (2, 2),
    "concat": (1, 100),
    "int": (1, 1),
    "number": (1, 1),
    "round": (1, 2),
    "coalesce": (2, 2),
    "min": (1, 100),
    "max": (1, 100),
    "sum": (1, 100),
    "today": (0, 0),
    "now": (0, 0),
    "date": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    "once": (1, 1),
    "position": (0, 0),
}
"""Every operation with its least and greatest number of operands."""


class LogicError(ValueError):
    """A condition that cannot be read or does not fit its questions. The text is a sentence."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The answer to the question (or matrix row) with this code; `.` is the question's own."""

    code: str


@dataclass(frozen=True, slots=True)
class Value:
    """A constant; `type` is number, text, date or bool. Dates are ISO texts."""

    value: float | str | bool
    type: str


@dataclass(frozen=True, slots=True)
class Op:
    """An operation of `ARITIES` on its operands."""

    op: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A condition kept as text because no one could read it; it must be resolved by an editor.

    `at` says where it stood in the imported file: "sheet survey, row 7, column relevant".
    """

    text: str
    at: str = ""


Node = Ref | Value | Op | Unparsed


def days_of(text: str) -> int | None:
    """Days from 1970-01-01 to the ISO date `text`, or None when it names no day of years 1-9999."""
    if not ISO_DATE.match(text):
        return None
    year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
    if year < 1 or not 1 <= month <= 12:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= day <= lengths[month - 1]:
        return None
    before = year - 1
    return (
        before * 365
        + before // 4
        - before // 100
        + before // 400
        + sum(lengths[: month - 1])
        + day
        - 719163
    )


def read(document: Any) -> Node:
    """Read a JSON tree. Raises `LogicError` naming what is wrong; never recurses past the limits."""
    if isinstance(document, Ref | Value | Op | Unparsed):
        return document
    count = 0

    def walk(part: Any, depth: int) -> Node:
        nonlocal count
        count += 1
        if depth > MAX_DEPTH:
            raise LogicError(f"The condition is nested deeper than {MAX_DEPTH} levels. Split it.")
        if count > MAX_NODES:
            raise LogicError(f"The condition has more than {MAX_NODES} parts. Split it.")
        if not isinstance(part, Mapping):
            raise LogicError(
                f"A part of the condition is {part!r:.80}. Use an object with ref, value or op."
            )
        keys = set(part)
        for text in part.values():
            if isinstance(text, str) and UNSTORABLE.search(text):
                raise LogicError(
                    f"A part of the condition is {text!r:.60}, with a character that cannot be "
                    "stored. Write it anew."
                )
        if keys == {"ref"} and isinstance(part["ref"], str) and part["ref"]:
            return Ref(part["ref"])
        if {"unparsed"} <= keys <= {"unparsed", "at"} and isinstance(part["unparsed"], str):
            at = part.get("at", "")
            return Unparsed(part["unparsed"], at[:300] if isinstance(at, str) else "")
        if keys == {"value", "type"}:
            return _constant(part["value"], part["type"])
        if keys == {"op", "args"} or keys == {"op"}:
            op, args = part["op"], part.get("args", [])
            if not isinstance(op, str) or op not in ARITIES:
                raise LogicError(
                    f"The operation {op!r:.60} is not known. Known are: {', '.join(ARITIES)}."
                )
            if not isinstance(args, list | tuple):
                raise LogicError(f"The operands of {op} must be a list, not {args!r:.60}.")
            least, most = ARITIES[op]
            if not least <= len(args) <= most:
                span = str(least) if least == most else f"{least} to {most}"
                raise LogicError(f"{op} takes {span} operands and has {len(args)}.")
            return Op(op, tuple(walk(arg, depth + 1) for arg in args))
        raise LogicError(
            f"A part of the condition has the keys {sorted(map(str, keys))}. "
            "Use exactly ref, or value and type, or op and args."
        )

    return walk(document, 1)


def _constant(value: Any, kind: Any) -> Value:
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return Value(number + 0.0, "number")
    elif kind == "text" and isinstance(value, str):
        return Value(value, "text")
    elif kind == "bool" and isinstance(value, bool):
        return Value(value, "bool")
    elif kind == "date" and isinstance(value, str) and days_of(value) is not None:
        return Value(value, "date")
    raise LogicError(
        f"The constant {value!r:.60} is not a {kind!r:.20}. "
        "Types are number, text, date (YYYY-MM-DD) and bool."
    )


def write(node: Node) -> dict[str, Any]:
    """The JSON form of a tree; whole numbers are written without a fraction."""
    if isinstance(node, Ref):
        return {"ref": node.code}
    if isinstance(node, Unparsed):
        return {"unparsed": node.text} | ({"at": node.at} if node.at else {})
    if isinstance(node, Value):
        value: Any = node.value
        if node.type == "number" and float(value).is_integer() and abs(value) < 2**53:
            value = int(value)
        return {"value": value, "type": node.type}
    return {"op": node.op, "args": [write(arg) for arg in node.args]}


def walk(node: Node) -> Iterator[Node]:
    """Every node of the tree, the root first."""
    yield node
    if isinstance(node, Op):
        for arg in node.args:
            yield from walk(arg)


def references(node: Node) -> tuple[str, ...]:
    """The codes a tree refers to, in order of appearance, without `.` and without repeats."""
    found = dict.fromkeys(part.code for part in walk(node) if isinstance(part, Ref))
    found.pop(OWN, None)
    return tuple(found)
