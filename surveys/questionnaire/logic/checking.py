"""The static type of an expression, and the repairs an imported one may need.

Types are number, text, single (one code), multi (several codes), date, time, datetime and bool.
Nothing is coerced: `text < number` is an error with a sentence. A code, a time and a datetime may
stand where a text may, since they are texts; times are also ordered among each other. The literal
`''` has the inner type `blank` and fits everywhere a value can be absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..expressions import OWN, LogicError, Node, Op, Ref, Unparsed, Value, days_of
from ..moments import seconds_of_moment, seconds_of_time
from .patterns import compile_pattern
from .values import number_from_text, text_from_number

TYPES = ("number", "text", "single", "multi", "date", "time", "datetime", "bool")
_WORDS = {
    "number": "a number",
    "text": "a text",
    "single": "a code",
    "multi": "several codes",
    "date": "a date",
    "time": "a time of day",
    "datetime": "a date with a time",
    "bool": "a condition",
    "blank": "an empty text",
}
_TEXTS = ("text", "single", "time", "datetime", "blank")
_CALENDAR = ("date", "time", "datetime")
_CODES = ("single", "multi")
_NUMBERLIKE = ("number", "text", "single", "blank")


def check(tree: Node, types: Mapping[str, str], *, own: str | None = None) -> str:
    """The type of `tree`. Raises `LogicError` with a sentence for what does not fit.

    `own` is the code behind `.`; without it `.` is an error.
    """
    found = _Checker(types, own).type_of(tree)
    return "text" if found == "blank" else found


def check_condition(tree: Node, types: Mapping[str, str], *, own: str | None = None) -> None:
    """Raises `LogicError` unless `tree` is a condition (bool)."""
    found = check(tree, types, own=own)
    if found != "bool":
        raise LogicError(
            f"The condition gives {_WORDS[found]}, not yes or no. Compare it with something."
        )


class _Checker:
    def __init__(self, types: Mapping[str, str], own: str | None) -> None:
        self.types = types
        self.own = own

    def type_of(self, node: Node) -> str:
        if isinstance(node, Value):
            return "blank" if node.value == "" else node.type
        if isinstance(node, Unparsed):
            where = f" ({node.at})" if node.at else ""
            raise LogicError(
                f"The condition {node.text!r:.200}{where} could not be read when it was imported. "
                "Write it anew or remove it."
            )
        if isinstance(node, Ref):
            return self.reference(node)
        kinds = [self.type_of(arg) for arg in node.args]
        return _RULES[node.op](self, node, kinds)

    def reference(self, node: Ref) -> str:
        code = node.code
        if code == OWN:
            if self.own is None:
                raise LogicError(
                    "'.' is the answer itself and has a meaning in a constraint only. "
                    "Name the question."
                )
            code = self.own
        if code in self.types:
            return self.types[code]
        rows = [known for known in self.types if known.startswith(f"{code}/")]
        if rows:
            raise LogicError(
                f"${{{code}}} is a matrix. Name one of its rows, such as ${{{rows[0]}}}."
            )
        raise LogicError(f"There is no question {code!r:.80} with an answer to refer to.")


def _fail(node: Op, kinds: Sequence[str], wanted: str) -> LogicError:
    seen = " and ".join(_WORDS[kind] for kind in kinds)
    return LogicError(f"{node.op} works on {wanted}, but here it has {seen}.")


def _all(accepted: Sequence[str], wanted: str, result: str):
    def rule(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
        if any(kind not in accepted for kind in kinds):
            raise _fail(node, kinds, wanted)
        return result

    return rule


def _is_missing_code(node: Node) -> bool:
    return isinstance(node, Value) and node.type == "number" and node.value in (-9, -8)


def _equality(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    left, right = kinds
    if "blank" in kinds or (left == right and left != "multi"):
        return "bool"
    if left in _TEXTS and right in _TEXTS and {left, right} != {"time", "datetime"}:
        return "bool"
    for kind, other in ((left, node.args[1]), (right, node.args[0])):
        if kind in _CALENDAR and _is_missing_code(other):
            return "bool"
    if "multi" in kinds:
        raise LogicError("Several codes are not compared with '='. Use selected(question, 'code').")
    raise _fail(node, kinds, "two values of one type")


def _ordering(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    left, right = (_ordered_as(kind, arg) for kind, arg in zip(kinds, node.args, strict=True))
    if left != right or left not in ("number", *_CALENDAR):
        raise _fail(node, kinds, "two numbers, two dates or two times")
    return "bool"


def _ordered_as(kind: str, node: Node) -> str:
    """A text written in the condition that is a time ('08:30') is ordered as one."""
    if kind == "text" and isinstance(node, Value):
        if seconds_of_time(str(node.value)) is not None:
            return "time"
        if seconds_of_moment(str(node.value)) is not None:
            return "datetime"
    return kind


def _plus(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if list(kinds) == ["number", "number"]:
        return "number"
    if sorted(kinds) == ["date", "number"]:
        return "date"
    raise _fail(node, kinds, "two numbers, or a date and a number of days")


def _minus(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if list(kinds) in (["number", "number"], ["date", "date"]):
        return "number"
    if list(kinds) == ["date", "number"]:
        return "date"
    raise _fail(node, kinds, "two numbers, two dates, or a date and a number of days")


def _unified(node: Op, kinds: Sequence[str]) -> str:
    present = {kind for kind in kinds if kind != "blank"}
    if not present:
        return "blank"
    if len(present) == 1:
        return present.pop()
    if present <= set(_TEXTS):
        return "text"
    raise _fail(node, kinds, "values of one type")


def _if(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if kinds[0] != "bool":
        raise LogicError(
            f"if(...) decides by a condition, but its first part is {_WORDS[kinds[0]]}."
        )
    return _unified(node, kinds[1:])


def _coalesce(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    return _unified(node, kinds)


def _once(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if checker.own is None or checker.own not in checker.types:
        return kinds[0]
    return _unified(node, [*kinds, checker.types[checker.own]])


def _selected(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if kinds[0] not in _CODES or kinds[1] not in ("text", "single"):
        raise _fail(node, kinds, "a question with choices and a code in quotes")
    return "bool"


def _count_selected(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if kinds[0] not in _CODES:
        raise _fail(node, kinds, "a question with choices")
    return "number"


def _selected_at(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if kinds[0] not in _CODES or kinds[1] != "number":
        raise _fail(node, kinds, "a question with choices and a position counted from 0")
    return "single"


def _regex(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    pattern = node.args[1]
    if kinds[0] not in _TEXTS or not isinstance(pattern, Value) or pattern.type != "text":
        raise _fail(node, kinds, "a text and a pattern written in quotes")
    compile_pattern(str(pattern.value))
    return "bool"


def _extreme(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if all(kind == "number" for kind in kinds) or all(kind == "date" for kind in kinds):
        return kinds[0]
    raise _fail(node, kinds, "numbers, or dates")


def _round(checker: _Checker, node: Op, kinds: Sequence[str]) -> str:
    if kinds[0] not in _NUMBERLIKE or any(kind != "number" for kind in kinds[1:]):
        raise _fail(node, kinds, "a number and a number of decimals")
    return "number"


def _fixed(result: str):
    return lambda checker, node, kinds: result


_RULES = {
    "and": _all(("bool",), "conditions", "bool"),
    "or": _all(("bool",), "conditions", "bool"),
    "not": _all(("bool",), "a condition", "bool"),
    "=": _equality,
    "!=": _equality,
    "<": _ordering,
    "<=": _ordering,
    ">": _ordering,
    ">=": _ordering,
    "+": _plus,
    "-": _minus,
    "*": _all(("number",), "numbers", "number"),
    "div": _all(("number",), "numbers", "number"),
    "mod": _all(("number",), "numbers", "number"),
    "neg": _all(("number",), "a number", "number"),
    "if": _if,
    "selected": _selected,
    "count-selected": _count_selected,
    "selected-at": _selected_at,
    "string-length": _all(_TEXTS, "a text", "number"),
    "regex": _regex,
    "contains": _all(_TEXTS, "texts", "bool"),
    "starts-with": _all(_TEXTS, "texts", "bool"),
    "concat": _fixed("text"),
    "int": _all(_NUMBERLIKE, "a number or a text", "number"),
    "number": _all((*_NUMBERLIKE, "bool"), "a number or a text", "number"),
    "round": _round,
    "coalesce": _coalesce,
    "min": _extreme,
    "max": _extreme,
    "sum": _all(("number",), "numbers", "number"),
    "today": _fixed("date"),
    "now": _fixed("datetime"),
    "date": _all(
        ("text", "single", "blank", "datetime", "date"),
        "a date or a text that begins with one",
        "date",
    ),
    "true": _fixed("bool"),
    "false": _fixed("bool"),
    "once": _once,
    "position": _fixed("number"),
}


def settle(tree: Node, types: Mapping[str, str], *, own: str | None = None) -> Node:
    """An imported condition with the intended types made explicit, where there is one intention.

    XLSForms write `${q} = 1` for the code '1', `${d} > '2026-01-01'` for a date, `${q} > 2` on
    coded answers, `. <= now()` on dates. Each becomes what it means; anything else is unchanged
    and left to `check`.
    """
    if not isinstance(tree, Op):
        return tree
    args = [settle(arg, types, own=own) for arg in tree.args]
    if tree.op in ("=", "!=", "<", "<=", ">", ">=") and len(args) == 2:
        args = _settled_pair(tree.op, args, types, own)
    elif tree.op == "selected" and isinstance(args[1], Value) and args[1].type == "number":
        args[1] = Value(text_from_number(float(args[1].value)), "text")
    return Op(tree.op, tuple(args))


def _settled_pair(
    op: str, args: list[Node], types: Mapping[str, str], own: str | None
) -> list[Node]:
    kinds = []
    for arg in args:
        try:
            kinds.append(_Checker(types, own).type_of(arg))
        except LogicError:
            return args
    out = list(args)
    for here, there in ((0, 1), (1, 0)):
        arg, kind, other = args[here], kinds[here], kinds[there]
        if isinstance(arg, Value) and arg.value != "":
            if op in ("=", "!=") and kind == "number" and other in ("single", "text"):
                out[here] = Value(text_from_number(float(arg.value)), "text")
            elif kind == "text" and other == "date" and days_of(str(arg.value)) is not None:
                out[here] = Value(arg.value, "date")
            elif kind == "text" and other == "number":
                number = number_from_text(str(arg.value))
                out[here] = arg if number is None else Value(number, "number")
            elif kind == "text" and other == "datetime" and days_of(str(arg.value)) is not None:
                out[here] = Value(arg.value, "date")
                out[there] = Op("date", (args[there],))
        elif kind == "datetime" and other == "date":
            out[here] = Op("date", (arg,))
        elif kind == "single" and other == "number" and op not in ("=", "!="):
            out[here] = Op("number", (arg,))
    return out
