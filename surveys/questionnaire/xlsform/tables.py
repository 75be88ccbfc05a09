"""A sheet as a table: headings in XLSForm's vocabulary, cells by heading, every cell with its place.

pyxform settles what a heading means (`label:English`, `Relevance`, `media::image::Thai (th)`,
`bind:relevant`, `caption`); this module only remembers where it stood.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from openpyxl.utils import get_column_letter
from pyxform import aliases
from pyxform.parsing.sheet_headers import process_header
from pyxform.question import MultipleChoiceQuestion, Option

from .report import Level, Report
from .workbooks import Sheet

OWN = "suara"
"""Prefix of the columns that say what XLSForm cannot."""
SHEETS = ("survey", "choices", "settings")
_STRAIGHT = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": None,
        "\ufeff": None,
    }
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_SURVEY_SLOTS = set(MultipleChoiceQuestion.get_slot_names()) | {"name", "type", "disabled", "body"}
_CHOICE_SLOTS = set(Option.get_slot_names()) | {"name"}
_BIND = {
    "jr:constraintmsg": "constraint_message",
    "jr:requiredmsg": "required_message",
    "constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "calculate": "calculation",
    "readonly": "read_only",
    "entities:saveto": "save_to",
} | {name: name for name in ("relevant", "constraint", "required", "calculation", "read_only")}
"""Attributes of a bind that mean something here; any other (`bind::esri:fieldType`) is unknown."""
_CONTROL = {"jr:count": "repeat_count", "appearance": "appearance"}
_KNOWN = {
    "survey": {
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "choice_filter",
        "parameters",
        "default",
        "trigger",
        "disabled",
        "media",
        "bind",
        "control",
    },
    "choices": {"list name", "name", "label", "media"},
}
TEXTS = {"label", "hint", "guidance_hint", "constraint_message", "required_message"}
MEDIA = {"image", "big-image", "audio", "video"}


def straight(text: str) -> str:
    """A cell that machines read: straight quotes, single spaces, nothing invisible."""
    return _SPACES.sub(" ", _CONTROLS.sub("", text.translate(_STRAIGHT))).strip()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `field` is XLSForm's name for it, "" where it has none; `tag` the language."""

    index: int
    heading: str
    field: str
    tag: str = ""


@dataclass(frozen=True, eq=False)
class Line:
    """One row below the headings. `read` remembers the columns whose cells somebody asked for."""

    table: Table
    number: int
    cells: list[str] = field(repr=False)
    read: set[int] = field(default_factory=set, repr=False)

    def _at(self, column: Column) -> str:
        return self.cells[column.index] if column.index < len(self.cells) else ""

    def raw(self, name: str) -> str:
        """The first filled cell of this field, exactly as written."""
        for column in self.table.by_field.get(name, ()):
            if cell := self._at(column):
                self.read.add(column.index)
                return cell
        return ""

    def get(self, name: str) -> str:
        """The first filled cell of this field, cleaned for machines."""
        return straight(self.raw(name))

    def tagged(self, name: str) -> Iterator[tuple[str, str]]:
        """(language tag, text as written) of a translatable field, empty cells left out."""
        for column in self.table.by_field.get(name, ()):
            if (cell := self._at(column)).strip():
                self.read.add(column.index)
                yield column.tag, cell

    def heading(self, name: str) -> str:
        """The heading under which this field is filled here, as the author wrote it."""
        columns = self.table.by_field.get(name, ())
        filled = next((column for column in columns if self._at(column)), None)
        chosen = filled or next(iter(columns), None)
        return chosen.heading if chosen else name

    def place(self, name: str = "") -> dict[str, object]:
        """Sheet, row and column for a finding."""
        return {
            "sheet": self.table.name,
            "row": self.number,
            "column": self.heading(name) if name else "",
        }

    @cached_property
    def extras(self) -> dict[str, str]:
        """Cells of columns XLSForm does not know, by heading: what choice filters look at."""
        return {column.heading: straight(self._at(column)) for column in self.table.unknown}

    @property
    def is_empty(self) -> bool:
        return not any(cell.strip() for cell in self.cells)

    @property
    def filled(self) -> list[Column]:
        """The columns in which this row has something, in their order."""
        return [column for column in self.table.columns if self._at(column).strip()]

    @property
    def unread(self) -> list[Column]:
        """The filled columns XLSForm knows whose cells nobody asked for."""
        return [column for column in self.filled if column.field and column.index not in self.read]


