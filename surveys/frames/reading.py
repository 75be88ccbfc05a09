"""From the database to a sheet of codes: nothing is done row by row in Python that can be avoided.

PostgreSQL copies the wanted answers out as text, which pandas codes column by column; SQLite hands
over rows, which are coded some thousands at a time. Either way the texts of all rows are never in
memory at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, Func, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Cast

from surveys.frames.sheets import (
    AREA,
    FIELDS,
    SOURCE,
    VERSION,
    Gathered,
    Sheet,
    factorized,
    keys_of,
)
from surveys.models.responses import ResponseQuerySet

_ROWS = 20_000
_BYTES = 8_000_000
_NONE = r"\N"
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def read(
    rows: ResponseQuerySet, codes: Sequence[str], *, numbers: Mapping[str, Any] | None = None
) -> Sheet:
    """The answers of `rows` to the questions `codes` as JSON texts, and `numbers`: whole numbers
    that an expression or a condition (1 or 0) gives for each row."""
    given = dict(numbers or {})
    names = [VERSION, AREA, SOURCE, *codes]
    expressions = [
        Cast("id", TextField()),
        *(Marked(one) if isinstance(one, Q) else one for one in given.values()),
        F("questionnaire__number"),
        F("area"),
        F("source"),
        *(F(FIELDS[code]) if code in FIELDS else AnswerText(code) for code in codes),
    ]
    chosen = rows.order_by().values_list(*expressions)
    gathering = _Gathering(list(given), len(names))
    if connection.vendor == "postgresql":
        _copy(chosen, gathering)
    else:
        _walk(chosen, gathering)
    return gathering.sheet(names).ordered()


class _Gathering:
    """What has been read so far, column by column."""

    def __init__(self, numbers: list[str], columns: int) -> None:
        self.keys = [np.zeros((0, 2), dtype=np.uint64)]
        self.numbers = {name: [np.zeros(0, dtype=np.int64)] for name in numbers}
        self.columns = [Gathered() for _column in range(columns)]

    def sheet(self, names: list[str]) -> Sheet:
        return Sheet(
            np.concatenate(self.keys),
            {name: one.whole() for name, one in zip(names, self.columns, strict=True)},
            {name: np.concatenate(pieces) for name, pieces in self.numbers.items()},
        )


def _walk(chosen: Any, into: _Gathering) -> None:
    piece: list[tuple] = []
    for row in chosen.iterator(chunk_size=_ROWS):
        piece.append(row)
        if len(piece) == _ROWS:
            _add_rows(piece, into)
            piece = []
    if piece:
        _add_rows(piece, into)


def _add_rows(piece: list[tuple], into: _Gathering) -> None:
    keys, *rest = zip(*piece, strict=True)
    into.keys.append(keys_of(keys))
    for pieces, values in zip(into.numbers.values(), rest, strict=False):
        pieces.append(np.array(values, dtype=np.int64))
    version, *texts = rest[len(into.numbers) :]
    for column, values in zip(into.columns, (map(str, version), *texts), strict=True):
        column.add(*factorized(list(values)))


def _copy(chosen: Any, into: _Gathering) -> None:
    """COPY in the text format: a line per row, tabs between, one message per line."""
    try:
        sql, values = chosen.query.sql_with_params()
    except EmptyResultSet:
        return  # Django sees from the conditions alone that no row can match.
    lines: list[bytes] = []
    size = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(connection.ops.compose_sql(f"COPY ({sql}) TO STDOUT", values)) as copied,
    ):
        for line in copied:
            lines.append(line)
            size += len(line)
            if size > _BYTES:
                _add_lines(lines, into)
                lines, size = [], 0
    if lines:
        _add_lines(lines, into)


def _add_lines(lines: list[bytes], into: _Gathering) -> None:
    count = len(into.numbers)
    table = pd.read_csv(
        io.BytesIO(b"".join(lines)),
        sep="\t",
        header=None,
        quoting=csv.QUOTE_NONE,
        lineterminator="\n",
        encoding="utf-8",
        na_filter=False,
        dtype={
            0: object,
            **{1 + place: np.int64 for place in range(count)},
            **{1 + count + place: "category" for place in range(len(into.columns))},
        },
        engine="c",
        low_memory=False,
    )
    into.keys.append(keys_of(table[0].tolist()))
    for place, pieces in enumerate(into.numbers.values(), start=1):
        pieces.append(table[place].to_numpy())
    for place, column in enumerate(into.columns, start=1 + count):
        coded = table[place].array
        column.add(coded.codes, [_unescaped(str(text)) for text in coded.categories])


def _unescaped(text: str) -> str | None:
    if text == _NONE:
        return None
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


class AnswerText(Func):
    """The answer to one question as JSON text, None where there is none."""

    output_field = TextField()

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(F("answers"), Value(code))

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        path = Func(
            Func(F("answers"), Value(f'$."{self.code}"'), function="JSON_EXTRACT"),
            function="JSON_QUOTE",
            output_field=TextField(),
        )
        return compiler.compile(path.resolve_expression(compiler.query))

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="(%(expressions)s)::text", arg_joiner=" -> ", **more
        )


class Marked(Case):
    """1 where a condition on responses holds, else 0: a number needs no conversion row by row."""

    def __init__(self, condition: Q) -> None:
        super().__init__(
            When(condition, then=Value(1)), default=Value(0), output_field=IntegerField()
        )
