"""Conditions as somebody clicks them: question, operator, value, in groups of all or any.

`rules_of` shows a tree as a `Group` when, and only when, `tree_of` would make exactly that tree
again. What cannot be clicked stays text, so that opening a builder never rewrites a condition.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .expressions import LogicError, Node, Op, Ref, Value, days_of
from .logic.text import written_number

DEPTH = 3
"""Groups within groups that can still be clicked."""
ALL, ANY = "all", "any"
_JOINS = {ALL: "and", ANY: "or"}
COMPARISONS = {
    "is": "=",
    "is-not": "!=",
    "less": "<",
    "at-most": "<=",
    "more": ">",
    "at-least": ">=",
}
COUNTS = {"count-at-least": ">=", "count-at-most": "<=", "count-is": "="}
CALLS = {"contains": "contains", "starts": "starts-with"}
NO_VALUE = ("answered", "unanswered")
"""Operators that stand without a value."""
_ANSWERED = ("answered", "unanswered")
_ORDERED = ("is", "is-not", "less", "at-most", "more", "at-least", *_ANSWERED)
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "single": ("is", "is-not", *_ANSWERED),
    "multi": (
        "includes",
        "excludes",
        "count-at-least",
        "count-at-most",
        "count-is",
        *_ANSWERED,
    ),
    "number": _ORDERED,
    "date": _ORDERED,
    "text": ("is", "is-not", "contains", "starts", *_ANSWERED),
    "time": ("is", "is-not", *_ANSWERED),
    "datetime": ("is", "is-not", *_ANSWERED),
}
"""Static type to the operators that can be clicked; `includes` on one code only when imported."""


@dataclass(frozen=True)
class Rule:
    """One line: the question's (or row's) reference, an operator and a value as typed."""

    ref: str = ""
    operator: str = ""
    value: str = ""


@dataclass(frozen=True)
class Group:
    """Lines and groups of which all, or any, must hold."""

    join: str = ALL
    parts: tuple[Rule | Group, ...] = ()


def rules_of(tree: Node | None, types: Mapping[str, str]) -> Group | None:
    """The tree as rules, or None when clicking could not give exactly this tree."""
    if tree is None:
        return Group()
    part = _part(tree, 0)
    group = Group(ALL, (part,)) if isinstance(part, Rule) else part
    if group is None:
        return None
    try:
        return group if tree_of(group, types) == tree else None
    except LogicError:
        return None


def _part(node: Node, depth: int) -> Rule | Group | None:
    if not isinstance(node, Op):
        return None
    if node.op in ("and", "or"):
        if depth >= DEPTH:
            return None
        parts = [_part(arg, depth + 1) for arg in node.args]
        if any(part is None for part in parts):
            return None
        return Group(ALL if node.op == "and" else ANY, tuple(part for part in parts if part))
    if node.op == "not" and isinstance(node.args[0], Op) and node.args[0].op == "selected":
        return _line("excludes", *node.args[0].args)
    if node.op == "selected":
        return _line("includes", *node.args)
    for name, op in CALLS.items():
        if node.op == op:
            return _line(name, *node.args)
    return _comparison(node)


def _comparison(node: Op) -> Rule | None:
    if node.op not in COMPARISONS.values():
        return None
    left, right = node.args
    if isinstance(left, Op) and left.op == "count-selected":
        name = next((name for name, op in COUNTS.items() if op == node.op), None)
        return _line(name, left.args[0], right) if name else None
    if isinstance(right, Value) and right.value == "" and node.op in ("=", "!="):
        name = "unanswered" if node.op == "=" else "answered"
        return Rule(left.code, name) if isinstance(left, Ref) else None
    name = next(name for name, op in COMPARISONS.items() if op == node.op)
    return _line(name, left, right)


def _line(operator: str, left: Node, right: Node) -> Rule | None:
    if not (isinstance(left, Ref) and isinstance(right, Value)) or right.type == "bool":
        return None
    if right.type == "number":
        return Rule(left.code, operator, written_number(float(right.value)))
    return Rule(left.code, operator, str(right.value))


def tree_of(group: Group, types: Mapping[str, str]) -> Node | None:
    """The tree the rules mean; None without any line.

    `types` gives the static type behind each reference ("." for the answer itself, in a
    constraint). Raises `LogicError` with a sentence for a line that is not finished.
    """
    parts = [
        tree
        for part in group.parts
        if (tree := tree_of(part, types) if isinstance(part, Group) else _tree_of_line(part, types))
        is not None
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Op(_JOINS.get(group.join, "and"), tuple(parts))


def _tree_of_line(rule: Rule, types: Mapping[str, str]) -> Node:
    if not rule.ref:
        raise LogicError("A line names no question. Choose one or remove the line.")
    ref, kind = Ref(rule.ref), types.get(rule.ref)
    if kind is None:
        raise LogicError(f"There is no question {rule.ref!r:.80} to compare with. Choose another.")
    if rule.operator not in OPERATORS.get(kind, ()) and rule.operator != "includes":
        raise LogicError(f"Choose how {rule.ref} is compared.")
    if rule.operator in NO_VALUE:
        return Op("=" if rule.operator == "unanswered" else "!=", (ref, Value("", "text")))
    if rule.value.strip() == "":
        raise LogicError(f"The line about {rule.ref} has no value. Give one or remove the line.")
    if rule.operator in ("includes", "excludes"):
        chosen = Op("selected", (ref, Value(rule.value, "text")))
        return chosen if rule.operator == "includes" else Op("not", (chosen,))
    if rule.operator in COUNTS:
        return Op(COUNTS[rule.operator], (Op("count-selected", (ref,)), _number(rule)))
    if rule.operator in CALLS:
        return Op(CALLS[rule.operator], (ref, Value(rule.value, "text")))
    if kind == "number" or (kind == "date" and rule.value in ("-9", "-8")):
        return Op(COMPARISONS[rule.operator], (ref, _number(rule)))
    if kind == "date":
        if days_of(rule.value) is None:
            raise LogicError(f"{rule.value!r:.40} is no date. Write it as 2026-03-31.")
        return Op(COMPARISONS[rule.operator], (ref, Value(rule.value, "date")))
    return Op(COMPARISONS[rule.operator], (ref, Value(rule.value, "text")))


def _number(rule: Rule) -> Value:
    try:
        number = float(rule.value.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise LogicError(f"{rule.value!r:.40} is no number. Write it as 34 or 3.5.")
    return Value(number + 0.0, "number")
