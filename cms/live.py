"""What live blocks and pages read from the applications, prepared so that templates never query."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.coreutils import resolve_model_string

from indicators import pages, readings

Key = tuple[str, str]


@dataclass(frozen=True)
class Live:
    """Something that goes on: its title, its state now, and where to take part."""

    title: str
    url: str
    is_open: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    state: str = ""
    place: str = ""
    when: tuple[str, ...] = ()
    text: str = ""
    is_demonstration: bool = False


def figures(keys: Iterable[Key]) -> dict[Key, object]:
    """(indicator slug, area code) -> figure, with one query per area."""
    slugs = defaultdict(list)
    for slug, area in keys:
        if slug not in slugs[area]:
            slugs[area].append(slug)
    found = {}
    for area, wanted in slugs.items():
        for figure in readings.figures(wanted, area=area):
            found[figure.indicator.slug, area] = figure
    return found


def figures_on(*streams) -> dict[Key, object]:
    """Every figure that the figure blocks of these streams will ask for."""
    keys = []
    for stream in streams:
        for child in stream:
            if child.block_type == "figure" and child.value.get("indicator"):
                keys.append((child.value["indicator"].slug, child.value.get("area") or "ASEAN"))
    return figures(keys) if keys else {}


def wave_state(wave, *, at: datetime | None = None) -> Live | None:
    """The survey wave as the public may see it; None for a drafted or archived one."""
    if wave is None or wave.state in {wave.State.DRAFTED, wave.State.ARCHIVED}:
        return None
    at = at or timezone.now()
    is_open = (
        wave.state == wave.State.COLLECTING
        and (wave.opens_at is None or wave.opens_at <= at)
        and (wave.closes_at is None or wave.closes_at > at)
    )
    language = get_language() or "en"
    return Live(
        title=wave.titles.get(language) or wave.title,
        url=wave.get_absolute_url(),
        is_open=is_open,
        starts_at=wave.opens_at,
        ends_at=wave.closes_at,
        text=wave.purpose.get(language) or wave.purpose.get("en", ""),
        is_demonstration=wave.is_demonstration,
    )


def open_waves(*, at: datetime, limit: int = 3) -> list[Live]:
    """Surveys that anybody may answer now, those closing first before the others."""
    from surveys.models import Wave

    waves = Wave.objects.listed(at=at).order_by("closes_at", "title")[:limit]
    return [state for wave in waves if (state := wave_state(wave, at=at))]


def event_state(event, *, at: datetime | None = None) -> Live | None:
    """The event as the public may see it; None for one in preparation or only for those concerned."""
    if event is None:
        return None
    if event.state == event.State.DRAFT or event.visibility == event.Visibility.RESTRICTED:
        return None
    at = at or timezone.now()
    return Live(
        title=str(event),
        url=event.get_absolute_url(),
        is_open=event.state != event.State.CANCELLED and event.ends_at >= at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        state=event.get_mode_display(),
        place=getattr(event, "place", "") or getattr(event, "venue", ""),
        when=tuple(event.when()),
        text=event.summary,
        is_demonstration=getattr(event, "is_demonstration", False),
    )


def upcoming_events(*, at: datetime, limit: int = 3) -> list[Live]:
    """The next public consultations."""
    from engagement.models import Event

    events = Event.objects.listed().upcoming(at=at)[:limit]
    return [state for event in events if (state := event_state(event, at=at))]


def campaign_state(campaign, *, at: datetime | None = None) -> Live | None:
    """The campaign, linked to its page when it has a live one."""
    if campaign is None:
        return None
    from cms.models import CampaignPage

    today = (at or timezone.now()).date()
    page = CampaignPage.objects.live().filter(campaign_id=campaign.pk).first()
    return Live(
        title=campaign.title,
        url=page.url if page else "",
        is_open=campaign.starts_on <= today and (not campaign.ends_on or campaign.ends_on >= today),
        text=campaign.summary,
        is_demonstration=campaign.is_demonstration,
    )


def chart(indicator, area: str):
    """How an indicator has moved in one area, as its own page draws it; None without values."""
    if not indicator.is_published:
        return None
    reading = readings.read(indicator, AnonymousUser(), area=area)
    return pages.by_period(indicator, reading) or pages.by_area(indicator, reading)


def first_url(model: str) -> str:
    """The address of the first live page of a type, or nothing."""
    page = resolve_model_string(model).objects.live().public().order_by("path").first()
    return page.url if page else ""


def open_waves_of(surveys: list, *, at: datetime) -> list[Live]:
    """The open waves of these surveys."""
    from surveys.models import Wave

    waves = Wave.objects.listed(at=at).filter(survey__in=surveys).order_by("closes_at")
    return [state for wave in waves if (state := wave_state(wave, at=at))]


def events_of(campaign, *, at: datetime) -> list[Live]:
    """A campaign's events that are still to come."""
    events = campaign.events.listed().upcoming(at=at)[:6]
    return [state for event in events if (state := event_state(event, at=at))]
