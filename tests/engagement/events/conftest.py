"""What the pages need besides events: a Wagtail site, whether or not migrations made one."""

import pytest


@pytest.fixture(autouse=True)
def site(request):
    """The default site, for tests that touch the database."""
    if request.node.get_closest_marker("django_db") is None:
        return None
    request.getfixturevalue("db")
    return make_site()


def make_site():
    """Return the default site; make it and its root page where there is none."""
    from wagtail.models import Locale, Page, Site

    found = Site.objects.filter(is_default_site=True).first()
    if found is None:
        Locale.objects.get_or_create(language_code="en")
        root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")
        found = Site.objects.create(hostname="testserver", root_page=root, is_default_site=True)
    return found
