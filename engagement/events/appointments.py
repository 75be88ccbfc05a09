"""From a registration to what its calendar entry shows, and the number of its next message."""

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from engagement.events.calendar import Appointment, calendar_file, material_hash
from engagement.models import CalendarMessage, Registration


def uid(registration: Registration) -> str:
    """The calendar's own name for this entry; it opens nothing."""
    return f"{registration.calendar_uid}@suara"


def appointment(registration: Registration) -> Appointment:
    """What the person's calendar shows. It holds neither the personal link nor the join link,
    because calendars are shared with colleagues."""
    event = registration.event
    organiser_name, organiser_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Appointment(
        uid=uid(registration),
        title=event.title,
        starts=event.starts_wall,
        ends=event.ends_wall,
        zone=event.zone,
        location=event.venue if registration.mode == event.Mode.ONSITE else _("Online"),
        description=event.summary,
        url=settings.PUBLIC_URL + event.get_absolute_url(),
        organiser_name=organiser_name,
        organiser_address=organiser_address,
        attendee_name=registration.name,
        attendee_address=registration.address,
    )


def message(registration: Registration, *, method: str, at: datetime) -> tuple[bytes, int] | None:
    """Return the file to mail and its sequence, and remember it was made.

    The sequence rises when something material or the method changed since the last message; the
    same message again keeps its number. A CANCEL for an entry no calendar got is None.
    """
    last = CalendarMessage.objects.filter(registration=registration).order_by("-sequence").first()
    if method == CalendarMessage.Method.CANCEL and last is None:
        return None
    shown = appointment(registration)
    digest = material_hash(shown)
    if last is None:
        sequence = 0
    elif last.method == method and last.material_hash == digest:
        sequence = last.sequence
    else:
        sequence = last.sequence + 1
    if last is None or sequence != last.sequence:
        CalendarMessage.objects.create(
            registration=registration,
            uid=shown.uid,
            sequence=sequence,
            method=method,
            material_hash=digest,
            at=at,
        )
    return calendar_file(shown, method=method, sequence=sequence, at=at), sequence


def download(registration: Registration, *, at: datetime) -> bytes:
    """The file behind the page's link: the same entry, published instead of requested."""
    last = CalendarMessage.objects.filter(registration=registration).order_by("-sequence").first()
    return calendar_file(
        appointment(registration),
        method="PUBLISH",
        sequence=last.sequence if last else 0,
        at=at,
    )
