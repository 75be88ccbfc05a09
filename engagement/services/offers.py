"""What becomes of an offered seat: accepted, declined, or passed on when its deadline is over."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from engagement.errors import NoSeatLeft, OfferExpired, RegistrationChanged
from engagement.events import seats
from engagement.models import Notice, Registration, User
from engagement.services.notices import queue_notice
from engagement.services.places import end_registration, when_confirmed
from engagement.services.steps import Actor, State, step
from engagement.services.waiting import offer, promote

logger = logging.getLogger(__name__)


@transaction.atomic
def offer_seat(*, registration: Registration, at: datetime, by: User, reason: str) -> None:
    """Offer a seat out of turn; `reason` is kept. Raises NoSeatLeft, RegistrationChanged."""
    seats.lock_pools(registration.event)
    try:
        offer(
            registration,
            at=at,
            actor=Actor.STAFF,
            by=by,
            reason=reason,
            beyond_capacity=by.has_perm("engagement.overbook_seatpool"),
        )
    except seats.NoSeat as full:
        raise NoSeatLeft(
            _("No seat is left in “%(pool)s”. Raise its seats or wait for one to be given back.")
            % {"pool": full.pool or registration.event}
        ) from full


@transaction.atomic
def accept_offer(*, registration: Registration, at: datetime) -> None:
    """Turn an offered seat into a confirmed one.

    Raises OfferExpired after the deadline, RegistrationChanged when there is no offer.
    """
    if registration.state == State.OFFERED and registration.offer_expires_at <= at:
        raise OfferExpired(
            _("The deadline to accept the seat was %(deadline)s. It goes to the next person.")
            % {"deadline": registration.offer_deadline}
        )
    step(
        registration,
        to=State.CONFIRMED,
        out_of=[State.OFFERED],
        at=at,
        actor=Actor.PERSON,
        reason=_("The offered seat was accepted."),
        offer_expires_at=None,
        confirmed_at=at,
    )
    when_confirmed(registration, at=at)


@transaction.atomic
def decline_offer(*, registration: Registration, at: datetime) -> list[Registration]:
    """Give an offered seat back; return those it was offered to next."""
    if registration.state != State.OFFERED:
        raise RegistrationChanged(
            _("There is no offer to decline. Open your registration again to see where it stands.")
        )
    return end_registration(
        registration,
        to=State.CANCELLED,
        ended=Registration.Ended.DECLINED,
        at=at,
        actor=Actor.PERSON,
        reason=_("The offered seat was declined."),
        notice=Notice.Kind.CANCELLED,
    )


def expire_offers(*, at: datetime) -> int:
    """End every offer whose deadline has passed and offer the seats on; return how many ended.

    Each in its own transaction: one that fails is logged and does not keep the others waiting.
    """
    ended = 0
    overdue = Registration.objects.overdue_offers(at=at).order_by("offer_expires_at", "pk")
    for pk in list(overdue.values_list("pk", flat=True)):
        try:
            ended += _expire(pk, at)
        except RegistrationChanged:
            continue  # accepted or expired by somebody else in this very moment
        except Exception:
            logger.exception("The offer of registration %s could not be ended.", pk)
    return ended


@transaction.atomic
def _expire(pk: int, at: datetime) -> bool:
    registration = Registration.objects.select_related("event").get(pk=pk)
    seats.lock_pools(registration.event)
    registration.refresh_from_db(fields=["state", "offer_expires_at"])
    if registration.state != State.OFFERED or registration.offer_expires_at > at:
        return False
    reason = _("The offer was not answered by its deadline.")
    if registration.event.requeue_expired and at < registration.event.starts_at:
        step(
            registration,
            to=State.WAITLISTED,
            out_of=[State.OFFERED],
            at=at,
            actor=Actor.SYSTEM,
            reason=reason,
            offer_expires_at=None,
            joined_at=at,
            priority=0,
        )
        seats.release(registration)
        queue_notice(kind=Notice.Kind.OFFER_EXPIRED, registration=registration, at=at)
        promote(event=registration.event, at=at, first_area=registration.area_id)
    else:
        end_registration(
            registration,
            to=State.CANCELLED,
            ended=Registration.Ended.EXPIRED,
            at=at,
            actor=Actor.SYSTEM,
            reason=reason,
            notice=Notice.Kind.OFFER_EXPIRED,
        )
    return True
