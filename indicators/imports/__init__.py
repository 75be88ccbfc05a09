"""Spreadsheets on their way into the ledger and the register of activities.

`read` opens a CSV or .xlsx as streamed rows; `cells` understands numbers, periods and texts as
people type them; `columns` finds headings, matches them with a table's columns and reads rows into
records, every misfit as a `Problem` with sheet, row, column, value and reason.
"""

from indicators.imports.cells import CellRefused, Percent, Problem, Value
from indicators.imports.columns import (
    Column,
    Head,
    Record,
    head_of,
    match,
    records,
    rows_below,
    sign_of,
)
from indicators.imports.encodings import ENCODINGS
from indicators.imports.reading import Book, Row, Sheet, read

__all__ = [
    "ENCODINGS",
    "Book",
    "CellRefused",
    "Column",
    "Head",
    "Percent",
    "Problem",
    "Record",
    "Row",
    "Sheet",
    "Value",
    "head_of",
    "match",
    "read",
    "records",
    "rows_below",
    "sign_of",
]
