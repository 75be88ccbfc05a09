"""Rows to files. Numbers stay numbers, text is neutralised, nothing is formatted away.

Both writers take rows one by one and keep none: memory does not grow with the file.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from indicators.exports.cells import digits, is_exact_as_double, neutral

Cell = str | int | float | Decimal | bool | date | datetime | None

MARK = "\ufeff"
"""The byte order mark by which spreadsheets know UTF-8 and read every script right."""
LONGEST_CELL, MOST_ROWS = 32_767, 1_048_575
_LINES = 200


class _Echo:
    """What `csv` writes to: hands every line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, mark: str = MARK
) -> Iterator[str]:
    """The file in pieces: the header at once, then some lines at a time."""
    writer = csv.writer(_Echo())
    yield mark + writer.writerow([neutral(str(header)) for header in headers])
    waiting: list[str] = []
    for row in rows:
        waiting.append(writer.writerow([csv_cell(cell) for cell in row]))
        if len(waiting) == _LINES:
            yield "".join(waiting)
            waiting.clear()
    if waiting:
        yield "".join(waiting)


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file of `csv_lines` whole, for tables of a screen's size."""
    return "".join(csv_lines(headers, rows)).encode()


def xlsx_bytes(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Values"
) -> bytes:
    """The workbook of `xlsx_file` whole, for tables of a screen's size."""
    with xlsx_file(headers, rows, sheet=sheet) as file:
        return file.read()


def csv_cell(cell: Cell) -> str | int | float:
    """One cell as the file holds it."""
    if isinstance(cell, str):
        return neutral(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return digits(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return cell


def xlsx_file(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Values"
) -> IO[bytes]:
    """A workbook of one sheet as an open temporary file, at its beginning; close it to drop it.

    Text is never taken for a formula or an address. A number whose digits a spreadsheet would not
    keep is written as text. Text beyond 32,767 characters, and rows beyond what a sheet holds, are
    cut; the CSV has no limit.
    """
    file = tempfile.TemporaryFile()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(sheet[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(headers) - 1, 16)
        bold = book.add_format({"bold": True})
        for column, header in enumerate(headers):
            page.write_string(0, column, neutral(str(header)), bold)
        for line, row in zip(range(1, MOST_ROWS + 1), rows, strict=False):
            for column, cell in enumerate(row):
                _write(page, line, column, cell)
    file.seek(0)
    return file


def _write(page: Any, line: int, column: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(line, column, neutral(cell)[:LONGEST_CELL])
    elif isinstance(cell, bool):
        page.write_boolean(line, column, cell)
    elif isinstance(cell, Decimal) and not is_exact_as_double(cell):
        page.write_string(line, column, digits(cell))
    elif isinstance(cell, int | float | Decimal):
        page.write_number(line, column, float(cell))
    else:
        page.write_string(line, column, cell.isoformat())
