"""Migrations make exactly the tables that the models describe, with which all other tests run."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

EVERYTHING = "SELECT type, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def parts(statement: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE, which stand in the order of their making."""
    body = statement[statement.index("(") + 1 : statement.rindex(")")]
    found, part, depth, quote = [], "", 0, ""
    for sign in body:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "," and depth == 0:
            found.append(part)
            part = ""
            continue
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
        part += sign
    return [*found, part]


def described(rows: Iterable[tuple[str, str, str]]) -> set[str]:
    """Each column, constraint, index and trigger as a line of its own."""
    lines = set()
    for kind, table, statement in rows:
        if table == "django_migrations":
            continue
        plain = kind == "table" and not statement.startswith("CREATE VIRTUAL")
        for part in parts(statement) if plain else [statement]:
            lines.add(f"{kind} {table}: {' '.join(part.split())}")
    return lines


def test_migrations_make_the_tables_of_the_models(loaded_folder):
    with connection.cursor() as cursor:
        models = described(cursor.execute(EVERYTHING).fetchall())
    with closing(sqlite3.connect(loaded_folder / "suara.sqlite3")) as migrated:
        migrations = described(migrated.execute(EVERYTHING).fetchall())
    assert len(models) > 1000
    assert sorted(models - migrations) == [], "No migration makes these."
    assert sorted(migrations - models) == [], "No model describes these."


def test_a_forgotten_column_and_another_length_would_be_noticed():
    made = "CREATE TABLE t (a varchar(9) DEFAULT ',', b integer, CHECK (b IN (1, 2)))"
    for other in (made.replace("b integer, ", ""), made.replace("9", "8")):
        assert described([("table", "t", made)]) != described([("table", "t", other)])
    later = "CREATE TABLE t (b integer, CHECK (b IN (1, 2)), a varchar(9) DEFAULT ',')"
    assert described([("table", "t", made)]) == described([("table", "t", later)])
