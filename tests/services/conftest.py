"""The two ways to run Suara, started once each and driven over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.availability import obtain
from tests.services.installation import Installation, installation


@pytest.hookimpl(tryfirst=True)  # Before the names of groups are read off the items.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests in one process, and say what the second installation needs."""
    for item in items:
        if not item.path.is_relative_to(Path(__file__).parent):
            continue
        item.add_marker(pytest.mark.xdist_group("services"))
        kind = getattr(item, "callspec", None) and item.callspec.params.get("site")
        if kind == "celery":
            item.add_marker(pytest.mark.needs_postgresql)
            item.add_marker(pytest.mark.needs_redis)


@pytest.fixture(scope="package", params=["work", "celery"])
def site(request, tmp_path_factory) -> Iterator[Installation]:
    """SQLite with the `work` loop; then PostgreSQL, Redis, a Celery worker and beat.

    Ended with the last test here: their work goes on as long as they run, at the cost of all others.
    """
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "work":
        loaded = request.getfixturevalue("loaded_folder") / "suara.sqlite3"
        with installation("work", folder, copy_of=loaded) as running:
            yield running
        return
    address = obtain(request.config, "needs_postgresql")
    redis = obtain(request.config, "needs_redis")
    with servers.fresh_database(address) as database:
        with installation("celery", folder, database=database, redis=redis) as running:
            yield running
