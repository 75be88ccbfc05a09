"""The cells of a form as plain texts, whatever the file: .xlsx, .xls, .csv or a Markdown table.

A cell is what a person sees in it: `12.0` reads "12", a date reads "2026-01-31", a formula reads
its last computed value. What cannot be known, such as a formula nobody has computed, becomes a
finding and an empty cell.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import xlrd
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter

from .formulas import uncomputed_and_merged
from .limits import EMPTY_ROWS, MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_SHEETS
from .opening import decoded, sniff
from .report import Level, Report, XLSFormRefused

_ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
_ESCAPED = re.compile(r"_x00(0[1-9A-Fa-f]|1[0-9A-Fa-f])_")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PIPE = re.compile(r"(?<!\\)\|")
_DAMAGED = (
    "The workbook is damaged: {what}. Open it in Excel or LibreOffice, save it anew as .xlsx and "
    "upload it again."
)


@dataclass
class Sheet:
    """One sheet: its name and its rows as (row number from 1, texts of the cells from column A)."""

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    is_hidden: bool = False


class _Budget:
    """Counts cells over all sheets, so that many large sheets do not add up."""

    def __init__(self) -> None:
        self.cells = 0

    def spend(self, sheet: str, many: int) -> None:
        self.cells += many
        if self.cells > MAX_CELLS:
            raise XLSFormRefused(
                f"The workbook has more than {MAX_CELLS:,} filled cells (the limit was reached in "
                f"the sheet {sheet:.60}). Remove sheets that do not belong to the form."
            )


def read_sheets(data: bytes, name: str, report: Report) -> list[Sheet]:
    """Every sheet of the file. Raises `XLSFormRefused` with a sentence for what cannot be read."""
    kind = sniff(data, name, report)
    if kind == "xlsx":
        sheets = _read_xlsx(data, report)
    elif kind == "xls":
        sheets = _read_xls(data, report)
    elif kind == "md":
        sheets = _read_markdown(decoded(data), report)
    else:
        sheets = _read_csv(decoded(data), report)
    return sheets


def _too_many_sheets(many: int) -> None:
    if many > MAX_SHEETS:
        raise XLSFormRefused(
            f"The workbook has {many} sheets; at most {MAX_SHEETS} are read. "
            "Copy the sheets of the form into a new workbook."
        )


def _kept(
    name: str, rows: Iterable[tuple[int, list[str]]], budget: _Budget, report: Report
) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them, up to the first long gap and within the limits."""
    last = 0
    for number, cells in rows:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if last and number - last > EMPTY_ROWS:
            report.add(
                Level.LEFT_OUT,
                f"More than {EMPTY_ROWS} empty rows end a sheet, so the rows from here on were not "
                "read. If they belong to the form, delete the empty rows above and import again.",
                sheet=name,
                row=number,
            )
            return
        if number > MAX_ROWS:
            raise XLSFormRefused(
                f"The sheet {name:.60} has more than {MAX_ROWS:,} rows. Split the form, or remove "
                "rows that do not belong to it."
            )
        if len(cells) > MAX_COLUMNS:
            raise XLSFormRefused(
                f"The sheet {name:.60} has more than {MAX_COLUMNS} columns (row {number}). "
                "Remove columns that do not belong to the form."
            )
        budget.spend(name, sum(1 for cell in cells if cell))
        last = number
        yield number, cells


