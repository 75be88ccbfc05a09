"""Which column of a file is which: headings found below titles, matched by name, read by parser."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext_noop
from openpyxl.utils import get_column_letter

from indicators.imports.archives import Merge
from indicators.imports.cells import (
    CellRefused,
    Problem,
    Value,
    is_empty,
    plain,
    shown,
    word,
)
from indicators.imports.numbers import decimal_sign
from indicators.imports.reading import Row, Sheet

_HEAD_WITHIN = 30
_SIGN_WITHIN = 2000
_KNOWN = 5000


@dataclass(frozen=True)
class Column:
    """A column that a table may have. `parse` gives a cell's meaning or raises CellRefused.

    `label` is what the mapping screen calls it, `aliases` are further headings it is known by.
    `parse` of a column of numbers (`is_number`) takes the file's decimal sign as `sign`.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    parse: Callable[..., Any] = word
    is_required: bool = False
    is_number: bool = False
    help: str = ""

    def read(self, value: Value, sign: str = "") -> Any:
        """The cell's meaning. Raises CellRefused, also for an empty cell of a required column."""
        if self.is_required and is_empty(value):
            raise CellRefused(gettext_noop("The cell is empty, but this column is needed."))
        return self.parse(value, sign=sign) if self.is_number else self.parse(value)


@dataclass(frozen=True, slots=True)
class Head:
    """The row of headings: its number (0 where a file has none) and a name for every column.

    A heading merged over columns names each of them; a column without a heading is called after
    its letter ("column C"), and of two alike the second gets a number.
    """

    row: int
    headings: tuple[str, ...]


@dataclass(slots=True)
class Record:
    """A row as `values` by column name, and what is wrong with it. Values are missing where a
    cell was refused."""

    row: Row
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def head_of(sheet: Sheet, columns: Iterable[Column]) -> Head:
    """Find the headings among the first rows: where most cells are names of `columns`."""
    known = _known(columns)
    first = list(islice(sheet, _HEAD_WITHIN))
    best, most = None, 0
    for row in first:
        found = {known[key][0] for cell in row.cells if (key := key_of(plain(cell))) in known}
        if len(found) > most:
            best, most = row, len(found)
    if best is None:
        best = next((row for row in first if sum(not is_empty(c) for c in row.cells) > 1), None)
    if best is None:
        best = first[0] if first else Row(sheet.name, 0, ())
    width = max((len(row.cells) for row in first), default=0)
    by_number = {row.number: row for row in first}
    below, above = by_number.get(best.number + 1), by_number.get(best.number - 1)
    if below is not None and _continues(best, below, sheet.merges):
        return Head(below.number, _headings(best, below, width, sheet.merges))
    if above is not None and _spans(above, sheet.merges) and len(above.cells) > 1:
        return Head(best.number, _headings(above, best, width, sheet.merges))
    return Head(best.number, _headings(None, best, width, sheet.merges))


def match(headings: Sequence[str], columns: Iterable[Column]) -> dict[str, int]:
    """The place (from 0) of every column that a heading names; words in brackets may be missing."""
    columns = tuple(columns)
    found: dict[str, int] = {}
    # A heading that is a column's own name goes before one that is only an alias of it.
    _take(headings, _known(replace(column, aliases=()) for column in columns), found)
    _take(headings, _known(columns), found)
    return found


def _take(headings: Sequence[str], known: Mapping[str, list[str]], found: dict[str, int]) -> None:
    shorter: tuple[Callable[[str], str], ...] = (
        lambda heading: heading,
        lambda heading: heading.partition("(")[0],
        lambda heading: heading.rpartition(": ")[2],
    )
    for shorten in shorter:
        for place, heading in enumerate(headings):
            if place in found.values():
                continue
            names = known.get(key_of(shorten(heading)), [])
            name = next((one for one in names if one not in found), None)
            if name is not None:
                found[name] = place


def rows_below(sheet: Sheet, head: Head) -> Iterator[Row]:
    """The rows of the table itself."""
    return sheet.below(head.row)


