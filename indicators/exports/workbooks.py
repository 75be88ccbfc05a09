"""A workbook in pieces: the first of them leaves before a row is read.

A workbook is an archive of XML parts. xlsxwriter writes what surrounds the rows (styles, names, the
header, the pane that stays); the rows are written here, straight into the archive as it leaves.
xlsxwriter itself would hold the whole file back until its last row.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from indicators.exports.cells import Cell, digits, is_exact_as_double, neutral

LONGEST_CELL, MOST_ROWS = 32_767, 1_048_575
FULL = "This sheet is full and rows are missing. The CSV file has every row."
_AT_ONCE = 200
_SHEET = "xl/worksheets/sheet1.xml"
_END = b"</sheetData>"
# How much of it there is cannot be known before the rows; readers that trust it would stop there.
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
# XML has no way to write these; workbooks spell them _xHHHH_, and that spelling itself with one
# escape more (ECMA-376 part 1, 22.4.2.4).
_SPELLING = re.compile(r"_(?=x[0-9a-fA-F]{4}_)")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_pieces(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Values"
) -> Iterator[bytes]:
    """A workbook of one sheet; each piece can be sent as soon as it is there.

    Text is never taken for a formula or an address. A number whose digits a spreadsheet would not
    keep is written as text. Text beyond 32,767 characters is cut. A sheet has no more than
    1,048,576 rows: where there are more, its last row says so; the CSV has no limit.
    """
    parts = _frame(headers, sheet)
    before, _found, after = _DIMENSION.sub(b"", parts.pop(_SHEET)).partition(_END)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(_SHEET, "w") as page:
            page.write(before)
            yield sink.taken()
            for piece in _lines(headers, rows):
                page.write(piece.encode())
                if ready := sink.taken():
                    yield ready
            page.write(_END + after)
    yield sink.taken()


def xlsx_bytes(
    headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Values"
) -> bytes:
    """The workbook of `xlsx_pieces` whole, for tables of a screen's size."""
    return b"".join(xlsx_pieces(headers, rows, sheet=sheet))


class _Sink:
    """What the archive is written to: keeps what was written until it is taken."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._kept.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        data = b"".join(self._kept)
        self._kept.clear()
        return data


def _frame(headers: Sequence[str], sheet: str) -> dict[str, bytes]:
    """The parts of a workbook that has only its header, by name."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet[:31])
        page.freeze_panes(1, 0)
        page.set_column(0, len(headers) - 1, 16)
        bold = book.add_format({"bold": True})
        for column, header in enumerate(headers):
            page.write_string(0, column, neutral(str(header)), bold)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _lines(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The rows as XML, some at a time."""
    columns = [xl_col_to_name(place) for place in range(len(headers))]
    remaining = iter(rows)
    line = 2
    while line <= MOST_ROWS:
        some = list(islice(remaining, min(_AT_ONCE, MOST_ROWS + 1 - line)))
        if not some:
            return
        yield "".join(_line(columns, number, row) for number, row in enumerate(some, start=line))
        line += len(some)
    last = list(islice(remaining, 2))
    if len(last) > 1:
        last = [(FULL,)]
    yield "".join(_line(columns, line, row) for row in last)


def _line(columns: Sequence[str], number: int, row: Sequence[Cell]) -> str:
    cells = [
        _cell(f"{column}{number}", cell)
        for column, cell in zip(columns, row, strict=False)
        if cell is not None and cell != ""
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(place, neutral(cell)[:LONGEST_CELL])
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, int):
        return f'<c r="{place}"><v>{cell}</v></c>'
    if isinstance(cell, float):
        return f'<c r="{place}"><v>{cell!r}</v></c>'
    if hasattr(cell, "isoformat"):
        return _text(place, cell.isoformat())
    if is_exact_as_double(cell):
        return f'<c r="{place}"><v>{float(cell)!r}</v></c>'
    return _text(place, digits(cell))


def _text(place: str, text: str) -> str:
    if not text.isalnum():
        text = _SPELLING.sub("_x005F_", text)
        text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
        text = escape(text)
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
