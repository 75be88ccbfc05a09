"""Rows to bytes. Numbers stay numbers, text is neutralised, nothing is formatted away."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from indicators.exports.cells import neutral

Cell = str | int | float | Decimal | bool | date | datetime | None


def csv_bytes(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read every script right."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([neutral(str(header)) for header in headers])
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Values"
) -> bytes:
    """A workbook of one sheet; text is never taken for a formula or an address."""
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        page = book.add_worksheet(sheet[:31])
        bold = book.add_format({"bold": True})
        for column, header in enumerate(headers):
            page.write_string(0, column, neutral(str(header)), bold)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(page, line, column, cell)
        page.freeze_panes(1, 0)
        page.autofit(400)
    return buffer.getvalue()


def _csv_cell(cell: Cell) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell else "0"
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return neutral(cell)


def _write(page: Any, line: int, column: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(line, column, cell)
    elif isinstance(cell, int | float | Decimal):
        page.write_number(line, column, float(cell))
    elif isinstance(cell, date | datetime):
        page.write_string(line, column, cell.isoformat())
    else:
        page.write_string(line, column, neutral(cell)[:32767])
