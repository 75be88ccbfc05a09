"""What the ledger holds for given keys, read without a model instance for each row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import starmap
from typing import Any, NamedTuple

from django.db import connection

from indicators.bulk import arrays, pieces, unnested
from indicators.models import Observation

Key = tuple[int, int, str, str]
"""Primary keys of indicator and area, period and breakdown."""

_KEY = ("indicator_id", "area_id", "period", "breakdown")


class Held(NamedTuple):
    """An observation as it is held. The last four are only there where they were asked for."""

    pk: int
    indicator_id: int
    area_id: int
    period: str
    breakdown: str
    source: str
    state: str
    digest: str
    stale_since: datetime | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int | None
    n_effective: Decimal | None
    status: str
    qualifier: str
    method: str
    provenance: dict[str, Any] | None = None
    members: list[str] | None = None
    population_vintage: str = ""
    is_demonstration: bool = False

    @property
    def key(self) -> Key:
        """What it is about."""
        return self[1:5]


_CONTEXT = ("provenance", "members", "population_vintage", "is_demonstration")
_COLUMNS = ("id", *(name for name in Held._fields[1:] if name not in _CONTEXT))


def held_values(keys: Iterable[Key], *, with_context: bool = False) -> dict[Key, list[Held]]:
    """What is held for these keys, from every source."""
    found: dict[Key, list[Held]] = defaultdict(list)
    columns = (*_COLUMNS, *_CONTEXT) if with_context else _COLUMNS
    for piece in pieces(dict.fromkeys(keys)):
        for row in _read(piece, columns):
            found[row.key].append(row)
    return found


def locked_values(source: str, keys: Iterable[Key] | None = None) -> dict[Key, Held]:
    """What one source has said, for these keys or as a whole, locked until the transaction ends."""
    if keys is None:
        rows = Observation.objects.filter(source=source).select_for_update().order_by()
        return {row.key: row for row in starmap(Held, rows.values_list(*_COLUMNS))}
    return {row.key: row for piece in pieces(keys) for row in _read(piece, _COLUMNS, locked=source)}


def _read(keys: Sequence[Key], columns: Sequence[str], *, locked: str = "") -> Iterator[Held]:
    # One look into the unique index for each key. As conditions of the ORM they would be a product
    # of all indicators, areas and periods: the whole table for every piece of a file.
    first, parameters = "", []
    if connection.vendor == "postgresql":
        wanted = unnested(Observation, _KEY, "wanted")
        parameters += arrays(Observation, _KEY, keys)
    else:
        wanted = "wanted"
        rows = ", ".join(["(%s, %s, %s, %s)"] * len(keys))
        first = f"WITH wanted({', '.join(_KEY)}) AS (VALUES {rows})"
        parameters += [part for key in keys for part in key]
    statement = f"""
        {first} SELECT {", ".join(f"held.{name}" for name in columns)} FROM {wanted}
        JOIN {connection.ops.quote_name(Observation._meta.db_table)} AS held
            ON {" AND ".join(f"held.{name} = wanted.{name}" for name in _KEY)}
    """  # noqa: S608 (names of our own and placeholders)
    if locked:
        statement += " WHERE held.source = %s"
        parameters.append(locked)
        if connection.features.has_select_for_update:
            statement += " FOR UPDATE OF held"
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    return starmap(Held, _converted(found, columns))


def _converted(rows: list[tuple[Any, ...]], columns: Sequence[str]) -> Iterable[Sequence[Any]]:
    """The rows with Python's values, made by what the ORM makes them by."""
    by_column: list[Iterable[Any]] = list(zip(*rows, strict=True))
    fields = {field.column: field for field in Observation._meta.concrete_fields}
    for place, name in enumerate(columns if rows else ()):
        column = fields[name].cached_col
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        ):
            by_column[place] = [convert(value, column, connection) for value in by_column[place]]
    return zip(*by_column, strict=True)
