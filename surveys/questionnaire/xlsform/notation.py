"""How codes, texts and conditions of a questionnaire are written in the cells of an XLSForm."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..definition import Definition
from ..expressions import LogicError, Node, Op, Ref, Unparsed, Value, references, walk, write
from ..logic import parse_text, to_text
from .conditions import TICKED
from .form import broken_up
from .names import Codes
from .tables import OWN, straight

RESERVED = ("meta", "instanceid", "instancename", "audit", "data", "name")
MAX_LOGIC = 2000
_INSERTED = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_MAX_CELL = 32_000

Cells = dict[str, str]
"""One row: text by heading."""


@dataclass
class RowNames:
    """Names of rows in the workbook for the codes of the questionnaire."""

    codes: Codes = field(default_factory=lambda: Codes(RESERVED))
    of_reference: dict[str, str] = field(default_factory=dict)
    of_page: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, definition: Definition) -> RowNames:
        """Questions first, so that they keep their codes; then rows of grids; then pages."""
        names = cls()
        for question in definition.questions:
            names.of_reference[question.code] = names.codes.claim(question.code)
        for question in definition.questions:
            for row in question.rows:
                wanted = f"{question.code[:40]}_{row.code[:23]}"
                names.of_reference[f"{question.code}/{row.code}"] = names.codes.claim(wanted)
        for page in definition.pages:
            names.of_page.append(names.codes.claim(page.code, f"{page.code[:59]}_page"))
        return names


class Notation:
    """The names, language tags and logic of one questionnaire as XLSForm writes them."""

    def __init__(self, definition: Definition, language_names: Mapping[str, str]) -> None:
        self.tags = {
            code: f"{language_names.get(code, code)} ({code})" for code in definition.languages
        }
        self.default_tag = self.tags[definition.default_language]
        self.names = RowNames.of(definition)
        self.back = {name: code for code, name in self.names.of_reference.items()}
        self.consents = {
            question.code
            for question in definition.questions
            if question.kind == "consent" and not question.choices
        }

    def texts(self, heading: str, texts: Mapping[str, str]) -> Cells:
        """One cell per language."""
        return {
            f"{heading}::{self.tags[code]}": self.inserted(text) for code, text in texts.items()
        }

    def inserted(self, text: str) -> str:
        """`${code}` under the name the row has; any other `${` is broken up for pyxform."""
        pieces = []
        at = 0
        for match in _INSERTED.finditer(text):
            name = self.names.of_reference.get(match.group(1))
            pieces.append(broken_up(text[at : match.start()]))
            literal = match.group(0)
            if name is None or literal != f"${{{match.group(1)}}}":
                pieces.append(broken_up(literal))
            else:
                pieces.append(f"${{{name}}}")
            at = match.end()
        pieces.append(broken_up(text[at:]))
        return "".join(pieces)

    def logic(self, heading: str, tree: Node | None, own: str | None = None) -> Cells:
        """The condition as text; the tree itself beside it where the text says not quite all."""
        if tree is None:
            return {}
        text = ""
        if not is_unread(tree) and self.is_known(tree):
            text = to_text(self.named(tree, own))
        if len(text) > MAX_LOGIC:
            text = ""
        if text and self._read_back(text, own) == tree:
            return {heading: text}
        stored = packed({"text": text, "tree": write(tree)})
        if len(stored) > _MAX_CELL:
            return {heading: text} if text else {}
        return {f"{OWN}::{heading}": stored} | ({heading: text} if text else {})

    def is_known(self, tree: Node) -> bool:
        return all(code in self.names.of_reference for code in references(tree))

    def named(self, node: Node, own: str | None) -> Node:
        if isinstance(node, Ref):
            return Ref(self.names.of_reference.get(node.code, node.code))
        if not isinstance(node, Op):
            return node
        return Op(node.op, tuple(self._ticks(node, own, "yes", TICKED, self.named)))

    def _ticks(
        self, node: Op, own: str | None, before: str, after: str, deeper: Callable[..., Node]
    ) -> Iterable[Node]:
        """The operands, a consent's code exchanged for the tick of an acknowledge or back."""
        asked = {
            own if part.code == "." else part.code for part in node.args if isinstance(part, Ref)
        }
        exchanges = node.op in ("=", "!=", "selected") and asked & self.consents
        for part in node.args:
            if exchanges and part == Value(before, "text"):
                yield Value(after, "text")
            else:
                yield deeper(part, own)

    def _read_back(self, text: str, own: str | None) -> Node | None:
        """What the importer will make of the text."""
        if straight(text) != text:
            return None

        def known(node: Node, own: str | None) -> Node:
            if isinstance(node, Ref):
                return Ref(self.back.get(node.code, node.code))
            if not isinstance(node, Op):
                return node
            renamed = Op(node.op, tuple(known(arg, own) for arg in node.args))
            return Op(
                node.op,
                tuple(self._ticks(renamed, own, TICKED, "yes", lambda part, own: part)),
            )

        try:
            return known(parse_text(text), own)
        except LogicError:
            return None


def packed(value: object) -> str:
    """JSON without `${`: pyxform looks for references in every cell."""
    return json.dumps(value, ensure_ascii=False).replace("${", "\\u0024{")


def is_unread(tree: Node | None) -> bool:
    return tree is not None and any(isinstance(part, Unparsed) for part in walk(tree))
