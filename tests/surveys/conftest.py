"""What the pages of surveys need around them."""

import pytest


@pytest.fixture
def site(db):
    """A Wagtail site: the frame of the public pages asks for its settings."""
    from wagtail.models import Locale, Page, Site

    Locale.objects.get_or_create(language_code="en")
    root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")
    found, _created = Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": root}
    )
    return found
