"""The demonstration's site: its page tree, its site record, its banner.

A page is made once, under its address. A page that exists is left as people keep it; what was
deleted by hand comes back on the next load, as every other demonstration row does.
"""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms.demonstration import news, pages
from cms.models import (
    CampaignPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    PlanPage,
    ResourceIndexPage,
    SiteSettings,
    StandardPage,
)
from cms.roles import ensure_page_permissions

CAMPAIGN_SLUG = "have-your-say"


@transaction.atomic
def load(*, at: datetime) -> None:
    """Build what is missing of the page tree and point the default site at it."""
    home = _home()
    plan = _child(home, PlanPage, pages.plan(), in_menus=True)
    if plan.frameworks.count() == 0:
        plan.frameworks.set(pages.frameworks())
        plan.save_revision().publish()
    index = _child(home, NewsIndexPage, pages.news_index(), in_menus=True)
    for item in news.items():
        _child(index, NewsPage, item)
    campaign = _child(home, CampaignPage, pages.campaign(), in_menus=True)
    _child(home, ResourceIndexPage, pages.resources())
    _child(home, StandardPage, pages.about())
    _child(home, StandardPage, pages.privacy())
    home = HomePage.objects.get(pk=home.pk)
    if home.campaign_page_id is None and not home.has_unpublished_changes:
        home.campaign_page = campaign
        home.save_revision().publish()
    ensure_page_permissions()


def _home() -> HomePage:
    home = HomePage.objects.first()
    if home is None:
        root = _root()
        home = root.add_child(instance=HomePage(**pages.home()))
        home.save_revision().publish()
    address = urlsplit(settings.PUBLIC_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        site = Site(is_default_site=True)
    if site.pk is None or not isinstance(site.root_page.specific, HomePage):
        welcome = _welcome(site)
        site.root_page = home
        site.hostname, site.port, site.site_name = address.hostname or "localhost", port, "Suara"
        site.save()
        if welcome is not None:
            welcome.delete()
    chosen, created = SiteSettings.objects.get_or_create(
        site=site, defaults={"is_demonstration": True}
    )
    if not created and not chosen.is_demonstration:
        chosen.is_demonstration = True
        chosen.save(update_fields=["is_demonstration"])
    return home


def _root() -> Page:
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    return Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")


def _welcome(site: Site) -> Page | None:
    """The page that a fresh Wagtail shows, where nobody has made use of it."""
    if site.root_page_id is None:
        return None
    page = site.root_page
    untouched = type(page.specific) is Page and not page.get_children().exists()
    return page if untouched and page.depth > 1 else None


def _child(parent: Page, model: type[Page], fields: dict, *, in_menus: bool = False) -> Page:
    existing = model.objects.child_of(parent).filter(slug=fields["slug"]).first()
    if existing is not None:
        return existing
    # Re-read: treebeard keeps the number of children on the parent instance.
    parent = type(parent).objects.get(pk=parent.pk)
    page = parent.add_child(instance=model(show_in_menus=in_menus, **fields))
    page.save_revision().publish()
    return page


__all__ = ["CAMPAIGN_SLUG", "load"]
