"""Wall times with their zone. The zone and what the clock on the wall shows are the truth; UTC is
derived, so that a change of a zone's rules never moves a meeting on its own agenda.
"""

from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

# A place a reader knows, for each zone we offer. Member states first, then partners.
CITIES = {
    "Asia/Bangkok": _("Bangkok"),
    "Asia/Brunei": _("Bandar Seri Begawan"),
    "Asia/Dili": _("Dili"),
    "Asia/Ho_Chi_Minh": _("Ha Noi"),
    "Asia/Jakarta": _("Jakarta"),
    "Asia/Jayapura": _("Jayapura"),
    "Asia/Kuala_Lumpur": _("Kuala Lumpur"),
    "Asia/Makassar": _("Makassar"),
    "Asia/Manila": _("Manila"),
    "Asia/Phnom_Penh": _("Phnom Penh"),
    "Asia/Singapore": _("Singapore"),
    "Asia/Vientiane": _("Vientiane"),
    "Asia/Yangon": _("Yangon"),
    "UTC": _("Universal time"),
    "Asia/Kolkata": _("New Delhi"),
    "Asia/Seoul": _("Seoul"),
    "Asia/Shanghai": _("Beijing"),
    "Asia/Tokyo": _("Tokyo"),
    "Australia/Sydney": _("Canberra"),
    "Europe/Brussels": _("Brussels"),
    "Europe/London": _("London"),
    "Europe/Moscow": _("Moscow"),
    "Pacific/Auckland": _("Wellington"),
    "America/New_York": _("Washington"),
    "America/Toronto": _("Ottawa"),
}
ZONES = list(CITIES.items())


def zone(name: str) -> ZoneInfo:
    """Return the zone; raise ValidationError for one we do not offer."""
    if name not in CITIES:
        raise ValidationError(
            _("The time zone %(name)s is not offered. Choose one from the list."),
            params={"name": name[:40]},
        )
    return ZoneInfo(name)


def to_utc(wall: datetime, name: str) -> datetime:
    """The moment at which the clocks of zone `name` show `wall` (a time without zone)."""
    if wall.tzinfo is not None:
        raise ValueError(f"{wall!r} already has a zone; pass what the clock on the wall shows.")
    return wall.replace(tzinfo=zone(name)).astimezone(ZoneInfo("UTC"))


def offset_name(moment: datetime, in_zone: tzinfo) -> str:
    """The offset at that moment, as a reader writes it: "UTC+7", "UTC+6:30", "UTC"."""
    offset = in_zone.utcoffset(moment.astimezone(in_zone)) or timedelta()
    minutes = int(offset.total_seconds() // 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")


def place(moment: datetime, name: str) -> str:
    """City and offset: "Jakarta, UTC+7"."""
    return f"{CITIES[name]}, {offset_name(moment, zone(name))}"


def clock(moment: datetime, name: str) -> str:
    """Only the time with its city and offset: "10:00 Jakarta, UTC+7"."""
    return f"{moment.astimezone(zone(name)):%H:%M} {place(moment, name)}"


def day(moment: datetime, name: str) -> str:
    """The date in that zone, in the reader's language."""
    return formats.date_format(moment.astimezone(zone(name)), "l, j F Y")


def written(moment: datetime, name: str, reader: str = "") -> str:
    """A moment as we always write it: in its own zone, then in the reader's when that differs.

    "Tuesday, 8 December 2026, 10:00 Jakarta, UTC+7 / 09:30 Yangon, UTC+6:30"; the reader's date is
    added only when it is another day there.
    """
    text = f"{day(moment, name)}, {clock(moment, name)}"
    if reader and reader in CITIES and reader != name:
        other = clock(moment, reader)
        if day(moment, reader) != day(moment, name):
            other = f"{day(moment, reader)}, {other}"
        text = f"{text} / {other}"
    return text


def span(starts: datetime, ends: datetime, name: str) -> str:
    """From when to when in one zone: one date when it is one day, else both."""
    begin, end = starts.astimezone(zone(name)), ends.astimezone(zone(name))
    if begin.date() == end.date():
        return f"{day(starts, name)}, {begin:%H:%M}–{end:%H:%M} {place(starts, name)}"
    return (
        f"{day(starts, name)}, {begin:%H:%M} – {day(ends, name)}, {end:%H:%M} {place(starts, name)}"
    )