def _text(value: Any) -> str:
    """What a person sees in a cell with this value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    text = _UNSTORABLE.sub("", str(value))
    if "_x00" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return text


def _checked(text: str, sheet: str, row: int, column: int, report: Report) -> str:
    if text.startswith("#") and text in _ERRORS:
        report.add(
            Level.LEFT_OUT,
            f"The cell holds the error {text} instead of a value. It was read as empty.",
            sheet=sheet,
            row=row,
            column=get_column_letter(column),
        )
        return ""
    if len(text) > MAX_CELL:
        report.add(
            Level.CHANGED,
            f"The cell holds {len(text):,} characters; the first {MAX_CELL:,} were read.",
            sheet=sheet,
            row=row,
            column=get_column_letter(column),
        )
        return text[:MAX_CELL]
    return text


def _read_xlsx(data: bytes, report: Report) -> list[Sheet]:
    try:
        reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True)
        reader.read()
        book = reader.wb
        _too_many_sheets(len(book.sheetnames))
        budget = _Budget()
        sheets = []
        for worksheet in book.worksheets:
            # The stated dimension is often wrong, and padding to it can be made very expensive.
            worksheet.reset_dimensions()
            sheet = Sheet(worksheet.title, is_hidden=worksheet.sheet_state != "visible")
            rows = worksheet.iter_rows(
                max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True
            )
            sheet.rows = list(
                _kept(sheet.name, _xlsx_rows(sheet.name, rows, report), budget, report)
            )
            sheets.append(sheet)
        uncomputed_and_merged(reader.archive, book, sheets, report)
        book.close()
        return sheets
    except XLSFormRefused:
        raise
    except Exception as error:
        # A parser of other people's bytes: whatever it stumbles over, the file is at fault.
        raise XLSFormRefused(_DAMAGED.format(what="its sheets cannot be read")) from error


def _xlsx_rows(
    sheet: str, rows: Iterable[tuple[Any, ...]], report: Report
) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(rows, start=1):
        # openpyxl fills every row up with None to the widest that could be.
        width = len(values)
        while width and values[width - 1] is None:
            width -= 1
        if width:
            yield (
                number,
                [
                    _checked(_text(value), sheet, number, place, report)
                    for place, value in enumerate(values[:width], start=1)
                ],
            )


def _read_xls(data: bytes, report: Report) -> list[Sheet]:
    try:
        with xlrd.open_workbook(
            file_contents=data, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        ) as book:
            _too_many_sheets(book.nsheets)
            budget = _Budget()
            sheets = []
            for index in range(book.nsheets):
                worksheet = book.sheet_by_index(index)
                sheet = Sheet(worksheet.name, is_hidden=bool(worksheet.visibility))
                rows = _xls_rows(book, worksheet, report)
                sheet.rows = list(_kept(sheet.name, rows, budget, report))
                sheets.append(sheet)
            return sheets
    except XLSFormRefused:
        raise
    except Exception as error:
        if "encrypted" in str(error).lower():
            raise XLSFormRefused(
                "The workbook is protected by a password. Remove the password and upload it again."
            ) from error
        # A parser of other people's bytes: whatever it stumbles over, the file is at fault.
        raise XLSFormRefused(
            _DAMAGED.format(what="it begins like an .xls file but cannot be read")
        ) from error


def _xls_rows(book: Any, worksheet: Any, report: Report) -> Iterator[tuple[int, list[str]]]:
    for index in range(worksheet.nrows):
        cells = []
        for place, cell in enumerate(worksheet.row(index), start=1):
            text = _xls_text(cell, book.datemode)
            cells.append(_checked(text, worksheet.name, index + 1, place, report))
        yield index + 1, cells


def _xls_text(cell: Any, datemode: int) -> str:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return _text(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
    if cell.ctype == xlrd.XL_CELL_DATE:
        if not 0 <= cell.value < 1:
            return _text(xlrd.xldate_as_datetime(cell.value, datemode))
        return _text(xlrd.xldate_as_datetime(cell.value, datemode).time())
    return _text(cell.value)


def _read_csv(text: str, report: Report) -> list[Sheet]:
    """Sheets one below the other, each named in the first column; or the survey sheet alone."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=text[:5000].count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise XLSFormRefused(f"The CSV file cannot be read: {error}. Save it anew.") from error
    headings = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    if "type" in headings:
        return _sheets([("survey", 0, lines)], report)
    return _sheets(_named_parts(lines), report)


def _named_parts(lines: list[list[str]]) -> list[tuple[str, int, list[list[str]]]]:
    parts: list[tuple[str, int, list[list[str]]]] = []
    for line in lines:
        name = line[0].strip() if line else ""
        if name:
            parts.append((name, 0, []))
        rest = line[1:]
        if any(cell.strip() for cell in rest):
            if not parts:
                raise XLSFormRefused(
                    "The text file is not a form: no sheet is named in the first column and no "
                    "column is called “type”. Upload the workbook (.xlsx) instead."
                )
            parts[-1][2].append(rest)
        elif parts and not name:
            parts[-1][2].append([])
    if not parts:
        raise XLSFormRefused("The text file holds no table. Upload the workbook (.xlsx) instead.")
    return parts


def _sheets(parts: Iterable[tuple[str, int, list[list[str]]]], report: Report) -> list[Sheet]:
    budget = _Budget()
    sheets = []
    for name, before, lines in parts:
        rows = (
            (number, [_UNSTORABLE.sub("", cell[:MAX_CELL]) for cell in line])
            for number, line in enumerate(lines, start=before + 1)
        )
        sheets.append(Sheet(name, list(_kept(name, rows, budget, report))))
    _too_many_sheets(len(sheets))
    return sheets


def _read_markdown(text: str, report: Report) -> list[Sheet]:
    """Tables in pyxform's way: the sheet's name in the first column, its rows below."""
    parts: list[tuple[str, int, list[list[str]]]] = []
    for line in text.splitlines():
        line = line.strip()
        if not line.startswith("|") or not line.strip("|-: \t"):
            continue
        pieces = _PIPE.split(line[1:])
        if len(pieces) > 1 and not pieces[-1].strip():
            pieces.pop()
        cells = [piece.strip().replace("\\|", "|") for piece in pieces]
        if cells[0]:
            parts.append((cells[0], 0, []))
        if not parts:
            raise XLSFormRefused(
                "The Markdown table names no sheet. Write the sheet's name, such as survey, in "
                "the first column of a row of its own."
            )
        if any(cells[1:]):
            parts[-1][2].append(cells[1:])
    return _sheets(parts, report)