def sign_of(sheet: Sheet, head: Head, mapping: Mapping[str, int], columns: Iterable[Column]) -> str:
    """The decimal sign that the first two thousand rows give away in the columns of numbers."""
    places = [mapping[c.name] for c in columns if c.is_number and c.name in mapping]
    rows = islice(rows_below(sheet, head), _SIGN_WITHIN)
    return decimal_sign(row.cell(place) for row in rows for place in places)


def records(
    sheet: Sheet,
    head: Head,
    mapping: Mapping[str, int],
    columns: Iterable[Column],
    *,
    sign: str = "",
) -> Iterator[Record]:
    """Every row below the head, its mapped cells read; refused cells are problems of their record."""
    wanted = [(column, mapping[column.name], {}) for column in columns if column.name in mapping]
    for row in rows_below(sheet, head):
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for column, place, known in wanted:
            value = row.cells[place] if place < len(row.cells) else None
            # Codes, periods and the like repeat; what a text means is found out once.
            is_text = type(value) is str and not column.is_number
            if is_text and value in known:
                values[column.name] = known[value]
                continue
            try:
                found = values[column.name] = column.read(value, sign)
                if is_text and len(known) < _KNOWN and len(value) < 200:
                    known[value] = found
            except CellRefused as refusal:
                problems.append(
                    Problem(
                        row.sheet,
                        row.number,
                        _heading(head, place),
                        shown(value),
                        refusal.text,
                        refusal.details,
                    )
                )
        yield Record(row, values, problems)


def _heading(head: Head, place: int) -> str:
    return head.headings[place] if place < len(head.headings) else get_column_letter(place + 1)


def _known(columns: Iterable[Column]) -> dict[str, list[str]]:
    """Headings and the columns that may be meant, the likeliest first."""
    known: dict[str, list[str]] = {}
    for column in columns:
        for heading in (column.name, str(column.label), *column.aliases):
            names = known.setdefault(key_of(heading), [])
            if column.name not in names:
                names.append(column.name)
    known.pop("", None)
    return known


def key_of(heading: str) -> str:
    """Letters and digits alone, without case or accents of spelling: "Area code:" is "areacode"."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _spans(row: Row, merges: list[Merge]) -> set[int]:
    """The places that headings merged over several columns cover in a row. A title over the whole
    table is none."""
    wide = [(left, right) for left, top, right, _ in merges if top == row.number and right > left]
    found = {place for left, right in wide for place in range(left - 1, min(right, left + 200))}
    return found if len({plain(cell) for cell in row.cells if not is_empty(cell)}) > 1 else set()


def _continues(row: Row, below: Row, merges: list[Merge]) -> bool:
    """Whether the row below only divides the columns that headings of this row span."""
    spans = _spans(row, merges)
    further = [
        place
        for place, cell in enumerate(below.cells)
        if not is_empty(cell) and plain(cell) != plain(row.cell(place))
    ]
    return bool(further) and set(further) <= spans


def _headings(above: Row | None, row: Row, width: int, merges: list[Merge]) -> tuple[str, ...]:
    upper = _spread(above, merges) if above is not None else {}
    lower = _spread(row, merges)
    names: list[str] = []
    for place in range(width):
        parts = [upper.get(place, ""), lower.get(place, "")]
        name = ": ".join(dict.fromkeys(part for part in parts if part))
        name = name or f"column {get_column_letter(place + 1)}"
        again = sum(
            1 for earlier in names if earlier.rpartition(" (")[0] == name or earlier == name
        )
        names.append(f"{name} ({again + 1})" if again else name)
    return tuple(names)


def _spread(row: Row, merges: list[Merge]) -> dict[int, str]:
    """Headings by place, those of merged cells in every column they cover."""
    found = {
        place: " ".join(plain(cell).split())[:200]
        for place, cell in enumerate(row.cells)
        if not is_empty(cell)
    }
    for left, top, right, bottom in merges:
        if top <= row.number <= bottom and left - 1 in found:
            for place in range(left - 1, min(right, left + 200)):
                found.setdefault(place, found[left - 1])
    return found
