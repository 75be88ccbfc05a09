"""What an expression is worth, given answers.

Evaluation is total: it never raises on any answers. It assumes a tree that `check` has accepted; on
any other tree operands of a wrong type read as blank. A tree is turned into nested functions, so
that one used for every respondent is looked through once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..expressions import OWN, Node, Ref, Unparsed, Value, read
from .operations import OPERATIONS
from .values import Missing, Reading, answer, is_blank


@dataclass(frozen=True, slots=True)
class Context:
    """Where references and clocks get their values; one per submission."""

    read_answer: Callable[[str], Reading]
    own: str | None
    today: str
    now: str


def evaluate(
    tree: Node | Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    types: Mapping[str, str],
    today: date,
    now: datetime,
    own: str | None = None,
    on_path: Callable[[str], bool] | None = None,
) -> Reading:
    """The value of `tree`; None is blank.

    `answers` is the stored document, `types` the static type behind each reference
    (`Definition.types`). `today` and `now` are the wave's wall clock, one value per submission.
    `own` is the code that `.` stands for. `on_path(code)` tells which answers exist: the others
    read as blank. Raises `LogicError` only for a JSON tree that cannot be read.
    """

    def read_answer(code: str) -> Reading:
        if on_path is not None and not on_path(code):
            return None
        return answer(answers, code, types.get(code))

    return value_of(read(tree), Context(read_answer, own, *clock(today, now)))


def evaluator(
    tree: Node | Mapping[str, Any], *, types: Mapping[str, str], today: date, now: datetime
) -> Callable[[Mapping[str, Any]], Reading]:
    """`evaluate` for many sets of answers: the tree is read once."""
    program = compiled(read(tree))
    times = clock(today, now)

    def value(answers: Mapping[str, Any]) -> Reading:
        return program(Context(lambda code: answer(answers, code, types.get(code)), None, *times))

    return value


def clock(today: date, now: datetime) -> tuple[str, str]:
    """The texts `today()` and `now()` give: ISO date, and ISO wall time to the second."""
    return date(today.year, today.month, today.day).isoformat(), now.replace(
        tzinfo=None, microsecond=0
    ).isoformat()


def satisfies(
    tree: Node | Mapping[str, Any] | None,
    answers: Mapping[str, Any],
    *,
    types: Mapping[str, str],
    today: date,
    now: datetime,
    own: str,
    on_path: Callable[[str], bool] | None = None,
) -> bool:
    """Whether the answer to `own` keeps its constraint.

    No constraint, a blank answer and a missing code (-9, -8) always do: a constraint speaks of
    answers, and "don't know" is not a wrong number.
    """
    if tree is None:
        return True
    value = answer(answers, own, types.get(own))
    if is_blank(value) or isinstance(value, Missing) or value in ("-9", "-8"):
        return True
    result = evaluate(tree, answers, types=types, today=today, now=now, own=own, on_path=on_path)
    return result is True


Program = Callable[[Context], Reading]
"""A tree ready to be evaluated any number of times."""


def value_of(node: Node, context: Context) -> Reading:
    """The value of a node in a context."""
    return compiled(node)(context)


def compiled(node: Node) -> Program:
    """The tree as a function of its context."""
    if isinstance(node, Ref):
        return _own if node.code == OWN else _reference(node.code)
    if isinstance(node, Value):
        constant = None if node.value == "" else node.value
        return lambda context: constant
    if isinstance(node, Unparsed):
        return lambda context: None
    parts = [compiled(arg) for arg in node.args]
    make = _LAZY.get(node.op)
    return make(parts) if make else _strict(OPERATIONS[node.op], parts)


def _own(context: Context) -> Reading:
    return context.read_answer(context.own) if context.own else None


def _reference(code: str) -> Program:
    return lambda context: context.read_answer(code)


def _strict(function: Callable[..., Reading], parts: Sequence[Program]) -> Program:
    """All operands are evaluated, then the operation is applied."""
    if len(parts) == 1:
        (only,) = parts
        return lambda context: function(only(context))
    if len(parts) == 2:
        left, right = parts
        return lambda context: function(left(context), right(context))
    return lambda context: function(*(part(context) for part in parts))


def _and(parts: Sequence[Program]) -> Program:
    return lambda context: all(part(context) is True for part in parts)


def _or(parts: Sequence[Program]) -> Program:
    return lambda context: any(part(context) is True for part in parts)


def _not(parts: Sequence[Program]) -> Program:
    (only,) = parts
    return lambda context: only(context) is not True


def _if(parts: Sequence[Program]) -> Program:
    condition, then, otherwise = parts
    return lambda context: (then if condition(context) is True else otherwise)(context)


def _once(parts: Sequence[Program]) -> Program:
    (first,) = parts

    def program(context: Context) -> Reading:
        own = _own(context)
        return first(context) if is_blank(own) else own

    return program


_LAZY: Mapping[str, Callable[[Sequence[Program]], Program]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "if": _if,
    "once": _once,
    "today": lambda parts: lambda context: context.today,
    "now": lambda parts: lambda context: context.now,
}
