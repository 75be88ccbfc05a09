"""Spreadsheets on their way into the ledger and the register of activities.

`read` opens a CSV or .xlsx as streamed rows; `text`, `word`, `decimal`, `whole` and `period`
understand cells as people type them; `columns` finds headings, matches them with a table's columns and reads rows into
records, every misfit as a `Problem` with sheet, row, column, value and reason.
"""

from indicators.imports.cells import (
    CellRefused,
    Percent,
    Problem,
    Value,
    plain,
    shown,
    text,
    told,
    word,
)
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
from indicators.imports.numbers import decimal, decimal_sign, whole
from indicators.imports.periods import period
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
    "decimal",
    "decimal_sign",
    "match",
    "period",
    "plain",
    "shown",
    "text",
    "told",
    "whole",
    "word",
    "read",
    "records",
    "rows_below",
    "sign_of",
]
