"""Rows to CSV. Numbers stay numbers, text is neutralised, nothing is formatted away.

Rows are taken one by one and none is kept: memory does not grow with the file.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from indicators.exports.cells import Cell, digits, neutral

MARK = "\ufeff"
"""The byte order mark by which spreadsheets know UTF-8 and read every script right."""
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
