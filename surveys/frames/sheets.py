"""Rows as codes: for every question the place of each row's answer among the distinct answers.

A million people who answered one of six things are a million bytes and six texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveys.stats.checks import translated

AREA, SOURCE, VERSION = ":area", ":source", ":version"
"""What a sheet says of a row beside its answers; the colon keeps them apart from questions."""
STRATUM, UNIT = ":stratum", ":unit"
"""How a person was drawn, where an imported file said so; "" for everybody else."""
FIELDS = {STRATUM: "stratum", UNIT: "sampling_unit"}


@dataclass(frozen=True, slots=True)
class Told:
    """All answers to one question: per row the place of its value among `values`, which is None
    for those without an answer."""

    places: NDArray[np.integer]
    values: list[Any]


def fitting(places: NDArray[np.integer], count: int) -> NDArray[np.integer]:
    """The same numbers, all below `count`, in the narrowest type."""
    return places.astype(np.min_scalar_type(max(count - 1, 0)), copy=False)


def chosen(table: NDArray, places: NDArray[np.integer]) -> NDArray:
    """`table[places]`, quick where both are single bytes."""
    if places.dtype == np.uint8 and table.dtype.kind in "iu" and table.dtype.itemsize == 1:
        return translated(places, table.view(np.uint8)).view(table.dtype)
    return np.take(table, places)


@dataclass(frozen=True, slots=True)
class Coded:
    """One column: per row the place of its text among `texts` (None where there is none)."""

    places: NDArray[np.integer]
    texts: list[str | None]

    def taken(self, rows: NDArray[np.intp]) -> Coded:
        """The same for some rows by number."""
        return Coded(np.take(self.places, rows), self.texts)

    def told(self) -> Told:
        """The texts read as JSON, each once; those that no row has are not there."""
        has = np.bincount(self.places, minlength=len(self.texts)) > 0
        return Told(
            self.places,
            [
                json.loads(text) if text is not None and is_used else None
                for text, is_used in zip(self.texts, has, strict=True)
            ],
        )

    @property
    def size(self) -> int:
        """Bytes, nearly."""
        return self.places.nbytes + sum(len(text or "") + 60 for text in self.texts)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows in the order of their keys, which are two halves of 64 bits each; columns of equal
    length by name: area, source, version and the codes of questions; numbers by name."""

    keys: NDArray[np.uint64]
    columns: Mapping[str, Coded]
    numbers: Mapping[str, NDArray[np.int64]]

    def __len__(self) -> int:
        return len(self.keys)

    def taken(self, rows: NDArray) -> Sheet:
        """Some of the rows, by mask or in another order by number."""
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        return Sheet(
            np.take(self.keys, rows, axis=0),
            {name: column.taken(rows) for name, column in self.columns.items()},
            {name: np.take(numbers, rows) for name, numbers in self.numbers.items()},
        )

    def ordered(self) -> Sheet:
        """The rows in the order of their keys."""
        return self.taken(_order(self.keys))

    def having(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which rows have one of these keys."""
        found = np.isin(self.keys[:, 0], keys[:, 0])
        alike = np.flatnonzero(found)
        found[alike] = np.isin(_in_one(self.keys[alike]), _in_one(keys))
        return found

    @property
    def size(self) -> int:
        """Bytes, nearly."""
        return (
            self.keys.nbytes
            + sum(column.size for column in self.columns.values())
            + sum(numbers.nbytes for numbers in self.numbers.values())
        )


def _order(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    high = keys[:, 0]
    # Stable, because what is two ordered runs is then merged and not sorted.
    order = np.argsort(high, kind="stable")
    if (np.diff(high[order]) == 0).any():
        order = np.lexsort((keys[:, 1], high))
    return order


def _in_one(keys: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(keys).view("S16")[:, 0]


class Gathered:
    """A column that grows piece by piece; every distinct text is kept once."""

    def __init__(self) -> None:
        self.texts: dict[str | None, int] = {}
        self.pieces: list[NDArray[np.integer]] = []

    def add(self, codes: NDArray[np.integer], texts: Iterable[str | None]) -> None:
        """Append rows by their places among `texts`."""
        table = [self.texts.setdefault(text, len(self.texts)) for text in texts]
        found = fitting(np.array(table, dtype=np.int64), len(self.texts))
        self.pieces.append(chosen(found, codes) if len(codes) else found[:0])

    def whole(self) -> Coded:
        """All pieces as one column."""
        texts = list(self.texts)
        empty = np.zeros(0, dtype=np.uint8)
        joined = np.concatenate(self.pieces) if self.pieces else empty
        return Coded(fitting(joined, len(texts)), texts)


def joined(sheet: Sheet, kept: NDArray[np.bool_], more: Sequence[Sheet]) -> Sheet:
    """Some rows of a sheet and those of others with the same columns, ordered; texts that none has
    left go."""
    keys = np.concatenate([sheet.keys, *(one.keys for one in more)])
    rows = np.flatnonzero(np.append(kept, np.ones(len(keys) - len(sheet), dtype=bool)))
    rows = rows[_order(np.take(keys, rows, axis=0))]
    return Sheet(
        np.take(keys, rows, axis=0),
        {
            name: _stacked([column, *(one.columns[name] for one in more)], rows)
            for name, column in sheet.columns.items()
        },
        {
            name: np.take(np.concatenate([numbers, *(one.numbers[name] for one in more)]), rows)
            for name, numbers in sheet.numbers.items()
        },
    )


def _stacked(columns: Sequence[Coded], rows: NDArray[np.intp]) -> Coded:
    """Columns one below the other, of which only some rows are taken, in their order."""
    gathered = Gathered()
    for column in columns:
        gathered.add(column.places, column.texts)
    whole = gathered.whole().taken(rows)
    used = np.bincount(whole.places, minlength=len(whole.texts)) > 0
    if used.all():
        return whole
    texts = [text for text, has in zip(whole.texts, used, strict=True) if has]
    return Coded(chosen(fitting(np.cumsum(used) - 1, len(texts)), whole.places), texts)


def keys_of(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Random keys, in hexadecimal digits with or without dashes, as two numbers each."""
    digits = "".join(texts).replace("-", "")
    found = np.frombuffer(bytes.fromhex(digits), dtype=">u8").reshape(-1, 2)
    return found.astype(np.uint64)


def factorized(values: Sequence[str | None]) -> tuple[NDArray[np.intp], list[str | None]]:
    """Places and distinct values, None among them where it occurs."""
    codes, distinct = pd.factorize(np.array(values, dtype=object))
    texts: list[str | None] = [*distinct]
    if (codes < 0).any():
        codes = np.where(codes < 0, len(texts), codes)
        texts.append(None)
    return codes, texts
