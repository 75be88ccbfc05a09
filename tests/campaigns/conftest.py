"""What the tests of campaigns share: an outbox of their own."""

import pytest

from campaigns.transports.outbox import Outbox


@pytest.fixture
def outbox(settings, tmp_path):
    """An empty outbox that may be browsed, and no real way out for mail."""
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.OUTBOX_PUBLIC = True
    settings.EMAIL_HOST = settings.MAILJET_API_KEY = ""
    settings.MAILING_BATCHES_PER_SECOND = 1000
    return Outbox()


@pytest.fixture(autouse=True)
def _site(request):
    """Pages need Wagtail's site; migrations make it, but the suite also runs without them."""
    if "django_db" not in request.keywords:
        return
    request.getfixturevalue("db")
    from wagtail.models import Locale, Page, Site

    if Site.objects.exists():
        return
    Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    home = root.add_child(instance=Page(title="Home", slug="home-of-tests"))
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
