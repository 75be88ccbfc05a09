"""Calendar files as calendars understand them (RFC 5545, RFC 5546).

Times carry the event's own zone with its definition (VTIMEZONE), the UID stays, and SEQUENCE rises
whenever something a calendar shows has changed: then a moved meeting moves instead of appearing
twice. Pure: no database, no clock.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True)
class Appointment:
    """What a calendar entry shows. `starts` and `ends` are wall times of `zone`."""

    uid: str
    title: str
    starts: datetime
    ends: datetime
    zone: str
    location: str = ""
    description: str = ""
    url: str = ""
    organiser_name: str = ""
    organiser_address: str = ""
    attendee_name: str = ""
    attendee_address: str = ""


def material_hash(appointment: Appointment) -> str:
    """A digest of what a reader would call a change: title, time, zone and place."""
    material = [
        appointment.title,
        appointment.starts.isoformat(),
        appointment.ends.isoformat(),
        appointment.zone,
        appointment.location,
    ]
    return hashlib.sha256(json.dumps(material).encode()).hexdigest()


def calendar_file(appointment: Appointment, *, method: str, sequence: int, at: datetime) -> bytes:
    """Return the file. `method` is REQUEST, CANCEL or PUBLISH; `at` is the moment it is made.

    Raises ValueError for another method, or when the library finds the result invalid.
    """
    if method not in (REQUEST, CANCEL, PUBLISH):
        raise ValueError(f"The calendar method {method!r} is none of REQUEST, CANCEL, PUBLISH.")
    zone = ZoneInfo(appointment.zone)
    calendar = Calendar()
    calendar.add("prodid", "-//Suara//Consultations//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    entry = Event()
    entry.add("uid", appointment.uid)
    entry.add("dtstamp", at)
    entry.add("sequence", sequence)
    entry.add("dtstart", appointment.starts.replace(tzinfo=zone))
    entry.add("dtend", appointment.ends.replace(tzinfo=zone))
    entry.add("summary", appointment.title)
    entry.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if method == CANCEL else "OPAQUE")
    for name in ("location", "description", "url"):
        if getattr(appointment, name):
            entry.add(name, getattr(appointment, name))
    if appointment.organiser_address:
        entry.add("organizer", _party(appointment.organiser_address, appointment.organiser_name))
    if appointment.attendee_address and method != PUBLISH:
        attendee = _party(appointment.attendee_address, appointment.attendee_name)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = vText("ACCEPTED" if method == REQUEST else "DECLINED")
        attendee.params["RSVP"] = vText("FALSE")
        entry.add("attendee", attendee)
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    calendar.validate()
    return calendar.to_ical()


def _party(address: str, name: str) -> vCalAddress:
    party = vCalAddress(f"mailto:{address}")
    if name:
        # Quotes and control characters have no escape in a parameter (RFC 5545, 3.2).
        party.params["CN"] = vText("".join(c for c in name if c.isprintable() and c != '"'))
    return party