class Table:
    """A sheet with headings. `name` is as the author wrote it."""

    def __init__(
        self, name: str, columns: Iterable[Column] = (), rows: Iterable[tuple[int, list[str]]] = ()
    ) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.by_field: dict[str, list[Column]] = {}
        for column in self.columns:
            if column.field:
                self.by_field.setdefault(column.field, []).append(column)
        self.unknown = [column for column in self.columns if not column.field]
        self.lines = [Line(self, number, cells) for number, cells in rows]

    def __contains__(self, name: str) -> bool:
        return name in self.by_field

    @property
    def tags(self) -> list[str]:
        """Language tags in the order of the columns, "" for columns without one."""
        found = dict.fromkeys(
            column.tag
            for column in self.columns
            if column.field in TEXTS or column.field.startswith(f"{OWN}.")
        )
        return list(found)


def read_tables(sheets: list[Sheet], report: Report) -> dict[str, Table]:
    """The tables survey, choices and settings; an absent one is empty. Others are reported."""
    chosen = _assigned(sheets, report)
    return {
        kind: _table(kind, chosen[kind], report) if kind in chosen else Table(kind)
        for kind in SHEETS
    } | ({OWN: _table(OWN, chosen[OWN], report)} if OWN in chosen else {OWN: Table(OWN)})


def _assigned(sheets: list[Sheet], report: Report) -> dict[str, Sheet]:
    chosen: dict[str, Sheet] = {}
    others: list[Sheet] = []
    for sheet in sheets:
        kind = straight(sheet.name).lower()
        if kind in (*SHEETS, OWN) and kind not in chosen:
            chosen[kind] = sheet
        else:
            others.append(sheet)
    if "survey" not in chosen and len(sheets) == 1:
        chosen["survey"] = others.pop()
    for kind in SHEETS:
        if kind in chosen:
            continue
        names = {straight(sheet.name).lower(): sheet for sheet in others}
        if close := difflib.get_close_matches(kind, names, 1, 0.8):
            chosen[kind] = names[close[0]]
            others.remove(names[close[0]])
            report.add(
                Level.CHANGED,
                f"The sheet “{chosen[kind].name}” was read as “{kind}”.",
                sheet=chosen[kind].name,
            )
    for kind, sheet in chosen.items():
        if sheet.is_hidden:
            report.add(
                Level.REMARK, f"The sheet is hidden and was read as {kind}.", sheet=sheet.name
            )
    _report_others([sheet for sheet in others if sheet.rows], report)
    return chosen


def _report_others(others: list[Sheet], report: Report) -> None:
    for sheet in others:
        kind = straight(sheet.name).lower().replace(" ", "_")
        if kind in ("external_choices", "entities", "osm"):
            report.add(
                Level.LEFT_OUT,
                f"Sheets called {kind} are not supported; nothing of it was imported.",
                sheet=sheet.name,
            )
    rest = [
        sheet.name
        for sheet in others
        if straight(sheet.name).lower().replace(" ", "_")
        not in ("external_choices", "entities", "osm")
    ]
    if rest:
        report.add(
            Level.REMARK,
            "These sheets are not part of an XLSForm and were not read: "
            + ", ".join(name[:60] for name in rest[:20])
            + ".",
        )


