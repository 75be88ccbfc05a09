"""Holding a whole table column by column in little memory, as `.sav` needs it.

Numbers take four or eight bytes a cell. Texts are held once where they repeat, and are cut when
all of them together grow too large; who asks is told to which length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from sys import getsizeof
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from surveys.errors import ExportRefused
from surveys.exports.labels import cut, encoded
from surveys.exports.variables import CODED, DAY, MISSING, MOMENT, NUMBER, TEXT, TIME, Variable
from surveys.questionnaire.expressions import days_of
from surveys.questionnaire.moments import seconds_of_moment, seconds_of_time

SECONDS_BEFORE_1970 = 12_219_379_200
"""SPSS counts the seconds since 1582-10-14, the day before the Gregorian calendar began."""
LIMITS = (32_767, 8_000, 2_000, 500, 250)
"""Bytes that a text may have: what SPSS takes, then less where there is too much of it."""
MOST_HELD = 128_000_000
"""Bytes of memory that texts take at once; whatever their length, each takes some fifty more."""
MOST_WRITTEN = 2_000_000_000
"""Bytes that all texts take in a file where every text is as long as the longest of its column."""
_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,6})\Z")
_EXACT = 2**53
_POOL = 4096
_NONE = float("nan")


class Misfit(ValueError):
    """A cell that the type of its column has no place for."""


class _Codes(dict[Any, float]):
    """Codes as they stand in cells to their numbers."""

    def __missing__(self, cell: Any) -> float:
        text = "" if cell is None else str(cell)
        if text and not _WHOLE.match(text):
            raise Misfit(text)
        self[cell] = float(text) if text else _NONE
        return self[cell]


class _Pool(dict[str, str]):
    """Texts that repeat, each held once; a limited number of them."""

    def __missing__(self, text: str) -> str:
        if len(self) < _POOL:
            self[text] = text
        return text


def _number(cell: Any) -> float:
    if cell == "":
        return _NONE
    if cell in MISSING:
        return float(cell)
    if isinstance(cell, int | float) and (isinstance(cell, float) or abs(cell) <= _EXACT):
        return float(cell)
    raise Misfit(str(cell))


def _day(cell: Any) -> float:
    text = cell.isoformat() if isinstance(cell, date) else cell
    days = days_of(text) if isinstance(text, str) and len(text) == 10 else None
    return _moment(cell, None if days is None else days * 86_400)


def _moment_of(cell: Any) -> float:
    return _moment(cell, seconds_of_moment(cell) if isinstance(cell, str) else None)


def _moment(cell: Any, seconds: int | None) -> float:
    return float(seconds + SECONDS_BEFORE_1970) if seconds is not None else _blank_or_missing(cell)


def _time(cell: Any) -> float:
    seconds = seconds_of_time(cell) if isinstance(cell, str) else None
    return float(seconds) if seconds is not None else _blank_or_missing(cell)


def _blank_or_missing(cell: Any) -> float:
    if cell is None or cell == "":
        return _NONE
    if cell in MISSING:
        return float(cell)
    raise Misfit(str(cell))


def _written(storage: str, number: float) -> str:
    """The cell that a number was made from."""
    if np.isnan(number):
        return ""
    if storage in (CODED, NUMBER) or number in (-9, -8, -7):
        return str(int(number)) if float(number).is_integer() else repr(float(number))
    if storage == TIME:
        return f"{int(number) // 3600:02d}:{int(number) // 60 % 60:02d}"
    moment = timedelta(seconds=number - SECONDS_BEFORE_1970)
    day = date(1970, 1, 1) + timedelta(days=moment.days)
    if storage == DAY:
        return day.isoformat()
    return f"{day.isoformat()}T{moment.seconds // 3600:02d}:{moment.seconds // 60 % 60:02d}"


class HeldColumn:
    """The cells of one column. `storage` becomes "text" when a cell fits nothing else.

    `width` is that of its longest text in bytes, `cut` counts texts that were shortened, and
    `unlabelled` are codes whose meaning could not be stored.
    """

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.storage = variable.storage
        self.width = 1
        self.held = 0
        self.cut = 0
        self.unlabelled: list[str] = []
        self._numbers: list[np.ndarray] = []
        self._texts: list[str] = []
        self._codes = _Codes()
        self._pool = _Pool()

    def add(self, cells: Sequence[Any], limit: int) -> None:
        """Take up the next cells; texts are cut to `limit` bytes."""
        if self.storage != TEXT:
            try:
                self._numbers.append(self._converted(cells))
                return
            except Misfit:
                self._become_text(limit)
        for cell in cells:
            self._add_text("" if cell is None else str(cell), limit)

    def _converted(self, cells: Sequence[Any]) -> np.ndarray:
        if self.storage == CODED:
            return np.array([self._codes[cell] for cell in cells], dtype=np.float32)
        convert = _CONVERSIONS[self.storage]
        return np.array([convert(cell) for cell in cells], dtype=np.float64)

    def _become_text(self, limit: int) -> None:
        storage, self.storage = self.storage, TEXT
        for part in self._numbers:
            for number in part:
                self._add_text(_written(storage, float(number)), limit)
        self._numbers.clear()

    def _add_text(self, text: str, limit: int) -> None:
        known = self._pool.get(text)
        if known is not None:
            self._texts.append(known)
            return
        clean = text.replace("\x00", "")
        raw = encoded(clean)
        if len(raw) > limit:
            self.cut += 1
            clean = cut(clean, limit)
            raw = encoded(clean)
        elif not clean.isascii():
            # Half of a surrogate pair has become a question mark.
            clean = raw.decode()
        self.width = max(self.width, len(raw))
        self.held += getsizeof(clean)
        self._texts.append(self._pool[clean] if clean == text else clean)

    def shorten(self, limit: int) -> None:
        """Cut the texts taken up so far."""
        if self.storage != TEXT or self.width <= limit:
            return
        before, self._texts = self._texts, []
        # What was cut before is longer than the new limit too, so it is counted again.
        self.width, self.held, self.cut = 1, 0, 0
        self._pool.clear()
        for text in before:
            self._add_text(text, limit)

    def series(self) -> pd.Series:
        """All cells as a column of a frame; they are let go here."""
        if self.storage == TEXT:
            found = pd.Series(self._texts, dtype="str")
        else:
            dtype = np.float32 if self.storage == CODED else np.float64
            found = pd.Series(np.concatenate([np.empty(0, dtype), *self._numbers]))
        self._numbers, self._texts = [], []
        return found


_CONVERSIONS: dict[str, Callable[[Any], float]] = {
    NUMBER: _number,
    DAY: _day,
    TIME: _time,
    MOMENT: _moment_of,
}


class Held:
    """A whole table, taken up in steps."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self.columns = [HeldColumn(variable) for variable in variables]
        self.rows = 0
        self._limits = iter(LIMITS)
        self.limit = next(self._limits)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take up some rows. Raises `ExportRefused` when their texts are too much to hold."""
        for column, cells in zip(self.columns, zip(*rows, strict=True), strict=True):
            column.add(cells, self.limit)
        self.rows += len(rows)
        while sum(column.held for column in self.columns) > MOST_HELD:
            if not self._shorten():
                raise ExportRefused(
                    _(
                        "The texts that people wrote in this wave are too much for an SPSS file "
                        "of ours, even cut to %(bytes)s bytes each. Take the CSV file: it has no "
                        "limit."
                    )
                    % {"bytes": self.limit}
                )

    def settle(self) -> None:
        """Cut texts until the file is of a bearable size."""
        while self.rows * sum(self._widths()) > MOST_WRITTEN and self._shorten():
            pass

    def _widths(self) -> list[int]:
        return [column.width for column in self.columns if column.storage == TEXT]

    def _shorten(self) -> bool:
        limit = next(self._limits, None)
        if limit is None:
            return False
        self.limit = limit
        for column in self.columns:
            column.shorten(limit)
        return True

    def frame(self) -> pd.DataFrame:
        """All columns under their variables' names."""
        found = {column.variable.name: column.series() for column in self.columns}
        return pd.DataFrame(found, copy=False)
