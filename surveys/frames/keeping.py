"""What the publisher remembers: the rows of the last waves it read, as codes, in this process only.

PostgreSQL never changes a row in place: whoever writes one leaves a new version, with the number of
the transaction (`xmin`) at a place of its own (`ctid`). Rows whose key, `xmin` and `ctid` are the
same say the same, whoever wrote what. So the table is looked at in parts of some hundred pages: one
pass counts the submitted rows of a wave in each part and adds up a hash of those three. Parts with
the same count and sum are taken from memory, the others are read again, in the same snapshot.

What a row is combined with (exclusions, versions, plan, weights) is never remembered. Neither is
free text. Nothing is written to disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, BooleanField, Count, IntegerField, Q, Sum
from django.db.models.expressions import RawSQL

from surveys.exports.columns import Alignment
from surveys.frames.reading import read
from surveys.frames.sheets import AREA, SOURCE, VERSION, Sheet, joined
from surveys.models.responses import ResponseQuerySet

logger = logging.getLogger(__name__)

PAGES = 256
"""Pages of a part: two megabytes of the table."""
UNUSED_SECONDS = 3600.0
_MEGABYTE = 1_000_000
_MANY = 0.5
_HASH, _PART = "hash", "part"

Sums = dict[int, tuple[int, int]]
"""Part to the number of its rows and the sum of their hashes modulo 2^64."""


def may_keep(table: Alignment, codes: Sequence[str]) -> bool:
    """Whether rows with these answers may and can be kept: no free text, PostgreSQL, switched on,
    and no transaction is open that would show its own unfinished work."""
    return (
        settings.PUBLISHING_KEEPS_MB > 0
        and connection.vendor == "postgresql"
        and not connection.in_atomic_block
        and not any(table.types[code] == "text" for code in codes if code in table.types)
    )


@dataclass(slots=True)
class _Held:
    """The rows of a wave, what their parts added up to, and when they were last asked for."""

    sheet: Sheet
    sums: Sums
    used: float


class Kept:
    """Rows by wave, the least recently used forgotten where they take too much memory."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}
        self._lock = threading.Lock()
        self.read_again = 0
        """How many rows the last reading took from the database."""

    def read(
        self, wave: int, submitted: ResponseQuerySet, codes: Sequence[str], *, out: Q | None
    ) -> Sheet:
        """The submitted rows of a wave with the answers to `codes`, without those that `out`
        matches: as `reading.read` gives them."""
        with self._lock, _one_snapshot():
            held = self._brought_up(wave, submitted, codes)
            self._keep(wave, held)
            sheet = held.sheet
            if out is not None and (without := read(submitted.filter(out), [])):
                sheet = sheet.taken(~sheet.having(without.keys))
            return sheet

    def forget(self) -> None:
        """Hold nothing any more."""
        with self._lock:
            self._held.clear()

    def _brought_up(self, wave: int, submitted: ResponseQuerySet, codes: Sequence[str]) -> _Held:
        now = _sums(submitted)
        held = self._held.get(wave)
        if held is None or not {VERSION, AREA, SOURCE, *codes} <= held.sheet.columns.keys():
            return self._anew(submitted, codes, now)
        codes = [name for name in held.sheet.columns if name not in (VERSION, AREA, SOURCE)]
        stale = {part for part, sums in held.sums.items() if now.get(part) != sums}
        fresh = {part for part, sums in now.items() if held.sums.get(part) != sums}
        if len(fresh) > _MANY * len(now):
            return self._anew(submitted, codes, now)
        if not stale and not fresh:
            self.read_again = 0
            return _Held(held.sheet, now, time.monotonic())
        pieces = [
            read(submitted.filter(_pages(first, last)), codes, numbers=_numbers())
            for first, last in _runs(fresh)
        ]
        self.read_again = sum(map(len, pieces))
        kept = ~np.isin(held.sheet.numbers[_PART], list(stale))
        sheet = joined(held.sheet, kept, pieces)
        if _sums_of(sheet) != now:
            # Cannot happen while PostgreSQL keeps its rows as it does; figures do not rest on it.
            logger.error("The rows kept of the wave %d do not add up; all are read again.", wave)
            return self._anew(submitted, codes, now)
        return _Held(sheet, now, time.monotonic())

    def _anew(self, submitted: ResponseQuerySet, codes: Sequence[str], now: Sums) -> _Held:
        sheet = read(submitted, codes, numbers=_numbers())
        self.read_again = len(sheet)
        return _Held(sheet, now, time.monotonic())

    def _keep(self, wave: int, held: _Held) -> None:
        self._held.pop(wave, None)
        self._held = {
            other: one for other, one in self._held.items() if held.used - one.used < UNUSED_SECONDS
        }
        room = settings.PUBLISHING_KEEPS_MB * _MEGABYTE - held.sheet.size
        for other, one in reversed(self._held.copy().items()):
            room -= one.sheet.size
            if room < 0:
                del self._held[other]
        if held.sheet.size <= settings.PUBLISHING_KEEPS_MB * _MEGABYTE:
            self._held[wave] = held


