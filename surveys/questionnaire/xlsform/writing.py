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
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from ..definition import MISSING_CODES, Choice, Default, Definition, Page, Question
from ..expressions import Node, Op, write
from ..logic import to_text
from .form import FORMAT
from .importing import form_title
from .names import Codes
from .notation import MAX_LOGIC, Cells, Notation, is_unread, packed
from .questions import implied, without_implied
from .sheets import Styles, write_sheet
from .tables import OWN

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*\Z")
_SHUFFLED = ("single", "multiple", "rank", "matrix")


class Workbook:
    """The three sheets of a form, and `suara`, as lists of cells by heading."""

    def __init__(self, definition: Definition, language_names: Mapping[str, str]) -> None:
        self.definition = definition
        self.notation = Notation(definition, language_names)
        self.survey: list[Cells] = []
        self.choices: list[Cells] = []
        self.lists: dict[tuple[Any, ...], str] = {}
        self.list_names = Codes()
        for page, name in zip(definition.pages, self.notation.names.of_page, strict=True):
            self._page(page, name)

    # Rows

    def _page(self, page: Page, name: str) -> None:
        cells = {"type": "begin_group", "name": name, "appearance": "field-list"}
        if name != page.code:
            cells[f"{OWN}::code"] = page.code
        if page.question_order == "random":
            cells[f"{OWN}::question_order"] = "random"
        if page.rotation:
            cells[f"{OWN}::rotation"] = page.rotation
        cells |= self.notation.texts("label", page.title) | self.notation.logic(
            "relevant", page.relevant
        )
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
        if question.kind == "calculate":
            return cells | self._calculation(question)
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
        cells |= self.notation.logic("constraint", shown, question.code)
        if question.read_only:
            cells["read_only"] = "yes"
        return cells | _default(question.default)

    def _calculation(self, question: Question) -> Cells:
        """pyxform wants an expression in every calculate."""
        cells = self.notation.logic("calculation", question.calculation)
        if question.calculation is None:
            return {"calculation": "''", f"{OWN}::blank": "calculation"}
        if "calculation" not in cells:
            cells["calculation"] = "''"
            tree = write(question.calculation)
            cells[f"{OWN}::calculation"] = packed({"text": "''", "tree": tree})
        return cells

    def _common(self, question: Question) -> Cells:
        name = self.notation.names.of_reference[question.code]
        cells: Cells = {"type": "", "name": name}
        if name != question.code:
            cells[f"{OWN}::code"] = question.code
        cells |= self.notation.texts("label", question.label)
        for part in ("hint", "required_message", "constraint_message"):
            cells |= self.notation.texts(part, getattr(question, part))
        for part in ("short_label", "minimum_label", "maximum_label"):
            cells |= self.notation.texts(f"{OWN}::{part}", getattr(question, part))
        if question.required:
            cells["required"] = "yes"
        cells |= self.notation.logic("relevant", question.relevant)
        if question.appearance:
            cells["appearance"] = question.appearance
        if question.choice_order == "random" and question.kind not in _SHUFFLED:
            cells[f"{OWN}::choice_order"] = "random"
        if question.row_order == "random":
            cells[f"{OWN}::row_order"] = "random"
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
        tag = self.notation.default_tag
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
        return "dateTime" if kind == "datetime" else kind

    def _selecting(self, question: Question) -> Cells:
        cells: Cells = {}
        if question.choice_order == "random":
            cells["parameters"] = "randomize=true"
        conditional = [choice for choice in question.choices if choice.relevant is not None]
        if conditional and all(not is_unread(choice.relevant) for choice in conditional):
            named = " and ".join(
                f"(name != {_quoted(choice.code)} or {self._filtering(choice, question)})"
                for choice in conditional
            )
            if len(named) <= MAX_LOGIC and all(
                self.notation.is_known(c.relevant) for c in conditional
            ):
                cells["choice_filter"] = named
        return cells

    def _filtering(self, choice: Choice, question: Question) -> str:
        return f"({to_text(self.notation.named(choice.relevant, question.code))})"

    def _matrix(self, question: Question) -> None:
        cells = self._common(question) | {"type": "begin_group", "appearance": "table-list"}
        cells |= {f"{OWN}::kind": "matrix", f"{OWN}::list": self._list(question)}
        cells |= self.notation.logic("constraint", question.constraint)
        if question.appearance:
            cells[f"{OWN}::appearance"] = question.appearance
        if question.read_only:
            cells["read_only"] = "yes"
        self.survey.append(cells)
        for row in question.rows:
            name = self.notation.names.of_reference[f"{question.code}/{row.code}"]
            below: Cells = {"type": f"select_one {self._list(question)}", "name": name}
            below[f"{OWN}::code"] = row.code
            below |= self.notation.texts("label", row.label)
            if not row.label:
                tag = self.notation.default_tag
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
        cells |= self.notation.texts("label", choice.label)
        if choice.exclusive and choice.code not in MISSING_CODES:
            cells[f"{OWN}_exclusive"] = "yes"
        if choice.relevant is not None:
            found = self.notation.logic("relevant", choice.relevant, question.code)
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
            "default_language": self.notation.tags[definition.default_language],
            "style": "pages",
            f"{OWN}::format": FORMAT,
            f"{OWN}::languages": " ".join(definition.languages),
        } | ({f"{OWN}::seed": str(definition.seed)} if definition.seed is not None else {})

    def own(self) -> list[Cells]:
        """The texts of the whole questionnaire."""
        return [
            {"text": part}
            | {f"label::{self.notation.tags[code]}": text for code, text in texts.items()}
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
    labels = [f"label::{tag}" for tag in workbook.notation.tags.values()]
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
        styles = Styles(book)
        write_sheet(book, "survey", ["type", "name", *labels], workbook.survey, styles)
        write_sheet(book, "choices", ["list_name", "name", *labels], workbook.choices, styles)
        write_sheet(book, "settings", [], [workbook.settings(form_id, version)], styles)
        write_sheet(book, OWN, ["text", *labels], workbook.own(), styles)
    return stream.getvalue()


def conjoined(limits: list[Node], constraint: Node | None) -> Node | None:
    """The limits and, as one further part, the constraint."""
    parts = [*limits, *([constraint] if constraint is not None else [])]
    if len(parts) < 2:
        return parts[0] if parts else None
    return Op("and", tuple(parts))


def _default(default: Default) -> Cells:
    """The default as a plain cell where that says all, else as JSON in a column of ours."""
    if default is None:
        return {}
    if isinstance(default, float):
        return {"default": _number(default)}
    codes = (default,) if isinstance(default, str) else default
    if all(_PLAIN.match(code) for code in codes):
        return {"default": " ".join(codes)}
    value = list(default) if isinstance(default, tuple) else default
    return {f"{OWN}::default": packed({"value": value})}


def _quoted(code: str) -> str:
    return f'"{code}"' if "'" in code else f"'{code}'"


def _number(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
