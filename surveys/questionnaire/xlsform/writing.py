"""A questionnaire as an XLSForm workbook: accepted by pyxform, readable by people, read back here.

Each page is a `field-list` group, each matrix a `table-list` group in it. What XLSForm cannot say
stands in further columns: `suara::...` in the sheet survey and in settings, `suara_...` in the
sheet choices (pyxform makes those XML elements, which cannot have a colon), and the sheet `suara`
for the introduction, the thanks and the title in all languages. `docs/guides/survey-manager.md`
lists them.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from ..definition import MISSING_CODES, Choice, Definition, Page, Question
from ..expressions import LogicError, Node, Op, Ref, Unparsed, Value, references, walk, write
from ..logic import parse_text, to_text
from .conditions import TICKED
from .form import FORMAT, broken_up
from .importing import form_title
from .names import Codes
from .questions import implied, without_implied
from .tables import OWN, straight

RESERVED = ("meta", "instanceid", "instancename", "audit", "data", "name")
_INSERTED = re.compile(r"\$\{\s*([^{}]*?)\s*\}")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAX_CELL = 32_000
_MAX_LOGIC = 2000
_LANGUAGE_WIDTH = 40
_WIDTHS = {
    "type": 26,
    "name": 22,
    "list_name": 20,
    "relevant": 34,
    "constraint": 30,
    "choice_filter": 30,
}
_SHUFFLED = ("single", "multiple", "rank", "matrix")

Cells = dict[str, str]


@dataclass
class _Names:
    """Names of rows in the workbook for the codes of the questionnaire."""

    codes: Codes = field(default_factory=lambda: Codes(RESERVED))
    of_reference: dict[str, str] = field(default_factory=dict)
    of_page: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, definition: Definition) -> _Names:
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


class Workbook:
    """The three sheets of a form, and `suara`, as lists of cells by heading."""

    def __init__(self, definition: Definition, language_names: Mapping[str, str]) -> None:
        self.definition = definition
        self.tags = {
            code: f"{language_names.get(code, code)} ({code})" for code in definition.languages
        }
        self.names = _Names.of(definition)
        self.back = {name: code for code, name in self.names.of_reference.items()}
        self.consents = {
            question.code
            for question in definition.questions
            if question.kind == "consent" and not question.choices
        }
        self.survey: list[Cells] = []
        self.choices: list[Cells] = []
        self.lists: dict[tuple[Any, ...], str] = {}
        self.list_names = Codes()
        for page, name in zip(definition.pages, self.names.of_page, strict=True):
            self._page(page, name)

    # Texts

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

    # Logic

    def logic(self, heading: str, tree: Node | None, own: str | None = None) -> Cells:
        """The condition as text; the tree itself beside it where the text says not quite all."""
        if tree is None:
            return {}
        text = ""
        if not _is_unread(tree) and self._is_known(tree):
            text = to_text(self._named(tree, own))
        if len(text) > _MAX_LOGIC:
            text = ""
        if text and self._read_back(text, own) == tree:
            return {heading: text}
        stored = json.dumps({"text": text, "tree": write(tree)}, ensure_ascii=False)
        # pyxform looks for references in every cell.
        stored = stored.replace("${", "\\u0024{")
        if len(stored) > _MAX_CELL:
            return {heading: text} if text else {}
        return {f"{OWN}::{heading}": stored} | ({heading: text} if text else {})

    def _is_known(self, tree: Node) -> bool:
        return all(code in self.names.of_reference for code in references(tree))

    def _named(self, node: Node, own: str | None) -> Node:
        if isinstance(node, Ref):
            return Ref(self.names.of_reference.get(node.code, node.code))
        if not isinstance(node, Op):
            return node
        return Op(node.op, tuple(self._ticks(node, own, "yes", TICKED, self._named)))

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

    # Rows

    def _page(self, page: Page, name: str) -> None:
        cells = {"type": "begin_group", "name": name, "appearance": "field-list"}
        if name != page.code:
            cells[f"{OWN}::code"] = page.code
        cells |= self.texts("label", page.title) | self.logic("relevant", page.relevant)
        self.survey.append(cells)
        for question in page.questions:
            if question.kind == "matrix":
                self._matrix(question)
            else:
                self.survey.append(self._question(question))
        self.survey.append({"type": "end_group", "name": ""})

    def _question(self, question: Question) -> Cells:
        cells = self._common(question)
        cells["type"] = self._type(question, cells)
        if not question.label:
            cells |= self._blank(question)
        limits = {
            name: getattr(question, name)
            for name in ("minimum", "maximum", "max_choices", "max_length")
        }
        if question.kind == "scale":
            shown = conjoined([], question.constraint)
        else:
            shown = conjoined(implied(limits), question.constraint)
        # What the importer takes off again; if it would not come out the same, leave the limits.
        if without_implied(shown, implied(limits)) != question.constraint:
            shown = question.constraint
        cells |= self.logic("constraint", shown, question.code)
        return cells

    def _common(self, question: Question) -> Cells:
        name = self.names.of_reference[question.code]
        cells: Cells = {"type": "", "name": name}
        if name != question.code:
            cells[f"{OWN}::code"] = question.code
        cells |= self.texts("label", question.label)
        for part in ("hint", "required_message", "constraint_message"):
            cells |= self.texts(part, getattr(question, part))
        for part in ("short_label", "minimum_label", "maximum_label"):
            cells |= self.texts(f"{OWN}::{part}", getattr(question, part))
        if question.required:
            cells["required"] = "yes"
        cells |= self.logic("relevant", question.relevant)
        if question.appearance:
            cells["appearance"] = question.appearance
        if question.choice_order == "random" and question.kind not in _SHUFFLED:
            cells[f"{OWN}::choice_order"] = "random"
        for part in ("minimum", "maximum", "decimals", "max_choices", "max_length", "measure"):
            if (
                (value := getattr(question, part)) not in (None, 0)
                or value == 0
                and part
                in (
                    "minimum",
                    "maximum",
                )
            ):
                cells[f"{OWN}::{part}"] = _number(value)
        return cells

    def _blank(self, question: Question) -> Cells:
        """pyxform wants a label or a hint; the column `suara::blank` says that it is none."""
        tag = self.tags[self.definition.default_language]
        return {f"label::{tag}": question.code, f"{OWN}::blank": "label"}

    def _type(self, question: Question, cells: Cells) -> str:
        kind = question.kind
        if kind in ("single", "multiple", "rank"):
            cells |= self._selecting(question)
            word = {"single": "select_one", "multiple": "select_multiple", "rank": "rank"}[kind]
            return f"{word} {self._list(question)}"
        if kind == "consent":
            if not question.choices:
                return "acknowledge"
            cells |= self._selecting(question) | {f"{OWN}::kind": "consent"}
            cells.pop(f"{OWN}::choice_order", None)
            return f"select_one {self._list(question)}"
        if question.choices:
            cells[f"{OWN}::list"] = self._list(question)
        if kind == "scale":
            low, high = question.minimum, question.maximum
            cells[f"{OWN}::kind"] = "scale"
            if low is not None and high is not None and low < high:
                cells["parameters"] = f"start={_number(low)} end={_number(high)} step=1"
                return "range"
            return "integer"
        if kind == "number":
            return "decimal" if question.decimals else "integer"
        return kind

    def _selecting(self, question: Question) -> Cells:
        cells: Cells = {}
        if question.choice_order == "random":
            cells["parameters"] = "randomize=true"
        conditional = [choice for choice in question.choices if choice.relevant is not None]
        if conditional and all(not _is_unread(choice.relevant) for choice in conditional):
            named = " and ".join(
                f"(name != {_quoted(choice.code)} or {self._filtering(choice, question)})"
                for choice in conditional
            )
            if len(named) <= _MAX_LOGIC and all(self._is_known(c.relevant) for c in conditional):
                cells["choice_filter"] = named
        return cells

    def _filtering(self, choice: Choice, question: Question) -> str:
        return f"({to_text(self._named(choice.relevant, question.code))})"

    def _matrix(self, question: Question) -> None:
        cells = self._common(question) | {"type": "begin_group", "appearance": "table-list"}
        cells |= {f"{OWN}::kind": "matrix", f"{OWN}::list": self._list(question)}
        cells |= self.logic("constraint", question.constraint)
        if question.appearance:
            cells[f"{OWN}::appearance"] = question.appearance
        self.survey.append(cells)
        for row in question.rows:
            name = self.names.of_reference[f"{question.code}/{row.code}"]
            below: Cells = {"type": f"select_one {self._list(question)}", "name": name}
            below[f"{OWN}::code"] = row.code
            below |= self.texts("label", row.label)
            if not row.label:
                tag = self.tags[self.definition.default_language]
                below |= {f"label::{tag}": row.code, f"{OWN}::blank": "label"}
            if question.required:
                below["required"] = "yes"
            if question.choice_order == "random":
                below["parameters"] = "randomize=true"
            self.survey.append(below)
        self.survey.append({"type": "end_group", "name": ""})

    # Choices

    def _list(self, question: Question) -> str:
        """The name of the list with exactly these choices; equal lists are written once."""
        key = tuple(
            (
                choice.code,
                tuple(sorted(choice.label.items())),
                choice.exclusive,
                None if choice.relevant is None else json.dumps(write(choice.relevant)),
                question.code if choice.relevant is not None else "",
            )
            for choice in question.choices
        )
        if key in self.lists:
            return self.lists[key]
        name = self.list_names.claim(question.code)
        self.lists[key] = name
        for choice in question.choices:
            self.choices.append(self._choice(choice, name, question))
        return name

    def _choice(self, choice: Choice, list_name: str, question: Question) -> Cells:
        cells: Cells = {"list_name": list_name, "name": choice.code}
        cells |= self.texts("label", choice.label)
        if choice.exclusive and choice.code not in MISSING_CODES:
            cells[f"{OWN}_exclusive"] = "yes"
        if choice.relevant is not None:
            found = self.logic("relevant", choice.relevant, question.code)
            cells[f"{OWN}_relevant"] = found.get("relevant", "")
            cells[f"{OWN}_relevant_tree"] = found.get(f"{OWN}::relevant", "")
        return cells

    # Settings and the sheet suara

    def settings(self, form_id: str, version: str) -> Cells:
        """The one row of the sheet settings."""
        definition = self.definition
        title = form_title(dict(definition.title), definition.default_language, form_id)
        return {
            "form_title": title,
            "form_id": form_id,
            "version": version,
            "default_language": self.tags[definition.default_language],
            "style": "pages",
            f"{OWN}::format": FORMAT,
            f"{OWN}::languages": " ".join(definition.languages),
        }

    def own(self) -> list[Cells]:
        """The texts of the whole questionnaire."""
        return [
            {"text": part} | {f"label::{self.tags[code]}": text for code, text in texts.items()}
            for part in ("title", "introduction", "thanks")
            if (texts := getattr(self.definition, part))
        ]


def write_xlsform(
    definition: Definition,
    *,
    form_id: str,
    version: str,
    language_names: Mapping[str, str] | None = None,
) -> bytes:
    """The definition as the bytes of an .xlsx. `version` is what the form says of itself."""
    workbook = Workbook(definition, language_names or {})
    labels = [f"label::{tag}" for tag in workbook.tags.values()]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_urls": False,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
        },
    ) as book:
        styles = _Styles(book)
        _write(book, "survey", ["type", "name", *labels], workbook.survey, styles)
        _write(book, "choices", ["list_name", "name", *labels], workbook.choices, styles)
        _write(book, "settings", [], [workbook.settings(form_id, version)], styles)
        _write(book, OWN, ["text", *labels], workbook.own(), styles)
    return stream.getvalue()


class _Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"valign": "top", "text_wrap": True}
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "border": 1} | base
        )
        self.cell = book.add_format(base)
        self.group = book.add_format({"bold": True, "bg_color": "#E8EEF5"} | base)


def _write(
    book: xlsxwriter.Workbook, name: str, first: list[str], rows: list[Cells], styles: _Styles
) -> None:
    """One sheet: frozen headings, the columns in a sensible order, unused ones left out."""
    sheet = book.add_worksheet(name)
    headings = _ordered([*first, *dict.fromkeys(key for row in rows for key in row)])
    for column, heading in enumerate(headings):
        width = _WIDTHS.get(heading, _LANGUAGE_WIDTH if "::" in heading else 18)
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, styles.heading)
    for number, row in enumerate(rows, start=1):
        style = styles.group if row.get("type", "").startswith(("begin", "end")) else styles.cell
        for column, heading in enumerate(headings):
            if text := row.get(heading, ""):
                sheet.write_string(number, column, _ILLEGAL.sub(_escaped, text), style)
    sheet.freeze_panes(1, 2 if name in ("survey", "choices") else 0)
    if rows and headings:
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)


_ORDER = (
    "type",
    "list_name",
    "name",
    "text",
    "label",
    "hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "choice_filter",
    "parameters",
    "appearance",
)


def _ordered(headings: list[str]) -> list[str]:
    def place(heading: str) -> int:
        first = heading.partition("::")[0]
        return _ORDER.index(first) if first in _ORDER else len(_ORDER)

    return sorted(dict.fromkeys(headings), key=place)


def _escaped(match: re.Match[str]) -> str:
    return f"_x{ord(match.group(0)):04X}_"


def conjoined(limits: list[Node], constraint: Node | None) -> Node | None:
    """The limits and, as one further part, the constraint."""
    parts = [*limits, *([constraint] if constraint is not None else [])]
    if len(parts) < 2:
        return parts[0] if parts else None
    return Op("and", tuple(parts))


def _is_unread(tree: Node | None) -> bool:
    return tree is not None and any(isinstance(part, Unparsed) for part in walk(tree))


def _quoted(code: str) -> str:
    return f'"{code}"' if "'" in code else f"'{code}'"


def _number(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
