"""A framework's document as a workbook, or as CSV files in an archive.

One sheet for each section, one row for each row of the document, headings as the document names its
columns. Titles in other languages have a column each: "title [id]". The description of what the
source prints is JSON, over several cells where one is too small.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db import models

from indicators.exports import neutral
from indicators.frameworks.contents import SECTIONS, Section
from indicators.imports.cells import UNSTORABLE

NAMES = {
    "framework": "Framework",
    "nodes": "Nodes",
    "indicators": "Indicators",
    "targets": "Targets",
    "baselines": "Baselines",
    "mappings": "Mappings",
}
"""The sheet of each section."""

PIECE = 30_000
"""Characters of JSON in one cell; Excel holds 32,767."""
MOST_PIECES = 20

Cell = str | int | Decimal | bool | None
Table = tuple[str, list[str], list[list[Cell]]]


def title_heading(code: str) -> str:
    """The heading above titles in a language: "title [id]"."""
    return f"title [{code}]"


def tables(document: dict[str, Any]) -> list[Table]:
    """Every section as (name of the sheet, headings, rows of cells)."""
    found = []
    for section in SECTIONS:
        rows = document.get(section.name) or []
        rows = [rows] if isinstance(rows, dict) else rows
        languages = _languages(rows) if section.field("titles") is not None else []
        pieces = {
            name: max((len(_pieces(row.get(name))) for row in rows), default=1)
            for name in section.names
            if _is_json(section, name)
        }
        headings: list[str] = []
        for name in section.names:
            if name == "titles":
                headings += [title_heading(code) for code in languages]
            elif name in pieces:
                headings += [name, *(f"{name} [{n}]" for n in range(2, pieces[name] + 1))]
            else:
                headings.append(name)
        cells = [list(_cells(section, row, languages, pieces)) for row in rows]
        found.append((NAMES[section.name], headings, cells))
    return found


def workbook(document: dict[str, Any]) -> bytes:
    """The document as .xlsx. No text is taken for a formula or an address."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, headings, rows in tables(document):
            page = book.add_worksheet(name)
            for column, heading in enumerate(headings):
                page.write_string(0, column, heading, bold)
            for line, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    _write(page, line, column, cell, wrapped)
            page.freeze_panes(1, 1)
            page.autofit(300)
    return buffer.getvalue()


def csv_archive(document: dict[str, Any]) -> bytes:
    """The document as CSV files, one for each section, in a ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, headings, rows in tables(document):
            text = io.StringIO(newline="")
            writer = csv.writer(text)
            writer.writerow(headings)
            for row in rows:
                writer.writerow([_csv_cell(cell) for cell in row])
            archive.writestr(f"{name.lower()}.csv", text.getvalue().encode("utf-8-sig"))
    return buffer.getvalue()


def cell_of(section: Section, name: str, value: Any) -> Cell:
    """What one value of the document looks like in a cell."""
    field = section.field(name)
    if value is None or value == "":
        return None
    if _is_json(section, name):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None
    if isinstance(field, models.DecimalField):
        return Decimal(value)
    return value


def _cells(
    section: Section, row: dict[str, Any], languages: Sequence[str], pieces: dict[str, int]
) -> Iterable[Cell]:
    for name in section.names:
        value = row.get(name)
        if name == "titles":
            yield from (value.get(code) if value else None for code in languages)
        elif name in pieces:
            parts = _pieces(value)
            yield from [*parts, *[None] * (pieces[name] - len(parts))]
        else:
            yield cell_of(section, name, value)


def _is_json(section: Section, name: str) -> bool:
    return name != "titles" and isinstance(section.field(name), models.JSONField)


def _pieces(value: Any) -> list[str | None]:
    if not value:
        return [None]
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


def _languages(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The languages that have titles, and those of the site."""
    used = {code for row in rows for code in (row.get("titles") or {})}
    wanted = used | set(settings.SITE_LANGUAGES) - {settings.LANGUAGE_CODE}
    return sorted(wanted)


def _write(page: Any, line: int, column: int, cell: Cell, wrapped: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(line, column, cell)
    elif isinstance(cell, int):
        page.write_number(line, column, cell)
    elif isinstance(cell, Decimal):
        # A number of more digits than a spreadsheet holds stays exact as text.
        if Decimal(repr(float(cell))) == cell:
            page.write_number(line, column, float(cell))
        else:
            page.write_string(line, column, f"{cell:f}")
    else:
        page.write_string(line, column, neutral(UNSTORABLE.sub("", cell))[:32_767], wrapped)


def _csv_cell(cell: Cell) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    return cell if isinstance(cell, int) else neutral(UNSTORABLE.sub("", cell))
