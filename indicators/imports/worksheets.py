"""The cells of a worksheet, read from its XML as they come.

openpyxl knows the workbook: its sheets, styles, dates and formulas. Its own way through a sheet
makes an object of every cell in pure Python, which takes longer than all else that an import does
with the row; here ordinary cells are read directly, and only what is special is left to it.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import IO
from xml.etree.ElementTree import Element, iterparse
from xml.parsers import expat

from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from indicators.imports.cells import Fault, Formula, Percent, Value
from indicators.imports.limits import MAX_CELL, MAX_COLUMNS

_MAIN = f"{{{SHEET_MAIN_NS}}}"
_DATA, _ROW, _CELL, _WRITTEN, _INLINE = (
    f"{_MAIN}{tag}" for tag in ("sheetData", "row", "c", "v", "is")
)
_TABLE, _STRING, _TEXT = (f"{_MAIN}{tag}" for tag in ("sst", "si", "t"))
_DIGITS = "0123456789"
# What Excel itself can hold.
_MOST_ROWS, _MOST_CELLS = 1_048_576, 16_384


class Reader(ExcelReader):
    """Opens a workbook whose sheets are then read from the first row to the last."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, read_only=True, data_only=False)
        self.read()

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            self.shared_strings = [
                # An escaped underscore, as openpyxl reads it.
                _text(element).replace("x005F_", "")
                for element in _elements(source, _TABLE, _STRING)
                if element.tag == _STRING
            ]


def rows_of(page: ReadOnlyWorksheet) -> Iterator[tuple[int, tuple[Value, ...]]]:
    """The number of each row that the sheet has, and its cells from column A.

    Something in a column beyond those that are read stands in the first of these. Raises whatever
    the XML's faults lead to.
    """
    cells = _Cells(page)
    with page._get_source() as source:
        for element in _elements(source, _DATA, _ROW):
            if element.tag == _CELL:
                cells.take(element)
            elif element.tag == _ROW:
                yield cells.row(element)


class _Cells:
    """Collects the cells of one row after another."""

    def __init__(self, page: ReadOnlyWorksheet) -> None:
        book = page.parent
        self.page, self.strings = page, page._shared_strings
        self.number = self.place = self.taken = 0
        self.values: list[Value] = []
        self.places: dict[str, int] = {}
        self.styles: dict[str, str] = {}
        self.special = WorkSheetParser(
            None,
            self.strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )

    def row(self, element: Element) -> tuple[int, tuple[Value, ...]]:
        """The row that ends with this element."""
        before, number = self.number, element.get("r")
        self.number = before + 1 if number is None else int(float(number))
        if not before < self.number <= _MOST_ROWS:
            raise ValueError(f"Row {number} stands below row {before}.")
        values = tuple(self.values)
        self.values, self.place, self.taken = [], 0, 0
        return self.number, values

    def take(self, element: Element) -> None:
        """Put a cell where it belongs."""
        self.taken += 1
        if self.taken > _MOST_CELLS:
            raise ValueError(f"A row has more than {_MOST_CELLS} cells.")
        coordinate = element.get("r")
        place = self.place if coordinate is None else self._place(coordinate)
        self.place = place + 1
        value = self._value(element)
        if value is None:
            return
        values, place = self.values, min(place, MAX_COLUMNS)
        if place < len(values):
            values[place] = value
            return
        if place > len(values):
            values.extend([None] * (place - len(values)))
        values.append(value)

    def _place(self, coordinate: str) -> int:
        letters = coordinate.rstrip(_DIGITS)
        place = self.places.get(letters)
        if place is None:
            place = self.places[letters] = column_index_from_string(letters) - 1
        return place

    def _value(self, element: Element) -> Value:
        if len(element) != 1:
            return self._special(element) if len(element) else None
        child, kind = element[0], element.get("t", "n")
        if child.tag == _WRITTEN and (written := child.text):
            if kind == "s":
                return self.strings[int(written)][:MAX_CELL]
            if kind == "str":
                return written[:MAX_CELL]
            if kind == "n" and (style := self._style(element.get("s", "0"))) != "date":
                return _shown(_number(written), style)
        elif child.tag == _INLINE and kind == "inlineStr":
            return _text(child)[:MAX_CELL]
        return self._special(element)

    def _special(self, element: Element) -> Value:
        """Formulas, dates, errors and whatever else openpyxl understands."""
        found = self.special.parse_cell(element)
        value = found["value"]
        if value is None:
            return None
        kind = found["data_type"]
        if kind == "f":
            return Formula(str(getattr(value, "text", None) or value))
        if kind == "e":
            return Fault(value)
        if kind == "n" and isinstance(value, int | float):
            return _shown(value, self._style(element.get("s", "0")))
        return value[:MAX_CELL] if isinstance(value, str) else value

    def _style(self, number: str) -> str:
        """What a number of this style is shown as: "date", "percent" or "" for a number."""
        if number not in self.styles:
            style = int(number)
            if style in self.page.parent._date_formats:
                self.styles[number] = "date"
            else:
                shown = ReadOnlyCell(self.page, 1, 1, None, "n", style).number_format or ""
                self.styles[number] = "percent" if "%" in shown else ""
        return self.styles[number]


def _number(written: str) -> int | float:
    is_whole = not ("." in written or "E" in written or "e" in written)
    return int(written) if is_whole else float(written)


def _shown(value: float, style: str) -> Value:
    # Exact as the file writes it: 0.07 shown as 7 % is not 7.000000000000001.
    return Percent(Decimal(repr(value)).scaleb(2)) if style == "percent" else value


def _text(element: Element) -> str:
    """The text of an element, whatever parts of it are formatted how."""
    if len(element) == 1 and element[0].tag == _TEXT:
        return element[0].text or ""
    return str(Text.from_tree(element).content)


def _elements(source: IO[bytes], around: str, each: str) -> Iterator[Element]:
    """Every element until the one `around` them ends; what is within one `each` is held so long.

    The standard library's parser in C: entities, the danger in XML, need a document type, and a
    part that has one is refused before.
    """
    _refuse_doctype(source)
    outer: Element | None = None
    for event, element in iterparse(source, ("start", "end")):  # noqa: S314
        if event == "start":
            if element.tag == around:
                outer = element
            continue
        yield element
        if element is outer:
            return
        if element.tag == each and outer is not None:
            outer.clear()


def _refuse_doctype(source: IO[bytes]) -> None:
    """Raise ValueError for a document type; it could only stand before the first element."""
    begun: list[str] = []

    def refuse(*_words: object) -> None:
        raise ValueError("A part of the workbook has a document type.")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, _attributes: begun.append(tag)
    while not begun and (piece := source.read(4096)):
        parser.Parse(piece)
    source.seek(0)
