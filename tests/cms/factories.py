"""A small site, a page of each type, and what its blocks point to. The text is hostile on purpose."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from wagtail.models import Locale, Page, Site

from campaigns.models import Campaign
from cms.models import (
    CampaignPage,
    HomePage,
    NewsIndexPage,
    NewsPage,
    PlanPage,
    ResourceIndexPage,
    StandardPage,
)
from engagement.models import Event
from surveys.models import Questionnaire, Survey, Wave

HOSTILE = '<script>alert("x")</script> & "quotes"'
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def make_root() -> Page:
    """The root of the page tree, with or without Wagtail's own migrations."""
    Locale.objects.get_or_create(language_code="en")
    return Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")


def make_home(**overrides) -> HomePage:
    """A home page that answers at the default site."""
    fields = {"title": "Home", "slug": "suara", "hero_title": f"Your voice {HOSTILE}"}
    home = make_root().add_child(instance=HomePage(**fields | overrides))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": "testserver", "port": 80, "root_page": home, "site_name": "Suara"},
    )
    Site.clear_site_root_paths_cache()
    return home


def make_page(model, parent=None, **overrides):
    """A live page of `model` below `parent` (or a new home page)."""
    parent = parent or make_home()
    count = Page.objects.count()
    fields = {"title": f"{model.__name__} {HOSTILE}", "slug": f"page-{count}", "lead": HOSTILE}
    return type(parent).objects.get(pk=parent.pk).add_child(instance=model(**fields | overrides))


def make_every_page() -> list[Page]:
    """One page of each type."""
    home = make_home()
    index = make_page(NewsIndexPage, home)
    return [
        home,
        index,
        make_page(NewsPage, index, published_on=date(2026, 11, 1), source=HOSTILE),
        make_page(PlanPage, home),
        make_page(CampaignPage, home, campaign=make_campaign()),
        make_page(ResourceIndexPage, home),
        make_page(StandardPage, home, body=[("heading", HOSTILE), ("paragraph", "<p>Text</p>")]),
    ]


def make_campaign(**overrides) -> Campaign:
    fields = {
        "slug": f"campaign-{Campaign.objects.count()}",
        "title": f"Have your say {HOSTILE}",
        "summary": HOSTILE,
        "starts_on": date(2026, 9, 1),
    }
    return Campaign.objects.create(**fields | overrides)


def make_wave(**overrides) -> Wave:
    """A wave that takes answers now."""
    count = Wave.objects.count()
    survey = Survey.objects.create(slug=f"survey-{count}", code=f"s{count}", title="Awareness")
    questionnaire = Questionnaire.objects.create(survey=survey, number=1, document={})
    fields = {
        "survey": survey,
        "questionnaire": questionnaire,
        "slug": f"wave-{count}",
        "title": f"Awareness {HOSTILE}",
        "period": "2026",
        "state": Wave.State.COLLECTING,
        "opens_at": timezone.now() - timedelta(days=3),
        "closes_at": timezone.now() + timedelta(days=30),
    }
    return Wave.objects.create(**fields | overrides)


def make_event(**overrides) -> Event:
    """A public consultation next month."""
    start = timezone.now().replace(tzinfo=None, microsecond=0) + timedelta(days=30)
    fields = {
        "slug": f"event-{Event.objects.count()}",
        "title": f"Consultation {HOSTILE}",
        "summary": HOSTILE,
        "level": "public",
        "state": Event.State.PUBLISHED,
        "zone": "Asia/Jakarta",
        "starts_wall": start,
        "ends_wall": start + timedelta(hours=3),
    }
    event = Event(**fields | overrides)
    event.save()
    return event
