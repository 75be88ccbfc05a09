"""Spreadsheets as people send them, made in memory."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook


def csv_file(*lines: str, encoding: str = "utf-8", end: str = "\r\n") -> io.BytesIO:
    """A text file of these lines."""
    return io.BytesIO((end.join(lines) + end).encode(encoding))


def workbook(*rows: Sequence[Any], merge: Sequence[str] = (), **sheets: Any) -> io.BytesIO:
    """A workbook whose first sheet has these rows; `sheets` are further ones by name."""
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(list(row))
    for span in merge:
        page.merge_cells(span)
    for name, more in sheets.items():
        added = book.create_sheet(name)
        for row in more:
            added.append(list(row))
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    """The workbook as a file."""
    made = io.BytesIO()
    book.save(made)
    made.seek(0)
    return made
