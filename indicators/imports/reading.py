"""A file as sheets of rows: CSV, TSV and .xlsx, streamed, whatever their encoding or signs.

    with read(file, "values.csv") as book:
        for row in book.sheet:
            print(row.number, row.cells)

Nothing is held but the row at hand (and a workbook's table of texts). What cannot be read is a
`FileRefused` with a sentence; what stands in a single cell is judged by `cells`.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple, Self

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader

from indicators.errors import FileRefused
from indicators.imports.archives import Merge, Seen, looked_through
from indicators.imports.cells import Fault, Formula, Percent, Value, is_empty
from indicators.imports.encodings import ENCODINGS, composed, detect, open_text
from indicators.imports.limits import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    megabytes,
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 20
_PIECE = 1024 * 1024


Numbered = tuple[int, tuple[Value, ...]]
"""A row's number from 1, and its cells from column A."""


class Row(NamedTuple):
    """One row that is not blank: the sheet's name, its number from 1, the cells from column A."""

    sheet: str
    number: int
    cells: tuple[Value, ...]

    def cell(self, place: int) -> Value:
        """The cell of a column counted from 0; None beyond the row's end."""
        return self.cells[place] if place < len(self.cells) else None


@dataclass(slots=True)
class Sheet:
    """A sheet. Going through it reads the file again from its first row; blank rows are left out.

    Only one sheet of a book can be gone through at a time. `about` is how many rows it has, give
    or take blank ones.
    """

    name: str
    is_hidden: bool = False
    about: int = 0
    merges: list[Merge] = field(default_factory=list, repr=False)
    _rows: Any = field(default=None, repr=False)

    def __iter__(self) -> Iterator[Row]:
        return self.below(0)

    def below(self, head: int) -> Iterator[Row]:
        """The rows below the one of that number. Only they count as rows of the table."""
        return _kept(self.name, (row for row in self._rows() if row[0] > head))


