"""The workbook itself: frozen headings, sensible widths and order, groups set off by colour."""

from __future__ import annotations

import re

import xlsxwriter

from .notation import Cells

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LANGUAGE_WIDTH = 40
_WIDTHS = {
    "type": 26,
    "name": 22,
    "list_name": 20,
    "relevant": 34,
    "constraint": 30,
    "choice_filter": 30,
}


class Styles:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        base = {"valign": "top", "text_wrap": True}
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "border": 1} | base
        )
        self.cell = book.add_format(base)
        self.group = book.add_format({"bold": True, "bg_color": "#E8EEF5"} | base)


def write_sheet(
    book: xlsxwriter.Workbook, name: str, first: list[str], rows: list[Cells], styles: Styles
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
