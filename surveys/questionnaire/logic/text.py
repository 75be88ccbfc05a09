"""XLSForm's way of writing conditions, both ways: `${age} >= 18 and selected(${why}, 'work')`.

The reader is a Pratt parser over a closed list of functions, limited in length and depth. What it
does not know is a `LogicError` that names it and its position; the importer then keeps the text.
`parse_text(to_text(tree)) == tree` for every tree, save texts that hold both kinds of quotation
mark: they are written as a `concat`, which means the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ..expressions import (
    ARITIES,
    MAX_DEPTH,
    OWN,
    LogicError,
    Node,
    Op,
    Ref,
    Value,
    days_of,
    read,
    write,
)

MAX_LENGTH = 2000
_STRAIGHT = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "}
)
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)
    | (?P<text>'[^']*'|"[^"]*")
    | (?P<ref>\$\{\s*[A-Za-z_][A-Za-z0-9_.-]*(?:/[A-Za-z_][A-Za-z0-9_.-]*)?\s*\})
    | (?P<name>[A-Za-z_](?:[A-Za-z0-9_]|[-:.](?=[A-Za-z_]))*)
    | (?P<sign>!=|<=|>=|\.\.|[-+*=<>(),.])
    )""",
    re.VERBOSE,
)
_BINARY = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "div": 6,
    "mod": 6,
}
_UNARY = 7
_OPERATORS = {*_BINARY, "neg"}
FUNCTIONS = tuple(op for op in ARITIES if op not in _OPERATORS)
"""The functions that can be written."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse_text(text: str) -> Node:
    """The tree of a condition in XLSForm's notation. Raises `LogicError` with the position."""
    if len(text) > MAX_LENGTH:
        raise LogicError(
            f"The condition has {len(text)} characters; at most {MAX_LENGTH} are read. Split it."
        )
    tree = _Parser(text.translate(_STRAIGHT)).whole()
    return read(write(tree))


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.index = 0
        self.depth = 0

    def peek(self) -> _Token:
        return self.tokens[self.index]

    def take(self) -> _Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def fail(self, token: _Token, what: str) -> LogicError:
        where = "at the end" if token.kind == "end" else f"at position {token.at + 1}"
        return LogicError(f"The condition cannot be read {where}: {what}.")

    def expect(self, sign: str) -> None:
        token = self.take()
        if token.kind != "sign" or token.text != sign:
            found = f"found {token.text!r}" if token.text else "found nothing"
            raise self.fail(token, f"expected {sign!r} and {found}")

    def whole(self) -> Node:
        if self.peek().kind == "end":
            raise LogicError("The condition is empty. Remove it or write one.")
        tree = self.expression(0)
        token = self.peek()
        if token.kind != "end":
            raise self.fail(token, f"{token.text!r} was not expected")
        return tree

    def expression(self, least: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LogicError(f"The condition is nested deeper than {MAX_DEPTH} levels. Split it.")
        left = self.prefix()
        chained: str | None = None
        while True:
            token = self.peek()
            power = _BINARY.get(token.text, 0) if token.kind in ("sign", "name") else 0
            if not power or power <= least:
                break
            self.take()
            right = self.expression(power)
            if token.text in ("and", "or") and chained == token.text and isinstance(left, Op):
                left = Op(left.op, (*left.args, right))
            else:
                left = Op(token.text, (left, right))
            chained = token.text
        self.depth -= 1
        return left

    def prefix(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return Value(float(token.text), "number")
        if token.kind == "text":
            return Value(token.text[1:-1], "text")
        if token.kind == "ref":
            return Ref(token.text[2:-1].strip())
        if token.kind == "sign" and token.text == ".":
            return Ref(OWN)
        if token.kind == "sign" and token.text == "-":
            return self.negated()
        if token.kind == "sign" and token.text == "(":
            inner = self.expression(0)
            self.expect(")")
            return inner
        if token.kind == "name":
            return self.call(token)
        if token.kind == "end":
            raise self.fail(token, "something is missing")
        raise self.fail(token, f"{token.text!r} was not expected")

    def negated(self) -> Node:
        following = self.peek()
        operand = self.expression(_UNARY)
        if following.kind == "number" and isinstance(operand, Value):
            return Value(-float(operand.value), "number")
        return Op("neg", (operand,))

    def call(self, name: _Token) -> Node:
        if self.peek().text != "(" or self.peek().kind != "sign":
            raise self.fail(
                name, f"{name.text!r} is neither a function nor a question; write ${{{name.text}}}"
            )
        if name.text not in FUNCTIONS:
            raise self.fail(name, f"the function {name.text}() is not supported")
        self.take()
        args: list[Node] = []
        if self.peek().text == ".." and name.text == "position":
            self.take()
        elif not (self.peek().kind == "sign" and self.peek().text == ")"):
            args.append(self.expression(0))
            while self.peek().kind == "sign" and self.peek().text == ",":
                self.take()
                args.append(self.expression(0))
        self.expect(")")
        least, most = ARITIES[name.text]
        if not least <= len(args) <= most:
            span = str(least) if least == most else f"{least} to {most}"
            raise self.fail(name, f"{name.text}() takes {span} values and has {len(args)}")
        first = args[0] if args else None
        if (
            name.text == "date"
            and isinstance(first, Value)
            and first.type == "text"
            and days_of(str(first.value)) is not None
        ):
            return Value(first.value, "date")
        return Op(name.text, tuple(args))


def _tokens(text: str):
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            rest = text[at:].lstrip()
            raise LogicError(
                f"The condition cannot be read at position {end - len(rest.rstrip()) + 1}: "
                f"{rest[:20]!r} is not understood."
            )
        yield _Token(match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup))
        at = match.end()
    yield _Token("end", "", end)


def to_text(tree: Node) -> str:
    """The condition in XLSForm's notation, with no more brackets than needed."""
    return _written(tree, 0)


def _written(node: Node, least: int) -> str:
    if isinstance(node, Ref):
        return OWN if node.code == OWN else f"${{{node.code}}}"
    if isinstance(node, Value):
        return _constant(node)
    if not isinstance(node, Op):
        return node.text
    power = _BINARY.get(node.op)
    if power:
        first_power = power if node.op in ("and", "or") else power - 1
        parts = [_written(node.args[0], first_power)]
        parts += [_written(arg, power) for arg in node.args[1:]]
        text = f" {node.op} ".join(parts)
        return f"({text})" if power <= least else text
    if node.op == "neg":
        operand = node.args[0]
        plain = isinstance(operand, Ref) or (isinstance(operand, Op) and operand.op in FUNCTIONS)
        inner = _written(operand, 0)
        return f"-{inner}" if plain else f"-({inner})"
    inner = ".." if node.op == "position" else ", ".join(_written(arg, 0) for arg in node.args)
    return f"{node.op}({inner})"


def _constant(node: Value) -> str:
    if node.type == "bool":
        return "true()" if node.value else "false()"
    if node.type == "number":
        return written_number(float(node.value))
    text = _quoted(str(node.value))
    return f"date({text})" if node.type == "date" else text


def written_number(number: float) -> str:
    """The number without an exponent and without zeros at its end."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quoted(text: str) -> str:
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    pieces = text.split("'")
    joined = ', "\'", '.join(f"'{piece}'" for piece in pieces)
    return f"concat({joined})"
