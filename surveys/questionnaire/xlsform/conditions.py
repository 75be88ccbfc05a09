"""Logic cells to expression trees: names made codes, the intended meaning made explicit.

What cannot be read is kept as text with its place and stops publishing until an editor settles it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pyxform.aliases import BINDING_CONVERSIONS

from ..expressions import LogicError, Node, Op, Ref, Unparsed, Value, read, write
from ..logic import FUNCTIONS, check, check_condition, parse_text, settle, to_text
from ..logic.values import text_from_number
from .names import Names
from .outline import Item
from .report import Level, Report
from .tables import OWN, straight

_QUOTED = re.compile(r"""('[^']*'|"[^"]*")""")
REFERENCE = re.compile(r"\$\s?\{\s*([^{}]*?)\s*\}")
_PATH = re.compile(r"(?:current\(\)/)?(?:\.\.?|(?<![\w)\]}]))(?:/[A-Za-z_.][\w.-]*)+(?![\w(\[])")
_SHOUTED = re.compile(r"\b(AND|OR|DIV|MOD|NOT)\b")
_CALL = re.compile(r"\b([A-Za-z][A-Za-z-]*)(?=\s*\()")
_ENTITIES = (("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_RENAMED = {"string": "concat"}
_LOOKUPS = ("instance(", "pulldata(", "indexed-repeat(", "jr:choice-name(", "jr:itext(")
_AND_MOST = 100
TICKED = "OK"
"""What XLSForm's acknowledge stores; a consent question here stores its code `yes`."""


@dataclass
class Conditions:
    """Reads the logic cells of one form.

    `types` are the static types of all references, `recoded` says which choice codes a question
    had to change ({question code: {written: imported}}), `own_format` whether the file is one of
    our exports, whose cells are taken literally.
    """

    names: Names
    types: dict[str, str]
    recoded: Mapping[str, Mapping[str, str]]
    report: Report
    own_format: bool = False
    unread: int = field(default=0)

    def condition(self, item: Item, name: str, own: str | None = None) -> Node | None:
        """The condition in the cell `name` of this row, None when it is empty."""
        tree = self.value(item, name, own, conclude=lambda tree: self._as_condition(tree, own))
        if tree is None or isinstance(tree, Unparsed):
            return tree
        self._check(tree, item, name, lambda: check_condition(tree, self.types, own=own))
        return tree

    def calculation(self, item: Item, name: str, own: str | None = None) -> Node | None:
        """The expression in the cell `name`, of any type."""
        tree = self.value(item, name, own)
        if tree is not None and not isinstance(tree, Unparsed):
            self._check(tree, item, name, lambda: check(tree, self.types, own=own))
        return tree

    def value(
        self,
        item: Item,
        name: str,
        own: str | None = None,
        conclude: Callable[[Node], Node] = lambda tree: tree,
    ) -> Node | None:
        """The tree of a cell without a check of its type; `Unparsed` where it cannot be read."""
        written = item.line.raw(name)
        if stored := self._stored(item, name, written):
            return stored
        text = straight(written)
        if not text:
            return None
        if not self.own_format:
            # A cell TRUE or FALSE of a spreadsheet, or yes and no as XLSForm has them.
            text = BINDING_CONVERSIONS.get(text, text)
        try:
            return conclude(self.read_text(text, item, own))
        except LogicError as error:
            return self.unparsed(text, str(error), item, name)

    def unparsed(self, text: str, why: str, item: Item, name: str) -> Unparsed:
        """Keep a text nobody can read, with its place, and say so."""
        self.unread += 1
        place = item.line.place(name)
        self.report.add(
            Level.UNRESOLVED,
            f"“{text[:200]}” cannot be used as it stands. {why.rstrip('.')}. The text was kept; "
            "correct it before publishing.",
            **place,
        )
        where = f"sheet {place['sheet']}, row {place['row']}, column {place['column']}"
        return Unparsed(text[:5000], where)

    def read_text(self, text: str, item: Item, own: str | None) -> Node:
        """The tree of a cleaned text. Raises `LogicError` with a sentence."""
        for lookup in _LOOKUPS:
            if lookup in text:
                raise LogicError(f"It uses {lookup}...), which is not supported")
        if self.own_format:
            tree = parse_text(self._with_codes(text, item))
        else:
            for entity, sign in _ENTITIES:
                text = text.replace(entity, sign)
            tree = parse_text(self._with_codes(text, item))
        tree = self._recode(tree, own)
        return tree if self.own_format else settle(self._intended(tree), self.types, own=own)

    def _stored(self, item: Item, name: str, written: str) -> Node | None:
        """The exact tree an export wrote beside a text that cannot carry it, if still in force."""
        beside = f"{name}_tree" if name.startswith(OWN) else f"{OWN}.{name}"
        stored = item.line.raw(beside) if self.own_format else ""
        if not stored:
            return None
        try:
            document = json.loads(stored)
            tree = read(document["tree"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return None
        return tree if document.get("text", "") == written else None

    def _with_codes(self, text: str, item: Item) -> str:
        pieces = _QUOTED.split(text)
        for index in range(0, len(pieces), 2):
            piece = _PATH.sub(
                lambda match: f"${{{match.group(0).rpartition('/')[2]}}}", pieces[index]
            )
            piece = REFERENCE.sub(lambda match: self._reference(match.group(1), item), piece)
            if not self.own_format:
                piece = _SHOUTED.sub(lambda match: match.group(1).lower(), piece)
                piece = _CALL.sub(_lowered, piece)
            pieces[index] = piece
        return "".join(pieces)

    def _reference(self, name: str, item: Item) -> str:
        if name.startswith("last-saved#"):
            raise LogicError("It uses an answer of an earlier response, which is not supported")
        return f"${{{self.names.resolve(name, item)}}}"

    def _recode(self, node: Node, own: str | None) -> Node:
        """Choice codes as they were imported, and the tick of an acknowledge as its code."""
        if not isinstance(node, Op):
            return node
        args = [self._recode(arg, own) for arg in node.args]
        if node.op in ("=", "!=", "selected") and len(args) == 2:
            for here, there in ((0, 1), (1, 0)):
                asked, value = args[here], args[there]
                if not (isinstance(asked, Ref) and isinstance(value, Value)):
                    continue
                code = own if asked.code == "." else asked.code
                codes = self.recoded.get((code or "").partition("/")[0], {})
                text = (
                    text_from_number(float(value.value))
                    if value.type == "number"
                    else str(value.value)
                )
                if text in codes:
                    args[there] = Value(codes[text], "text")
        return Op(node.op, tuple(args))

    def _intended(self, node: Node) -> Node:
        """`${several} = 'a'` holds in XLSForm when only a is chosen; say that."""
        if not isinstance(node, Op):
            return node
        args = tuple(self._intended(arg) for arg in node.args)
        if node.op in ("=", "!=") and len(args) == 2:
            for asked, value in (args, args[::-1]):
                if (
                    isinstance(asked, Ref)
                    and self.types.get(asked.code) == "multi"
                    and isinstance(value, Value)
                    and value.value != ""
                ):
                    code = value.value
                    if value.type == "number":
                        code = text_from_number(float(value.value))
                    only = Op(
                        "and",
                        (
                            Op("selected", (asked, Value(str(code), "text"))),
                            Op("=", (Op("count-selected", (asked,)), Value(1.0, "number"))),
                        ),
                    )
                    return only if node.op == "=" else Op("not", (only,))
        return Op(node.op, args)

    def _as_condition(self, tree: Node, own: str | None) -> Node:
        """XPath takes any filled value for true; a condition here says so."""
        if self.own_format:
            return tree
        try:
            kind = check(tree, self.types, own=own)
        except LogicError:
            return tree
        if kind == "bool":
            return tree
        filled = Op("!=", (tree, Value("", "text")))
        if kind == "number":
            return Op("and", (filled, Op("!=", (tree, Value(0.0, "number")))))
        return filled

    def _check(self, tree: Node, item: Item, name: str, checked: Callable[[], object]) -> None:
        if any(isinstance(part, Unparsed) for part in (tree,)):
            return
        try:
            checked()
        except LogicError as error:
            self.report.add(
                Level.UNRESOLVED,
                f"“{to_text(tree)[:200]}”: {error} Correct it before publishing.",
                **item.line.place(name),
            )


def conjoin(trees: Iterable[Node | None]) -> Node | None:
    """All of them at once, as one flat `and`; None when there is none."""
    given = [tree for tree in trees if tree is not None]
    if len(given) < 2:
        return given[0] if given else None
    parts: list[Node] = []
    for tree in given:
        parts += tree.args if isinstance(tree, Op) and tree.op == "and" else (tree,)
    parts = list(dict.fromkeys(parts))
    while len(parts) > _AND_MOST:
        parts = [
            Op("and", tuple(parts[at : at + _AND_MOST])) if at + 1 < len(parts) else parts[at]
            for at in range(0, len(parts), _AND_MOST)
        ]
    whole = parts[0] if len(parts) == 1 else Op("and", tuple(parts))
    try:
        return read(write(whole))
    except LogicError:
        return Unparsed(to_text(whole)[:5000])


def _lowered(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _RENAMED:
        return _RENAMED[name]
    return name.lower() if name not in FUNCTIONS and name.lower() in FUNCTIONS else name
