"""What follows when a place is confirmed, and when a registration ends."""

from datetime import datetime

from django.utils.translation import gettext as _

from engagement.events import seats
from engagement.models import Interaction, Notice, Registration, User
from engagement.models.registrations import ACTIVE_STATES
from engagement.services.interactions import record_interaction
from engagement.services.notices import queue_notice
from engagement.services.steps import State, step
from engagement.services.waiting import promote


def when_confirmed(registration: Registration, *, at: datetime) -> None:
    """What follows a confirmed place: the mail with the calendar file, and the registry's entry."""
    queue_notice(kind=Notice.Kind.CONFIRMED, registration=registration, at=at)
    record_interaction(
        kind=Interaction.Kind.EVENT,
        subject=_("Registered: %(event)s") % {"event": registration.event.title},
        people=[registration.person] if registration.person_id else [],
        posts=[registration.post] if registration.post_id else [],
        source=f"engagement.event:{registration.event.slug}",
        at=at,
    )


def end_registration(
    registration: Registration,
    *,
    to: str,
    ended: str,
    at: datetime,
    actor: str,
    by: User | None = None,
    reason: str = "",
    notice: str = "",
    soon: bool = False,
    promote_next: bool = True,
) -> list[Registration]:
    """End an active registration inside the caller's transaction and offer its seat on."""
    seats.lock_pools(registration.event)
    step(
        registration,
        to=to,
        out_of=[s for s in ACTIVE_STATES if s != State.ATTENDED],
        at=at,
        actor=actor,
        by=by,
        reason=reason,
        ended=ended,
        awaiting="",
        offer_expires_at=None,
    )
    released = seats.release(registration)
    if notice:
        queue_notice(kind=notice, registration=registration, at=at, reason=reason, soon=soon)
    if not (released and promote_next):
        return []
    return promote(event=registration.event, at=at, first_area=registration.area_id)
