"""Respondents as columns of codes or numbers: only the columns a plan needs, read row by row.

A spreadsheet's numbering is used in sentences: the head of a CSV is row 1.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveys.errors import InputRefused

from .codes import code, listed, number_of

LARGEST_BYTES = 8 * 1024**3
MOST_ROWS = 20_000_000
STEP = 20_000
TEXT = (".csv", ".tsv", ".txt")
KINDS = "CSV (.csv, .tsv, .txt, also with .gz), Parquet (.parquet) and SPSS (.sav, .zsav)"
_DELIMITERS = ",;\t|"

Codes = NDArray[np.int32]
Heard = Callable[[int], None]
Chosen = Callable[[list[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Table:
    """Columns by name: a categorical of code texts (blank is missing), or doubles (blank is NaN).

    `first_row` is what a person calls the row of the first respondent.
    """

    name: str
    n: int
    first_row: int
    codes: Mapping[str, pd.Categorical] = field(repr=False)
    numbers: Mapping[str, NDArray[np.float64]] = field(repr=False)

    def row(self, place: int) -> str:
        """A respondent in words, for a sentence."""
        return f"row {place + self.first_row:,} of {self.name}"

    def first(self, flags: NDArray[np.bool_]) -> str:
        """The row of the first respondent flagged."""
        return self.row(int(np.flatnonzero(flags)[0]))


def read_table(
    path: Path,
    needed: Mapping[str, str] | Chosen,
    numeric: frozenset[str] = frozenset(),
    heard: Heard | None = None,
) -> Table:
    """The needed columns of a file. `needed` says which place of the plan needs each, or gives that
    for the names in the file's head; `heard` is told now and then how many rows were read. Raises
    `InputRefused`."""
    from . import formats

    size = size_of(path)
    if size > LARGEST_BYTES:
        raise InputRefused(
            f"The file {path.name} has {size / 1024**3:.1f} GiB; {LARGEST_BYTES // 1024**3} are the "
            "limit. Keep only the columns that the plan needs."
        )
    gathered = Gathered(path.name, needed, numeric, heard or (lambda rows: None))
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        formats.read_parquet(path, gathered)
        return gathered.table(first_row=1)
    if suffix in (".sav", ".zsav"):
        formats.read_sav(path, gathered)
        return gathered.table(first_row=1)
    if suffix in TEXT or (suffix == ".gz" and Path(path.stem).suffix.lower() in TEXT):
        _read_text(path, gathered)
        return gathered.table(first_row=2)
    raise InputRefused(f"The file {path.name} is of a kind that is not read here. Hand in {KINDS}.")


class Gathered:
    """Columns growing step by step, every text kept once."""

    def __init__(
        self,
        name: str,
        needed: Mapping[str, str] | Chosen,
        numeric: frozenset[str],
        heard: Heard,
    ) -> None:
        self.name = name
        self.numeric = numeric
        self.heard = heard
        self.n = 0
        self._chosen = needed
        self.needed: Mapping[str, str] = {}
        self._texts: dict[str, dict[str, int]] = {}
        self._codes: dict[str, list[Codes]] = {}
        self._numbers: dict[str, list[NDArray[np.float64]]] = {}

    def require(self, head: list[str]) -> dict[str, int]:
        """The place of every needed column in a file's head."""
        self.needed = self._chosen(head) if callable(self._chosen) else self._chosen
        self.numeric &= set(self.needed)
        self._texts = {name: {} for name in self.needed}
        self._codes = {name: [] for name in self.needed}
        self._numbers = {name: [] for name in self.needed}
        for name, place in self.needed.items():
            if name in head:
                continue
            near = get_close_matches(name, head, n=1)
            hint = f" Is it {near[0]}?" if near else f" Its columns are {listed(head)}."
            raise InputRefused(
                f"The file {self.name} has no column {name}, which {place} needs.{hint}"
            )
        for name in self.needed:
            if head.count(name) > 1:
                raise InputRefused(
                    f"The file {self.name} has the column {name} {head.count(name)} times. Rename "
                    "all but one."
                )
        return {name: head.index(name) for name in self.needed}

    def add_texts(self, name: str, values: list[str], first_row: int) -> None:
        """More values of a column, as texts."""
        if name in self.numeric:
            self._numbers[name].append(self._as_numbers(name, values, first_row))
            return
        table = self._texts[name]
        # One look-up per cell; a text is written down once.
        found = [table.setdefault(value, len(table)) for value in values]
        self._codes[name].append(np.array(found, dtype=np.int32))

    def add_series(self, name: str, values: pd.Series, first_row: int) -> None:
        """More values of a column, of whatever type a file stores."""
        if name in self.numeric and values.dtype.kind in "iufb":
            numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
            if np.isinf(numbers).any():
                place = int(np.flatnonzero(np.isinf(numbers))[0])
                raise self._no_number(name, self.n + place + first_row, "infinite")
            self._numbers[name].append(numbers)
            return
        if values.dtype.kind == "b":
            values = values.astype("int8")
        try:
            places, levels = pd.factorize(values, use_na_sentinel=True)
        except TypeError as error:
            raise InputRefused(
                f"The column {name} of {self.name} holds lists or structures, not single values."
            ) from error
        texts = [
            level.decode("utf-8", "replace") if isinstance(level, bytes) else code(level)
            for level in levels
        ]
        texts.append("")
        self.add_texts(name, [texts[place] for place in places], first_row)

    def count(self, rows: int) -> None:
        """Say that a step of rows is complete."""
        self.n += rows
        if self.n > MOST_ROWS:
            raise InputRefused(
                f"The file {self.name} has more than {MOST_ROWS:,} rows, the limit of this command."
            )
        self.heard(self.n)

    def _as_numbers(self, name: str, values: list[str], first_row: int) -> NDArray[np.float64]:
        found = np.full(len(values), np.nan)
        for place, value in enumerate(values):
            text = value.strip()
            if not text:
                continue
            number = number_of(text)
            if number is None:
                raise self._no_number(name, self.n + place + first_row, text)
            found[place] = number
        return found

    def _no_number(self, name: str, row: int, text: str) -> InputRefused:
        return InputRefused(
            f"The file {self.name} has {text[:40]!r} in row {row:,} of {name}, where "
            f"{self.needed[name]} needs a number such as 1.25."
        )

    def table(self, *, first_row: int) -> Table:
        """What was gathered. Raises `InputRefused` when nobody was."""
        if not self.n:
            raise InputRefused(f"The file {self.name} has a head and no respondent below it.")
        columns: dict[str, pd.Categorical] = {}
        for name, texts in self._texts.items():
            if name in self.numeric:
                continue
            levels: dict[str, int] = {}
            # Texts that say the same code share a level; a blank stays -1.
            lookup = np.full(len(texts), -1, dtype=np.int32)
            for text, place in texts.items():
                if known := code(text):
                    lookup[place] = levels.setdefault(known, len(levels))
            places = np.concatenate(self._codes[name])
            columns[name] = pd.Categorical.from_codes(lookup[places], categories=list(levels))
        numbers = {name: np.concatenate(self._numbers[name]) for name in self.numeric}
        return Table(self.name, self.n, first_row, columns, numbers)


