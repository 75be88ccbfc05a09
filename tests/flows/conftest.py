"""The world the flows happen in: the whole demonstration, and mail that stays on this machine."""

from pathlib import Path

import pytest
from django.db import transaction


@pytest.hookimpl(tryfirst=True)  # Before the names of groups are read off the items.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a story's tests in one process, so that its demonstration is loaded once."""
    for item in items:
        if item.path.parent == Path(__file__).parent and "demo" in getattr(
            item, "fixturenames", ()
        ):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def loaded_demonstration(put_the_whole_demonstration, django_db_blocker):
    """The demonstration of every application, put there for a module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        put_the_whole_demonstration()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded_demonstration, db, settings, tmp_path) -> Path:
    """The demonstration as `make run` serves it; the folder is the outbox, which is empty."""
    from django.core.cache import caches
    from wagtail.models import Site

    for cache in caches.all():
        cache.clear()
    Site.clear_site_root_paths_cache()
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "campaigns.transports.outbox.EmailBackend"
    settings.EMAIL_HOST = settings.MAILJET_API_KEY = ""
    settings.OUTBOX_PUBLIC = True
    settings.MAILING_NEEDS_SECOND_PERSON = False
    settings.REQUIRE_STAFF_MFA = False
    return settings.OUTBOX_DIR
