"""Many people at once, on real connections: on PostgreSQL as it is, on SQLite in a file."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

AT_ONCE = 16


@pytest.fixture
def crowd(tmp_path):
    """Run a function for each argument in many threads, each with its own connection.

    An in-memory SQLite database has one connection for all; a copy of it in a file behaves like
    the real one, so the threads work on that.
    """
    file = tmp_path / "crowd.sqlite3"

    def connect():
        wrapper = connections.create_connection("default")
        wrapper.settings_dict = {
            **wrapper.settings_dict,
            "NAME": str(file),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
        }
        connections["default"] = wrapper

    def in_thread(function, argument):
        if connection.vendor == "sqlite":
            connect()
        try:
            return function(argument)
        finally:
            connections["default"].close()

    def run(function, arguments) -> list:
        if connection.vendor == "sqlite" and not file.exists():
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(file)])
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            futures = [pool.submit(in_thread, function, argument) for argument in arguments]
            return [future.result() for future in futures]

    return run