def size_of(path: Path) -> int:
    """Bytes of a file. Raises `InputRefused` for one that is not there, or is empty."""
    if not path.is_file():
        raise InputRefused(f"There is no file {path}.")
    size = path.stat().st_size
    if not size:
        raise InputRefused(f"The file {path.name} is empty.")
    return size


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """A text file in UTF-8, unpacked where it is packed."""
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield file  # type: ignore[misc]
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file


@contextmanager
def sentences_for(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a text is read into sentences."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputRefused(_not_utf8(path, error)) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputRefused(f"The file {path.name} cannot be unpacked: {error}.") from error
    except OSError as error:
        raise InputRefused(f"The file {path.name} cannot be read: {error.strerror}.") from error


def _not_utf8(path: Path, error: UnicodeDecodeError) -> str:
    byte, line = error.object[error.start], 1
    opener: Any = gzip.open if path.suffix.lower() == ".gz" else open
    with opener(path, "rb") as file:
        for raw in file:
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as found:
                byte = raw[found.start]
                break
            line += 1
    return (
        f"The file {path.name} is not UTF-8: line {line:,} has the byte {byte:#04x}. Save it as "
        "CSV in UTF-8."
    )


def delimiter_of(head: str) -> str:
    """The sign between the cells of a CSV: the most frequent of four in its first line."""
    bare = "".join(head.split('"')[::2])
    return max(_DELIMITERS, key=lambda sign: (bare.count(sign), sign == ","))


def rows_of(file: IO[str], name: str) -> Iterator[list[str]]:
    """The rows of an open CSV. Raises `InputRefused` naming the line that is none."""
    head = file.readline()
    if "\x00" in head:
        raise InputRefused(f"The file {name} is no text: its first line holds a zero byte.")
    reader = csv.reader(
        _again(head, file), delimiter=delimiter_of(head), strict=True, skipinitialspace=True
    )
    try:
        yield from reader
    except csv.Error as error:
        raise InputRefused(
            f"The file {name} is no CSV in line {reader.line_num:,}: {error}."
        ) from error


def _again(head: str, file: IO[str]) -> Iterator[str]:
    yield head
    yield from file


def _read_text(path: Path, gathered: Gathered) -> None:
    with sentences_for(path), opened(path) as file:
        rows = rows_of(file, path.name)
        head = [cell.strip() for cell in next(rows, [])]
        if not any(head):
            raise InputRefused(f"The file {path.name} has no head: its first line is empty.")
        places = gathered.require(head)
        is_over = False
        while step := list(islice(rows, STEP)):
            is_over = _check_widths(step, len(head), gathered, is_over)
            for name, place in places.items():
                gathered.add_texts(name, [row[place] for row in step], 2)
            gathered.count(len(step))


def _check_widths(step: list[list[str]], width: int, gathered: Gathered, is_over: bool) -> bool:
    """Whether the file is over: empty lines may stand at its end, nowhere else."""
    if not is_over and all(len(row) == width for row in step):
        return False
    kept = len(step)
    for place, row in enumerate(step):
        number = gathered.n + place + 2
        if not any(row):
            if not is_over:
                kept, is_over = place, True
        elif is_over:
            raise InputRefused(f"The file {gathered.name} has an empty line above row {number:,}.")
        elif len(row) != width:
            raise InputRefused(
                f"The file {gathered.name} has {len(row)} cells in row {number:,} and {width} in its "
                "head."
            )
    del step[kept:]
    return is_over