@dataclass(slots=True)
class Book:
    """What was read of a file: `kind` "csv" or "xlsx", its sheets, and for a CSV the encoding (a key
    of `ENCODINGS`) and the delimiter. Close it, or use it in a `with`."""

    name: str
    kind: str
    sheets: list[Sheet]
    encoding: str = ""
    delimiter: str = ""
    _book: Any = field(default=None, repr=False)

    @property
    def sheet(self) -> Sheet:
        """The first sheet that is not hidden, else the first."""
        return next((one for one in self.sheets if not one.is_hidden), self.sheets[0])

    def named(self, name: str) -> Sheet | None:
        """The sheet of that name, upper and lower case alike."""
        wanted = name.strip().casefold()
        return next((one for one in self.sheets if one.name.strip().casefold() == wanted), None)

    def close(self) -> None:
        if self._book is not None:
            self._book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def read(file: BinaryIO, name: str, *, encoding: str = "") -> Book:
    """Open a spreadsheet that lies in a seekable file. Its content decides what it is, not `name`.

    `encoding` overrides what is found for a CSV. Raises FileRefused with a sentence: empty, too
    large, an old or damaged workbook, another kind of file. Reading rows may raise it too, for a
    file that turns out damaged or too long on the way.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise FileRefused(_("The file is empty. Choose the file with the table and upload that."))
    if size > MAX_BYTES:
        raise FileRefused(
            _(
                "The file has %(size)s; at most %(most)s are read. Remove pictures and sheets that "
                "do not belong to the table, or split it."
            )
            % {"size": megabytes(size), "most": megabytes(MAX_BYTES)}
        )
    start = file.read(4096)
    _refuse_others(start, name)
    if start.startswith(b"PK"):
        return _workbook(file, name)
    return _text(file, name, encoding)


def _refuse_others(start: bytes, name: str) -> None:
    wanted = _("Save the table as .xlsx or CSV and upload that.")
    if start.startswith(_OLE) or start.startswith(_OLD_EXCEL):
        if PurePath(name).suffix.lower() in (".xlsx", ".xlsm"):
            raise FileRefused(
                _(
                    "The file is named .xlsx, but holds an old Excel workbook (.xls) or one with a "
                    "password. Open it in Excel, remove the password, choose “Save as” and “Excel "
                    "workbook (.xlsx)”, and upload that."
                )
            )
        raise FileRefused(
            _("The file is an old Excel workbook (.xls) or one with a password.") + f" {wanted}"
        )
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        raise FileRefused(_("The file is a PDF.") + f" {wanted}")
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"{\\rtf")):
        raise FileRefused(
            _("The file holds a web page or XML, which some programs save as .xls or .csv.")
            + f" {wanted}"
        )


def _kept(name: str, rows: Iterable[Numbered]) -> Iterator[Row]:
    """Rows with something in them, within the limits."""
    kept = 0
    for number, cells in rows:
        width = len(cells)
        while width and is_empty(cells[width - 1]):
            width -= 1
        if not width:
            continue
        kept += 1
        if kept > MAX_ROWS:
            raise _too_many_rows(name)
        if width > MAX_COLUMNS:
            raise _too_many_columns(name, number)
        yield Row(name, number, cells if width == len(cells) else cells[:width])


def _too_many_rows(sheet: str) -> FileRefused:
    if not sheet:
        found = _("The file has more than %(most)s rows. Split the table into several files.")
    else:
        found = _(
            "The sheet “%(sheet)s” has more than %(most)s rows. Split the table into several files."
        )
    return FileRefused(found % {"sheet": sheet[:60], "most": f"{MAX_ROWS:,}"})


def _too_many_columns(sheet: str, row: int) -> FileRefused:
    if not sheet:
        found = _(
            "Row %(row)s has more than %(most)s columns. Remove columns that do not belong to the "
            "table."
        )
    else:
        found = _(
            "Row %(row)s of the sheet “%(sheet)s” has more than %(most)s columns. Remove columns "
            "that do not belong to the table."
        )
    return FileRefused(found % {"sheet": sheet[:60], "row": row, "most": MAX_COLUMNS})


def _text(file: BinaryIO, name: str, encoding: str) -> Book:
    found = encoding if encoding in ENCODINGS else detect(file)
    delimiter, skipped = _delimiter(file, found)

    def rows() -> Iterator[Numbered]:
        lines = open_text(file, found)
        number = skipped
        try:
            for _line in range(skipped):
                lines.readline()
            try:
                for cells in csv.reader(lines, delimiter=delimiter):
                    number += 1
                    yield number, tuple([composed(cell[:MAX_CELL], found) for cell in cells])
            except csv.Error as error:
                raise FileRefused(
                    _(
                        "Row %(row)s cannot be read: a cell is longer than any real one. A "
                        "quotation mark is probably not closed there or in a row above."
                    )
                    % {"row": number + 1}
                ) from error
        finally:
            # Whoever stopped midway may have closed the file already.
            if not file.closed:
                lines.detach()

    sheet = Sheet("", about=_lines(file), _rows=rows)
    return Book(name, "csv", [sheet], encoding=found, delimiter=delimiter)


def _lines(file: BinaryIO) -> int:
    file.seek(0)
    lines, end = 0, b""
    while piece := file.read(_PIECE):
        lines += piece.count(b"\n")
        end = piece.rstrip(b"\x00")[-1:]
    return lines if end == b"\n" else lines + 1


def _delimiter(file: BinaryIO, encoding: str) -> tuple[str, int]:
    """What separates cells, and how many lines say so before the table (Excel's "sep=;")."""
    lines = open_text(file, encoding)
    try:
        start = lines.read(100_000).lstrip("\ufeff")
    finally:
        lines.detach()
    first = start.splitlines()[0] if start else ""
    if first.lower().startswith("sep=") and first[4:5] in tuple(_DELIMITERS):
        return first[4], 1
    best, most = ",", (0, 0)
    for sign in _DELIMITERS:
        widths = _widths(start, sign)
        wide = [width for width in widths if width > 1]
        usual = max(wide, key=wide.count, default=0)
        score = (wide.count(usual), usual)
        if score > most:
            best, most = sign, score
    return best, 0


def _widths(start: str, sign: str) -> list[int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(io.StringIO(start, newline=""), delimiter=sign):
            widths.append(len(cells))
            if len(widths) >= _SAMPLE_LINES:
                break
    except csv.Error:
        return widths
    return widths


def _workbook(file: BinaryIO, name: str) -> Book:
    seen = looked_through(file)
    try:
        reader = ExcelReader(file, read_only=True, data_only=False)
        reader.read()
    except Exception as error:
        # A parser of other people's bytes: whatever it stumbles over, the file is at fault.
        raise _damaged() from error
    book = reader.wb
    if not book.worksheets:
        raise FileRefused(_("The workbook has no sheet with cells."))
    if len(book.sheetnames) > MAX_SHEETS:
        raise FileRefused(
            _("The workbook has %(count)s sheets; at most %(most)s are read.")
            % {"count": len(book.sheetnames), "most": MAX_SHEETS}
        )
    sheets = []
    for page in book.worksheets:
        # The stated dimension is often wrong, and padding to it can be made very expensive.
        page.reset_dimensions()
        told = seen.get(page._worksheet_path, Seen())
        sheets.append(
            Sheet(
                page.title,
                is_hidden=page.sheet_state != "visible",
                about=told.rows,
                merges=told.merges,
                _rows=lambda page=page, told=told: _filled(_sheet_rows(page, told), told.merges),
            )
        )
    return Book(name, "xlsx", sheets, _book=book)


def _damaged() -> FileRefused:
    return FileRefused(
        _(
            "The workbook is damaged: its sheets cannot be read. Open it in Excel or LibreOffice, "
            "save it anew as .xlsx and upload that."
        )
    )


def _sheet_rows(page: Any, told: Seen) -> Iterator[Numbered]:
    if not told.is_in_order:
        raise _damaged()
    percent: dict[int, bool] = {}
    try:
        for number, cells in enumerate(page.iter_rows(), start=1):
            values = [_value(cell, percent) for cell in cells[:MAX_COLUMNS]]
            # Something beyond the columns that are read stands in the first of them: it is refused.
            beyond = (cell for cell in cells[MAX_COLUMNS:] if cell.value is not None)
            values.extend(_value(cell, percent) for cell in islice(beyond, 1))
            yield number, tuple(values)
    except Exception as error:
        # As above: the reader meets the file's faults only when it comes to them.
        raise _damaged() from error


def _value(cell: Any, percent: dict[int, bool]) -> Value:
    value = cell.value
    if value is None:
        return None
    kind = cell.data_type
    if kind == "n" and isinstance(value, int | float):
        style = cell._style_id
        if style not in percent:
            percent[style] = "%" in (cell.number_format or "")
        # Exact as the file writes it: 0.07 shown as 7 % is not 7.000000000000001.
        return Percent(Decimal(repr(value)).scaleb(2)) if percent[style] else value
    if kind == "f":
        return Formula(str(getattr(value, "text", None) or value))
    if kind == "e":
        return Fault(value)
    return value[:MAX_CELL] if isinstance(value, str) else value


def _filled(rows: Iterable[Numbered], merges: list[Merge]) -> Iterator[Numbered]:
    """Cells merged over several rows have their value in each: that is what a person sees."""
    starting: dict[int, list[tuple[int, int]]] = {}
    for left, top, right, bottom in merges:
        if left == right and bottom > top and left <= MAX_COLUMNS:
            starting.setdefault(top, []).append((left - 1, bottom))
    open_spans: dict[int, tuple[int, Value]] = {}
    for number, cells in rows:
        if open_spans:
            cells = _with_spans(cells, number, open_spans)
        for place, bottom in starting.get(number, ()):
            if place < len(cells) and cells[place] is not None:
                open_spans[place] = (bottom, cells[place])
        yield number, cells


def _with_spans(
    cells: tuple[Value, ...], number: int, spans: dict[int, tuple[int, Value]]
) -> tuple[Value, ...]:
    found = list(cells)
    # A row that is empty but for the span is no row of its own.
    is_blank = all(is_empty(cell) for cell in cells)
    for place, (bottom, value) in list(spans.items()):
        if number > bottom:
            del spans[place]
        elif not is_blank:
            found.extend([None] * (place + 1 - len(found)))
            if is_empty(found[place]):
                found[place] = value
    return tuple(found)