def _table(kind: str, sheet: Sheet, report: Report) -> Table:
    rows = list(sheet.rows)
    at = _heading_row(kind, rows)
    if at is None:
        return Table(sheet.name)
    if at:
        report.add(
            Level.REMARK,
            f"The headings stand in row {rows[at][0]}. The rows above it were not read.",
            sheet=sheet.name,
            row=rows[at][0],
        )
    number, headings = rows[at]
    columns: list[Column] = []
    seen: dict[tuple[str, str], str] = {}
    for index, written in enumerate(headings):
        heading = straight(written)
        if not heading:
            continue
        name, tag = _meaning(kind, heading)
        key = (name or heading, tag)
        if key in seen:
            report.add(
                Level.CHANGED,
                f"The columns “{seen[key]}” and “{heading}” mean the same. The second is read "
                "only where the first is empty.",
                sheet=sheet.name,
                row=number,
                column=get_column_letter(index + 1),
            )
            if not name:
                continue
        seen.setdefault(key, heading)
        columns.append(Column(index, heading, name, tag))
    _report_unheaded(sheet.name, headings, rows[at + 1 :], report)
    return Table(sheet.name, columns, rows[at + 1 :])


def _report_unheaded(
    name: str, headings: list[str], rows: list[tuple[int, list[str]]], report: Report
) -> None:
    """Cells under no heading cannot be read: nobody can tell what they mean."""
    found: dict[int, int] = {}
    for number, cells in rows:
        for index, cell in enumerate(cells):
            is_headed = index < len(headings) and straight(headings[index])
            if not is_headed and cell.strip():
                found.setdefault(index, number)
    if found:
        letters = ", ".join(get_column_letter(index + 1) for index in sorted(found)[:20])
        first = min(found, key=lambda index: (found[index], index))
        report.add(
            Level.REMARK,
            f"Columns without a heading were not read: {letters}.",
            sheet=name,
            row=found[first],
            column=get_column_letter(first + 1),
        )


def _heading_row(kind: str, rows: list[tuple[int, list[str]]]) -> int | None:
    """The index of the row with the headings: the first, or one of ten that has what it needs."""
    if not rows:
        return None
    if kind in ("settings", OWN):
        return 0
    needed = "type" if kind == "survey" else "name"
    for at, (_number, cells) in enumerate(rows[:10]):
        if any(_meaning(kind, straight(cell))[0] == needed for cell in cells if cell):
            return at
    return 0


def _meaning(kind: str, heading: str) -> tuple[str, str]:
    """(field, language tag) of a heading; the field is "" where XLSForm has no such column."""
    if kind == "settings":
        name = heading.split("::")[-1].strip() if heading.lower().startswith(f"{OWN}::") else ""
        plain = "_".join(heading.lower().split())
        return (f"{OWN}.{name}" if name else str(aliases.settings_header.get(plain, plain))), ""
    if kind == "choices" and heading.lower().startswith(f"{OWN}_"):
        return f"{OWN}.{heading[len(OWN) + 1 :].lower()}", ""
    header_aliases = aliases.survey_header if kind == "survey" else aliases.list_header
    slots = _SURVEY_SLOTS if kind == "survey" else _CHOICE_SLOTS
    if kind == OWN:
        slots, header_aliases = {"text", "label"}, {}
    try:
        _name, tokens = process_header(heading, False, header_aliases, slots)
    except IndexError:
        return "", ""
    return _field(kind, tokens)


def _field(kind: str, tokens: tuple[str, ...]) -> tuple[str, str]:
    first, rest = tokens[0], tokens[1:]
    if first.lower() == OWN and rest:
        return f"{OWN}.{rest[0].lower()}", "::".join(rest[1:])
    if first == "bind" and rest:
        return _BIND.get(rest[0].lower(), ""), "::".join(rest[1:])
    if first == "control" and rest:
        return _CONTROL.get(rest[0], ""), ""
    if first == "media" and rest:
        name = rest[0].lower()
        return (name if name in MEDIA else ""), "::".join(rest[1:])
    if first in ("text", "label") and kind == OWN:
        return first, "::".join(rest)
    if first in _KNOWN.get(kind, ()):
        return ("list_name" if first == "list name" else first), "::".join(rest)
    return "", ""
