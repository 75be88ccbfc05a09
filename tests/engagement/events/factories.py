"""Events and people for tests. Free texts are hostile by default: escaping is tested everywhere."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from engagement import services
from engagement.models import Event, Level, SeatPool
from indicators.models import Area, AreaMembership

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=ZoneInfo("UTC"))
HOSTILE = "<script>alert('x')</script>"


def make_area(code: str = "VN", name: str = "Viet Nam") -> Area:
    """A member state, and ASEAN with it as a member since long ago."""
    group, _ = Area.objects.get_or_create(code="ASEAN", defaults={"name": "ASEAN", "kind": "group"})
    area, _ = Area.objects.get_or_create(
        code=code, defaults={"name": name, "kind": "member_state", "time_zone": "Asia/Bangkok"}
    )
    AreaMembership.objects.get_or_create(
        group=group, area=area, valid_from=datetime(1995, 7, 28).date()
    )
    return area


def make_event(*, seats: int | None = 3, starts_in: timedelta | None = None, **overrides) -> Event:
    """A public event in Jakarta three weeks from now, with one pool of seats."""
    wall = (timezone.now() + (starts_in or timedelta(days=21))).astimezone(
        ZoneInfo(overrides.get("zone", "Asia/Jakarta"))
    )
    wall = wall.replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)
    values = {
        "slug": f"consultation-{uuid4().hex[:8]}",
        "title": f"Regional consultation {HOSTILE}",
        "summary": f"On measures {HOSTILE}",
        "level": Level.REGIONAL_CONSULTATION,
        "state": Event.State.PUBLISHED,
        "zone": "Asia/Jakarta",
        "starts_wall": wall,
        "ends_wall": wall + timedelta(hours=6),
        "venue": "ASEAN Hall, Jakarta",
    } | overrides
    event = Event.objects.create(**values)
    if seats is not None:
        SeatPool.objects.create(event=event, name="Seats", capacity=seats)
    return event


def register(event: Event, name: str = "Amina", *, confirmed: bool = True, **overrides):
    """Register somebody; with `confirmed` they have opened the mailed link too."""
    at = overrides.pop("at", None) or timezone.now()
    values = {
        "address": f"{name.lower().replace(' ', '.')}@people.example",
        "mode": "onsite",
        "consent_version": "test",
    } | overrides
    outcome = services.register(event=event, name=name, at=at, **values)
    if confirmed and outcome.created and not values.get("is_proven"):
        services.confirm_email(registration=outcome.registration, at=at)
    outcome.registration.refresh_from_db()
    return outcome.registration


def form_data(**overrides) -> dict:
    """What a browser sends from the registration form."""
    return {
        "name": "Amina binti Yusof",
        "address": "amina@people.example",
        "organisation_text": f"Village council {HOSTILE}",
        "area": "",
        "mode": "onsite",
        "diet": "halal",
        "other_need": "",
        "reader_zone": "Asia/Yangon",
        "consent": "on",
        "website": "",
        "key": uuid4().hex,
    } | overrides
