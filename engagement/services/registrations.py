"""Registering for an event, and every step of a registration that its person or staff makes.

The public form, staff entry, import and approval all come through here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from engagement.errors import (
    ReasonMissing,
    RegistrationChanged,
    RegistrationClosed,
)
from engagement.events import seats
from engagement.models import (
    Event,
    Need,
    Notice,
    Registration,
    User,
)
from engagement.models.registrations import ACTIVE_STATES
from engagement.registry import matching
from engagement.services.consent import give_consent
from engagement.services.notices import queue_notice
from engagement.services.people import person_with_address
from engagement.services.places import end_registration, when_confirmed
from engagement.services.steps import Actor, State, record, step

# Nobody can flood a stranger's mailbox by registering the stranger's address again and again.
QUIET_AFTER_A_NOTICE = timedelta(minutes=10)

EVENTS_WORDING_VERSION = "events-2026-11"


def events_wording() -> str:
    """What somebody agrees to who wants further invitations."""
    return _("Write to me about further consultations. I can withdraw this at any time.")


@dataclass(frozen=True)
class NeedWanted:
    """A need as the form hands it over."""

    kind: str
    language: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Registered:
    """What `register` found or made. `created` is False for a repeated submission."""

    registration: Registration
    created: bool


def register(
    *,
    event: Event,
    name: str,
    address: str,
    mode: str,
    at: datetime,
    consent_version: str,
    consent_wording: str = "",
    area=None,
    organisation=None,
    organisation_text: str = "",
    post=None,
    delegate_of: str = "",
    needs: Iterable[NeedWanted] = (),
    language: str = "",
    reader_zone: str = "",
    wants_invitations: bool = False,
    idempotency_key: str = "",
    source: str = Registration.Source.WEB,
    is_proven: bool = False,
    by: User | None = None,
    priority: int = 0,
    is_demonstration: bool = False,
) -> Registered:
    """Register somebody once, however often the form arrives.

    `is_proven` means that the address needs no confirmation (a signed-in owner, or staff who
    vouch). Staff (`source` staff or import) may register before opening and after closing, but
    never beyond the seats. A second registration of an active address changes nothing and mails
    its owner. Raises RegistrationClosed.
    """
    by_staff = source != Registration.Source.WEB
    if not by_staff and not event.registration_is_open(at):
        raise RegistrationClosed(
            _("“%(event)s” takes no registrations at present.") % {"event": event}
        )
    if event.state == Event.State.CANCELLED:
        raise RegistrationClosed(_("“%(event)s” was called off.") % {"event": event})
    if event.mode != Event.Mode.HYBRID:
        mode = event.mode
    normalised = matching.normalised_address(address)
    with transaction.atomic():
        try:
            with transaction.atomic():  # so that a refused insert leaves the transaction usable
                registration = Registration.objects.create(
                    event=event,
                    name=matching.composed(name),
                    address=address.strip(),
                    normalised_address=normalised,
                    mode=mode,
                    area=area,
                    organisation=organisation,
                    organisation_text=organisation_text,
                    post=post,
                    delegate_of=delegate_of,
                    language=language,
                    reader_zone=reader_zone,
                    wants_invitations=wants_invitations,
                    idempotency_key=idempotency_key,
                    source=source,
                    priority=priority,
                    consent_version=consent_version,
                    consent_wording=consent_wording,
                    submitted_at=at,
                    state=State.PENDING,
                    awaiting=Registration.Awaiting.EMAIL,
                    is_demonstration=is_demonstration,
                )
        except IntegrityError:
            return Registered(_repeated(event, normalised, idempotency_key, at), False)
        Need.objects.bulk_create(
            Need(registration=registration, kind=n.kind, language=n.language, detail=n.detail)
            for n in dict.fromkeys(needs)
        )
        actor = Actor.STAFF if by_staff else Actor.PERSON
        record(registration, before="", at=at, actor=actor, by=by)
        if is_proven:
            _admit(registration, at=at, actor=actor, by=by, needs_approval=not by_staff)
        else:
            queue_notice(kind=Notice.Kind.CONFIRM_ADDRESS, registration=registration, at=at)
    return Registered(registration, True)


def _repeated(event, normalised, idempotency_key, at) -> Registration:
    """The registration that was there first. Its owner, not the sender, learns that it exists."""
    found = Registration.objects.select_related("event").filter(event=event)
    same_form = found.filter(idempotency_key=idempotency_key).exclude(idempotency_key="").first()
    if same_form is not None:
        return same_form
    registration = found.active().get(normalised_address=normalised)
    if not registration.notices.filter(queued_at__gt=at - QUIET_AFTER_A_NOTICE).exists():
        is_unproven = (
            registration.state == State.PENDING
            and registration.awaiting == Registration.Awaiting.EMAIL
        )
        queue_notice(
            kind=Notice.Kind.CONFIRM_ADDRESS if is_unproven else Notice.Kind.ALREADY_REGISTERED,
            registration=registration,
            at=at,
        )
    return registration


@transaction.atomic
def confirm_email(*, registration: Registration, at: datetime) -> Registration:
    """The person opened the mailed link and pressed the button: go on to approval or a seat.

    Pressing twice changes nothing. If the person already has an active registration under another
    address, this one ends and that one is returned. Raises RegistrationChanged for one that ended,
    RegistrationClosed when registration closed in the meantime.
    """
    waits = Registration.Awaiting.EMAIL
    if registration.state != State.PENDING or registration.awaiting != waits:
        if registration.state in ACTIVE_STATES:
            return registration
        raise RegistrationChanged(
            _("This registration has ended. Register again if you would like to come.")
        )
    if not registration.event.registration_is_open(at):
        raise RegistrationClosed(
            _("“%(event)s” takes no registrations any more.") % {"event": registration.event}
        )
    other = _admit(registration, at=at, actor=Actor.PERSON, needs_approval=True)
    return other or registration


def _admit(registration, *, at, actor, by=None, needs_approval) -> Registration | None:
    """The address is proven: link the person, then wait for approval or take a seat."""
    event = registration.event
    person = person_with_address(
        name=registration.name,
        address=registration.address,
        at=at,
        area=registration.area,
        language=registration.language,
        source=f"engagement.event:{event.slug}",
    )
    other = (
        Registration.objects.select_related("event")
        .active()
        .filter(event=event, person=person)
        .exclude(pk=registration.pk)
        .first()
    )
    if other is not None:
        step(
            registration,
            to=State.CANCELLED,
            out_of=[State.PENDING],
            at=at,
            actor=Actor.SYSTEM,
            reason=_("The person is registered already, with another address."),
            ended=Registration.Ended.PERSON,
            awaiting="",
        )
        return other
    if registration.wants_invitations:
        give_consent(
            person=person,
            purpose="events",
            channel="email",
            wording_version=EVENTS_WORDING_VERSION,
            wording=events_wording(),
            evidence=f"engagement.event:{event.slug}",
            at=at,
        )
    if needs_approval and event.admission != Event.Admission.OPEN:
        awaiting = (
            Registration.Awaiting.APPROVAL
            if event.admission == Event.Admission.APPROVAL
            else Registration.Awaiting.NOMINATION
        )
        step(
            registration,
            to=State.PENDING,
            out_of=[State.PENDING],
            at=at,
            actor=actor,
            by=by,
            reason=_("The address is confirmed."),
            awaiting=awaiting,
            person=person,
        )
        queue_notice(kind=Notice.Kind.RECEIVED, registration=registration, at=at)
        return None
    _seat_or_wait(registration, at=at, actor=actor, by=by, person=person)
    return None


def _seat_or_wait(registration, *, at, actor, by=None, reason="", **columns) -> None:
    """Confirm the registration if a seat can be taken, else put it on the waiting list."""
    try:
        seats.take(registration)
    except seats.NoSeat as full:
        where = (
            _("All seats of “%(pool)s” are taken.") % {"pool": full.pool.name}
            if full.pool
            else _("There are no seats for this delegation.")
        )
        step(
            registration,
            to=State.WAITLISTED,
            out_of=[State.PENDING],
            at=at,
            actor=actor,
            by=by,
            reason=f"{reason} {where}".strip(),
            awaiting="",
            joined_at=registration.joined_at or at,
            **columns,
        )
        queue_notice(kind=Notice.Kind.WAITLISTED, registration=registration, at=at)
        return
    step(
        registration,
        to=State.CONFIRMED,
        out_of=[State.PENDING],
        at=at,
        actor=actor,
        by=by,
        reason=reason,
        awaiting="",
        confirmed_at=at,
        **columns,
    )
    when_confirmed(registration, at=at)


@transaction.atomic
def approve(*, registration: Registration, at: datetime, by: User, reason: str = "") -> None:
    """Let a registration that awaits approval in: to a seat, or to the waiting list."""
    if registration.state != State.PENDING or registration.awaiting == Registration.Awaiting.EMAIL:
        raise RegistrationChanged(
            _("The registration of %(name)s does not await approval.") % {"name": registration.name}
        )
    _seat_or_wait(registration, at=at, actor=Actor.STAFF, by=by, reason=reason or _("Approved."))


@transaction.atomic
def reject(*, registration: Registration, at: datetime, by: User, reason: str) -> None:
    """Refuse a pending registration; the person is told `reason`."""
    _require(reason)
    step(
        registration,
        to=State.REJECTED,
        out_of=[State.PENDING],
        at=at,
        actor=Actor.STAFF,
        by=by,
        reason=reason,
        awaiting="",
    )
    Registration.objects.filter(pk=registration.pk).update(reason=reason[:300])
    queue_notice(kind=Notice.Kind.REJECTED, registration=registration, at=at, reason=reason)


@transaction.atomic
def cancel(
    *,
    registration: Registration,
    at: datetime,
    reason: str = "",
    by: User | None = None,
) -> list[Registration]:
    """End a registration, by the person or (`by`) by staff, who must say why.

    The seat is given back and offered to the next in the same transaction. Returns those who were
    offered a seat. Raises RegistrationChanged when it has ended already.
    """
    if by is not None:
        _require(reason)
    return end_registration(
        registration,
        to=State.CANCELLED,
        ended=Registration.Ended.STAFF if by else Registration.Ended.PERSON,
        at=at,
        actor=Actor.STAFF if by else Actor.PERSON,
        by=by,
        reason=reason,
        notice=Notice.Kind.CANCELLED,
    )


@transaction.atomic
def add_by_staff(*, at: datetime, by: User, **registration) -> Registered:
    """Register somebody for whom a member of staff vouches, through the same gate as the public.

    The person has a seat or stands on the waiting list like everybody else.
    """
    return register(at=at, by=by, source=Registration.Source.STAFF, is_proven=True, **registration)


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Say why; the person is told."))
