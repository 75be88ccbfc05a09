"""Many people at the same moment, each on a connection of their own."""

import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, connections

AT_ONCE = 32


class Crowd:
    """Runs a function for each argument in many threads.

    An in-memory SQLite database has one connection for all; a copy of it in a file behaves like
    the real one. `inside` runs a function there, too, to set up and to look at the outcome.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "crowd.sqlite3"

    def run(self, function: Callable[[Any], Any], arguments: Iterable[Any]) -> list[Any]:
        if connection.vendor == "sqlite" and not self.file.exists():
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self.file)])
            # As `migrate` leaves a real file: a switch of the journal waits for nobody's lock, so
            # of two first connections one would be told that the database is locked.
            with closing(sqlite3.connect(self.file)) as copy:
                copy.execute("PRAGMA journal_mode=WAL")
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            futures = [pool.submit(self._in_thread, function, each) for each in arguments]
            return [future.result() for future in futures]

    def inside(self, function: Callable[[], Any]) -> Any:
        return self.run(lambda _nothing: function(), [None])[0]

    def _in_thread(self, function: Callable[[Any], Any], argument: Any) -> Any:
        if connection.vendor == "sqlite":
            wrapper = connections.create_connection("default")
            wrapper.settings_dict = {
                **wrapper.settings_dict,
                "NAME": str(self.file),
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 60,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
                },
            }
            connections["default"] = wrapper
        try:
            return function(argument)
        finally:
            connections["default"].close()
