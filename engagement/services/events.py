"""Changing an event and its seats, with everything that follows for the people registered."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from engagement.errors import NotAllowed, ReasonMissing, SeatsTaken
from engagement.events import seats
from engagement.models import Event, Notice, Registration, Seat, SeatPool, User
from engagement.services.notices import queue_notice
from engagement.services.places import end_registration
from engagement.services.steps import Actor, State
from engagement.services.waiting import promote

MATERIAL = ("title", "zone", "starts_wall", "ends_wall", "venue", "mode")
REMIND_BEFORE = timedelta(hours=48)


@transaction.atomic
def save_event(*, event: Event, at: datetime, by: User | None = None) -> list[str]:
    """Save a new or changed event; tell those registered when something they rely on changed.

    Returns the material columns that changed. Calendars of confirmed people get the same entry
    with a higher sequence.
    """
    before = Event.objects.filter(pk=event.pk).first() if event.pk else None
    event._history_user = by
    event.save()
    for session in event.sessions.all():
        session.event = event
        session.save()  # its UTC times follow the event's zone
    if before is None or before.state != Event.State.PUBLISHED:
        return []
    changed = [name for name in MATERIAL if getattr(before, name) != getattr(event, name)]
    if changed and event.state == Event.State.PUBLISHED:
        concerned = event.registrations.filter(
            state__in=[State.CONFIRMED, State.OFFERED, State.WAITLISTED]
        )
        for registration in concerned:
            queue_notice(kind=Notice.Kind.CHANGED, registration=registration, at=at, soon=True)
    return changed


@transaction.atomic
def call_off(*, event: Event, at: datetime, by: User, reason: str) -> int:
    """Call the event off: every active registration ends and is told why. Returns how many."""
    if not reason.strip():
        raise ReasonMissing(_("Say why the event is called off; everybody registered is told."))
    seats.lock_pools(event)
    event.state = Event.State.CANCELLED
    event._history_user = by
    event._change_reason = reason[:100]
    event.save()
    concerned = list(
        event.registrations.active().exclude(state=State.ATTENDED).select_related("event")
    )
    for registration in concerned:
        end_registration(
            registration,
            to=State.CANCELLED,
            ended=Registration.Ended.EVENT,
            at=at,
            actor=Actor.STAFF,
            by=by,
            reason=reason,
            notice=Notice.Kind.CALLED_OFF,
            soon=True,
            promote_next=False,
        )
    return len(concerned)


@transaction.atomic
def add_pool(
    *, event: Event, name: str, capacity: int, at: datetime, by: User, area=None, mode: str = ""
) -> SeatPool:
    """Add a pool. Who holds a seat already and belongs to it holds one of its seats too.

    Raises SeatsTaken when there are more of them than seats.
    """
    seats.lock_pools(event)
    pool = SeatPool(event=event, name=name, capacity=capacity, area=area, mode=mode)
    holders = [
        registration
        for registration in event.registrations.seated()
        if seats.pools_for(registration, [pool])
    ]
    if len(holders) > capacity:
        raise SeatsTaken(
            _("%(taken)s people of this pool hold a seat already. Choose at least that many.")
            % {"taken": len(holders)}
        )
    pool.taken = len(holders)
    pool._history_user = by
    pool.save()
    Seat.objects.bulk_create(Seat(registration=holder, pool=pool) for holder in holders)
    return pool


@transaction.atomic
def change_capacity(
    *,
    pool: SeatPool,
    capacity: int,
    at: datetime,
    by: User,
    approved_overbook: int = 0,
    reason: str = "",
) -> list[Registration]:
    """Set the seats of a pool and offer new ones to the waiting list; return who got an offer.

    Going beyond the seats needs the right `engagement.overbook_seatpool` and a reason. Raises
    SeatsTaken when more are held than that, NotAllowed, ReasonMissing.
    """
    locked = next(p for p in seats.lock_pools(pool.event) if p.pk == pool.pk)
    if approved_overbook != locked.approved_overbook:
        if not by.has_perm("engagement.overbook_seatpool"):
            raise NotAllowed(_("Approving seats beyond the capacity needs a right you lack."))
        if approved_overbook and not reason.strip():
            raise ReasonMissing(_("Say why more seats than exist are approved."))
    if capacity + approved_overbook < locked.taken:
        raise SeatsTaken(
            _(
                "%(taken)s seats of “%(pool)s” are held. Choose at least that many, or cancel "
                "registrations first."
            )
            % {"taken": locked.taken, "pool": pool.name}
        )
    locked.capacity, locked.approved_overbook = capacity, approved_overbook
    locked.overbook_reason = reason if approved_overbook else ""
    locked._history_user = by
    locked.save(update_fields=["capacity", "approved_overbook", "overbook_reason"])
    pool.refresh_from_db()
    return promote(event=pool.event, at=at)


def send_reminders(*, at: datetime) -> int:
    """Queue a reminder for each confirmed person of an event that starts soon; once each.

    A window, not a moment: a job that ran late still reminds everybody.
    """
    due = Registration.objects.filter(
        state=State.CONFIRMED,
        reminded_at=None,
        event__state=Event.State.PUBLISHED,
        event__starts_at__gt=at,
        event__starts_at__lte=at + REMIND_BEFORE,
        # Who confirmed within the last day has just read all of it.
        confirmed_at__lte=at - timedelta(hours=24),
    )
    reminded = 0
    for registration in due.select_related("event"):
        with transaction.atomic():
            claimed = Registration.objects.filter(
                pk=registration.pk, reminded_at=None, state=State.CONFIRMED
            ).update(reminded_at=at)
            if claimed:
                queue_notice(kind=Notice.Kind.REMINDER, registration=registration, at=at, soon=True)
                reminded += 1
    return reminded
