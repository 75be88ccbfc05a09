"""Which column of a file is which: headings found below titles, matched by name, read by parser."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
        found = {known[key] for cell in row.cells if (key := _key(plain(cell))) in known}
        if len(found) > most:
            best, most = row, len(found)
    if best is None:
        best = next((row for row in first if sum(not is_empty(c) for c in row.cells) > 1), None)
    if best is None:
        best = first[0] if first else Row(sheet.name, 0, ())
    width = max((len(row.cells) for row in first), default=0)
    return Head(best.number, _headings(best, width, first, sheet.merges))


def match(headings: Sequence[str], columns: Iterable[Column]) -> dict[str, int]:
    """The place (from 0) of every column that a heading names; words in brackets may be missing."""
    known = _known(columns)
    found: dict[str, int] = {}
    shorter: tuple[Callable[[str], str], ...] = (
        lambda heading: heading,
        lambda heading: heading.partition("(")[0],
        lambda heading: heading.rpartition(": ")[2],
    )
    for shorten in shorter:
        for place, heading in enumerate(headings):
            if place in found.values():
                continue
            name = known.get(_key(shorten(heading)))
            if name is not None and name not in found:
                found[name] = place
    return found


def rows_below(sheet: Sheet, head: Head) -> Iterator[Row]:
    """The rows of the table itself."""
    return (row for row in sheet if row.number > head.row)


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
    wanted = [(column, mapping[column.name]) for column in columns if column.name in mapping]
    for row in rows_below(sheet, head):
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for column, place in wanted:
            value = row.cells[place] if place < len(row.cells) else None
            try:
                values[column.name] = column.read(value, sign)
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


def _known(columns: Iterable[Column]) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in columns:
        for word_ in (column.name, str(column.label), *column.aliases):
            known.setdefault(_key(word_), column.name)
    known.pop("", None)
    return known


def _key(heading: str) -> str:
    """Letters and digits alone, without case or accents of spelling: "Area code:" is "areacode"."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _headings(row: Row, width: int, first: list[Row], merges: list[Merge]) -> tuple[str, ...]:
    own = _spread(row, merges)
    above = next((_spread(r, merges) for r in first if r.number == row.number - 1), {})
    # A row of two cells above is a title; one that spans columns belongs to the headings.
    spans = any(top == row.number - 1 and right > left for left, top, right, _ in merges)
    names: list[str] = []
    for place in range(width):
        parts = [above.get(place, "") if spans and len(set(above.values())) > 1 else ""]
        parts.append(own.get(place, ""))
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
