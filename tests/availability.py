"""Tests that need something of the machine, and what is said when it is missing.

A test marked `needs_chromium`, `needs_node`, `needs_postgresql`, `needs_redis`, `needs_pango` or
`needs_r` is not run where that cannot be had, and the end of the run says so by name.
`REQUIRE_ALL=1` makes it a failure, except for R: it is only for replication, and the product never
starts it.
"""

import contextlib
import gc
import os
from collections import Counter
from collections.abc import Callable

import pytest

from tests import servers

PREFIX = "NOT RUN: "
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
KINDS = {
    "needs_chromium": "browser",
    "needs_node": "Node",
    "needs_postgresql": "PostgreSQL",
    "needs_redis": "Redis",
    "needs_pango": "PDF",
    "needs_r": "R",
}
OPTIONAL = {"needs_r"}


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for marker, kind in KINDS.items():
        config.addinivalue_line("markers", f"{marker}: not run without {kind}")
    config.stash[_OPENED] = contextlib.ExitStack()
    config.stash[_ANSWERS] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database-only` leaves out what the database cannot change: a second pass needs no more."""
    parser.addoption("--database-only", action="store_true", help="only tests that use a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what uses a database, if that is asked for."""
    if config.getoption("--database-only"):
        chosen = [item for item in items if _uses_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
        items[:] = chosen


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a pytest-xdist that forgets its groups, and spare what was imported from the collector."""
    # It lives to the end; to look through it again and again took a tenth of the run.
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    if not session.config.getoption("loadgroup", False):
        return
    for item in session.items:
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
            raise pytest.UsageError(
                f"{item.nodeid} is marked as one of a group, but pytest-xdist does not see it. "
                "Install the versions of constraints-dev.txt."
            )


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & DATABASE_FIXTURES) or item.get_closest_marker("django_db") is not None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the temporary servers."""
    config.stash[_OPENED].close()


_OPENED: pytest.StashKey[contextlib.ExitStack] = pytest.StashKey()
_ANSWERS: pytest.StashKey[dict[str, str | servers.NotAvailable]] = pytest.StashKey()


def obtain(config: pytest.Config, marker: str) -> str:
    """Return the path or address behind a marker, starting a server if need be, once per run.

    Raises `servers.NotAvailable` with the remedy.
    """
    answers = config.stash[_ANSWERS]
    if marker not in answers:
        opened = config.stash[_OPENED]
        makers: dict[str, Callable[[], str]] = {
            "needs_chromium": servers.chromium,
            "needs_node": servers.node,
            "needs_postgresql": lambda: opened.enter_context(servers.postgresql()),
            "needs_redis": lambda: opened.enter_context(servers.redis_server()),
            "needs_pango": servers.pango,
            "needs_r": servers.rscript,
        }
        try:
            answers[marker] = makers[marker]()
        except servers.NotAvailable as reason:
            answers[marker] = reason
    answer = answers[marker]
    if isinstance(answer, servers.NotAvailable):
        raise answer
    return answer


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or with REQUIRE_ALL fail, a test whose need is not met."""
    for marker, kind in KINDS.items():
        if item.get_closest_marker(marker) is None:
            continue
        try:
            obtain(item.config, marker)
        except servers.NotAvailable as reason:
            if os.environ.get("REQUIRE_ALL") == "1" and marker not in OPTIONAL:
                pytest.fail(f"{kind} is required by REQUIRE_ALL=1, but there is {reason}.")
            pytest.skip(f"{PREFIX}{kind} tests, {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, how many tests that were, and how to have them."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _, found, rest = reason.partition(PREFIX)
        if found:
            reasons[rest] += 1
    for rest, count in reasons.items():
        terminalreporter.write_line(f"{PREFIX}{count} {rest}", yellow=True)


@pytest.fixture
def chromium_path(request: pytest.FixtureRequest) -> str:
    """The installed Chromium; for tests marked `needs_chromium`."""
    return obtain(request.config, "needs_chromium")


@pytest.fixture
def node_path(request: pytest.FixtureRequest) -> str:
    """Node.js; for tests marked `needs_node`."""
    return obtain(request.config, "needs_node")


@pytest.fixture
def rscript_path(request: pytest.FixtureRequest) -> str:
    """Rscript of an R with the package survey; for tests marked `needs_r`."""
    return obtain(request.config, "needs_r")


@pytest.fixture(scope="session")
def postgresql_address(request: pytest.FixtureRequest) -> str:
    """A PostgreSQL server's address; for tests marked `needs_postgresql`."""
    return obtain(request.config, "needs_postgresql")


@pytest.fixture(scope="session")
def redis_address(request: pytest.FixtureRequest) -> str:
    """A Redis server's address; for tests marked `needs_redis`."""
    return obtain(request.config, "needs_redis")
