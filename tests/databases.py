"""The database of a test process: made once, with what every installation has, and put back after a
test that commits.

Django empties every table after such a test and lets every application fill its own again, which
takes longer than most tests. Here only what differs is put back, and each test finds the same.
Rows that take long to make are kept aside in the same way, and are copied instead of made again.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.db import connection, migrations, transaction
from django.db.backends.signals import connection_created
from django.utils import timezone

from config.demonstration import APPS

START = "at_the_start"
# Where rows are kept aside: a schema of PostgreSQL, another database in SQLite's memory.
PLACES: list[str] = []
AT_A_PLACE = "ATTACH 'file:{place}?mode=memory&cache=shared' AS {place}"
# SQLite's own copy of the words of another table.
INDEX_OF_WORDS = "wagtailsearch_indexentry_fts"
# PostgreSQL lets nobody delete from it, see surveys.protection.guards.
NEVER_DELETED = "surveys_auditentry"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[set[str]]:
    """The test database with what every installation has; the value is the tables of those rows."""
    from django.test import TransactionTestCase

    connection_created.connect(_attach)
    with django_db_blocker.unblock():
        _make_what_is_always_there()
        at_the_start = _keep_aside(START, at_the_start=set())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            TransactionTestCase, "_fixture_teardown", lambda case: _put_back(at_the_start)
        )
        yield at_the_start
    connection_created.disconnect(_attach)


@pytest.fixture(scope="session")
def made_once(django_db_setup: set[str], django_db_blocker) -> Callable[..., Callable[[], None]]:
    """Have rows made once: `put = made_once("some_name", make)`; `put()` copies them into a test.

    For fixtures of the whole session. `put` is for a database that does not have such rows yet.
    """
    at_the_start = django_db_setup

    def keep(place: str, make: Callable[[], object]) -> Callable[[], None]:
        with django_db_blocker.unblock():
            if connection.in_atomic_block:
                raise RuntimeError(
                    f"The rows of {place} are asked for within a test, which would take them back. "
                    "Let a fixture of the session ask for them."
                )
            make()
            tables = _keep_aside(place, at_the_start=at_the_start)
            _put_back(at_the_start)
        return lambda: _copy(place, tables, at_the_start=at_the_start)

    return keep


@pytest.fixture(scope="session")
def put_the_whole_demonstration(made_once) -> Callable[[], None]:
    """Copies the rows of every application's demonstration into the database."""
    at = timezone.now()

    def load() -> None:
        for app in APPS:
            import_module(f"{app}.demonstration").load(at=at)

    return made_once("demonstration", load)


def _make_what_is_always_there() -> None:
    """Make what migrations and the command `roles` leave in every installation."""
    from wagtail.models import Collection, Locale, Page

    from engagement.roles import ensure_roles

    Locale.objects.get_or_create(language_code="en")
    if Page.get_first_root_node() is None:
        Page.add_root(title="Root", slug="root")
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    ensure_roles()
    if connection.vendor == "sqlite":
        _make_the_index_of_words()


def _make_the_index_of_words() -> None:
    """Make a virtual table in the words of Wagtail's migration: the model describes a plain one."""
    module = import_module("wagtail.search.migrations.0006_customise_indexentry")
    [made] = [
        operation
        for operation in module.Migration.operations
        if isinstance(operation, migrations.SeparateDatabaseAndState)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [INDEX_OF_WORDS])
        if cursor.fetchone()[0].startswith("CREATE VIRTUAL TABLE"):
            return
        cursor.execute(f"DROP TABLE {INDEX_OF_WORDS}")
        for operation in made.database_operations:
            cursor.execute(operation.sql)


def _differing(at_the_start: set[str]) -> set[str]:
    """The tables whose rows are not those of the start."""
    asked = []
    for name in connection.introspection.table_names():
        if name in at_the_start:
            now, then = f'SELECT * FROM "{name}"', f'SELECT * FROM {START}."{name}"'
            differs = f"EXISTS ({now} EXCEPT {then}) OR EXISTS ({then} EXCEPT {now})"
        else:
            differs = f'EXISTS (SELECT 1 FROM "{name}")'
        if not name.startswith(INDEX_OF_WORDS):
            asked.append(f"SELECT '{name}' WHERE {differs}")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {name for (name,) in cursor.fetchall()}


def _attach(*, connection, **_signal) -> None:
    """Let another connection to SQLite's memory, as a live server has, see the places, too."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        for place in PLACES:
            connection.connection.execute(AT_A_PLACE.format(place=place))


def _keep_aside(place: str, *, at_the_start: set[str]) -> set[str]:
    """Copy the rows that were not there at the start to a place; return the tables they are of."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(AT_A_PLACE.format(place=place))
            PLACES.append(place)
        else:
            cursor.execute(f"CREATE SCHEMA {place}")
        tables = _differing(at_the_start)
        for name in tables:
            less = f'EXCEPT SELECT * FROM {START}."{name}"' if name in at_the_start else ""
            cursor.execute(f'CREATE TABLE {place}."{name}" AS SELECT * FROM "{name}" {less}')
    return tables


def _copy(place: str, tables: set[str], *, at_the_start: set[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for name in tables:
            if name in at_the_start:
                ids = f'SELECT id FROM {place}."{name}"'
                cursor.execute(f'DELETE FROM "{name}" WHERE id IN ({ids})')
            cursor.execute(f'INSERT INTO "{name}" SELECT * FROM {place}."{name}"')


def _put_back(at_the_start: set[str]) -> None:
    """Have the rows of the start in every table, and no others."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in _differing(at_the_start):
            if name == NEVER_DELETED and connection.vendor == "postgresql":
                cursor.execute(f"TRUNCATE {name}")
            else:
                cursor.execute(f'DELETE FROM "{name}"')
            if name in at_the_start:
                cursor.execute(f'INSERT INTO "{name}" SELECT * FROM {START}."{name}"')
