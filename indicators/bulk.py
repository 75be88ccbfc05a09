"""Very many rows written by few statements, without an instance of the model for each of them.

    insert(Revision, ("observation_id", "before"), [(1, {"value": "4"})], same={"kind": "changed"})

What the ORM does for every row and column takes several times as long as the database needs for the
row. Columns go by their names in the table, values are what the field holds (a settled Decimal, a
moment, a dict for JSON); a column that has the same value in every row is given once, in `same`.
Defaults of fields are not filled in, and no signal is sent.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

BATCH = 2000
"""Rows of one statement."""

Model = type[models.Model]
Rows = Iterable[Sequence[Any]]
_BARE = (models.IntegerField, models.DecimalField, models.BooleanField, models.ForeignKey)


@transaction.atomic(savepoint=False)
def insert(
    model: Model, columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] | None = None
) -> None:
    """Write new rows; the database gives them their keys."""
    same = same or {}
    names = ", ".join(map(_quoted, (*same, *columns)))
    values = ", ".join(_values(model, columns, same))
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({names})"
    if _has_arrays():
        statement += f" SELECT {values} FROM {unnested(model, columns, 'given')}"  # noqa: S608 (names of our own)
    else:
        statement += f" VALUES ({values})"
    _write(statement, model, columns, rows, same)


@transaction.atomic(savepoint=False)
def update(
    model: Model, columns: Sequence[str], rows: Rows, *, same: Mapping[str, Any] | None = None
) -> None:
    """Write into rows that exist. The last of `columns` is "id": which row is meant."""
    same, written = same or {}, columns[:-1]
    values = _values(model, written, same)
    changes = ", ".join(
        f"{_quoted(name)} = {value}" for name, value in zip((*same, *written), values, strict=True)
    )
    statement = f"UPDATE {_quoted(model._meta.db_table)} AS held SET {changes}"  # noqa: S608 (as above)
    if _has_arrays():
        statement += f" FROM {unnested(model, columns, 'given')} WHERE held.id = given.id"
    else:
        statement += " WHERE held.id = %s"
    _write(statement, model, columns, rows, same)


def unnested(model: Model, columns: Sequence[str], name: str) -> str:
    """Rows as a table of that name in a statement for PostgreSQL; `arrays` are its parameters."""
    types = ", ".join(f"%s::{_type(field)}[]" for field in _fields(model, columns))
    return f"UNNEST({types}) AS {name}({', '.join(map(_quoted, columns))})"


def arrays(model: Model, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """What stands for the parameters of `unnested`: each column, written as PostgreSQL does."""
    fields = _fields(model, columns)
    by_column = zip(*rows, strict=True)
    return [_array(field, values) for field, values in zip(fields, by_column, strict=True)]


def pieces(rows: Rows, size: int = BATCH) -> Iterator[list[Sequence[Any]]]:
    """The rows in lists that one statement can take."""
    left = iter(rows)
    while piece := list(islice(left, size)):
        yield piece


def _write(
    statement: str, model: Model, columns: Sequence[str], rows: Rows, same: Mapping[str, Any]
) -> None:
    fields = _fields(model, columns)
    constants = [
        _stored(field, value)
        for field, value in zip(_fields(model, same), same.values(), strict=True)
    ]
    with connection.cursor() as cursor:
        for piece in pieces(rows):
            if _has_arrays():
                cursor.execute(statement, [*constants, *arrays(model, columns, piece)])
                continue
            by_column = [
                [_stored(field, value) for value in values]
                for field, values in zip(fields, zip(*piece, strict=True), strict=True)
            ]
            cursor.executemany(
                statement, [(*constants, *row) for row in zip(*by_column, strict=True)]
            )


def _has_arrays() -> bool:
    return connection.vendor == "postgresql"


def _values(model: Model, columns: Sequence[str], same: Mapping[str, Any]) -> list[str]:
    """What stands in a statement for the constants and then for the columns."""
    if not _has_arrays():
        return ["%s"] * (len(same) + len(columns))
    constants = [f"%s::{_type(field)}" for field in _fields(model, same)]
    return [*constants, *(f"given.{_quoted(name)}" for name in columns)]


def _fields(model: Model, columns: Iterable[str]) -> list[models.Field]:
    by_column = {field.column: field for field in model._meta.concrete_fields}
    return [by_column[name] for name in columns]


def _type(field: models.Field) -> str:
    """The type without its limits: the table's own are kept when a value is stored."""
    return str(field.db_type(connection)).partition("(")[0]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _stored(field: models.Field, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if value is None:
        return None
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(field, models.DecimalField) else value


def _array(field: models.Field, values: Iterable[Any]) -> str:
    # Written here, because psycopg escapes the quotation marks of JSON one by one: that alone
    # took a fifth of an import.
    if isinstance(field, _BARE):
        parts = ["NULL" if value is None else str(value) for value in values]
    else:
        if isinstance(field, models.JSONField):
            values = map(json.dumps, values)
        parts = ["NULL" if value is None else _within_quotes(str(value)) for value in values]
    return f"{{{','.join(parts)}}}"


def _within_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