KEPT = Kept()


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """What several statements see is one moment of the database."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _numbers() -> dict[str, RawSQL]:
    """The hash of a row's version, and its part of the table: the table's length in whole parts is
    the number of places at which another begins."""
    return {
        _HASH: RawSQL(
            "hash_record_extended(ROW(surveys_response.id, surveys_response.xmin, "
            "surveys_response.ctid), 0)",
            [],
            output_field=BigIntegerField(),
        ),
        _PART: RawSQL(
            "width_bucket(surveys_response.ctid, ARRAY("
            "SELECT ('(' || number * %s || ',0)')::tid FROM generate_series(1, 1 + "
            "pg_relation_size('surveys_response') / current_setting('block_size')::bigint / %s"
            ") AS number ORDER BY number))",
            [PAGES, PAGES],
            output_field=IntegerField(),
        ),
    }


def _sums(submitted: ResponseQuerySet) -> Sums:
    rows = submitted.order_by().annotate(**{f"row_{n}": one for n, one in _numbers().items()})
    found = rows.values_list("row_part").annotate(rows=Count("*"), sums=Sum("row_hash"))
    return {part: (count, int(sums) % 2**64) for part, count, sums in found}


def _sums_of(sheet: Sheet) -> Sums:
    """The same of rows in memory. Halves of the hashes are added as doubles, which hold whole
    numbers of 53 bits: the rows of a part are some ten thousands."""
    parts = sheet.numbers[_PART]
    hashes = sheet.numbers[_HASH].view(np.uint64)
    counts = np.bincount(parts)
    low = np.bincount(parts, hashes & np.uint64(2**32 - 1))
    high = np.bincount(parts, hashes >> np.uint64(32))
    return {
        part: (int(counts[part]), (int(low[part]) + (int(high[part]) << 32)) % 2**64)
        for part in np.flatnonzero(counts).tolist()
    }


def _pages(first: int, last: int) -> RawSQL:
    """The condition of lying in the parts from `first` to `last`; PostgreSQL reads only those."""
    return RawSQL(
        "surveys_response.ctid >= %s::tid AND surveys_response.ctid < %s::tid",
        [f"({first * PAGES},0)", f"({(last + 1) * PAGES},0)"],
        output_field=BooleanField(),
    )


def _runs(parts: set[int]) -> Iterator[tuple[int, int]]:
    """Numbers as runs of neighbours: 1, 2, 3, 7 are (1, 3) and (7, 7)."""
    first = last = None
    for part in sorted(parts):
        if first is None or last is None:
            first = last = part
        elif part == last + 1:
            last = part
        else:
            yield first, last
            first = last = part
    if first is not None and last is not None:
        yield first, last
