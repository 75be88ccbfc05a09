"""The waiting list: whom a released seat is offered to.

A seat that is given back is offered in the same transaction, so it is never free in between.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from engagement.events import seats
from engagement.models import Event, Notice, Registration, User
from engagement.services.notices import queue_notice
from engagement.services.steps import Actor, State, step


@transaction.atomic
def promote(*, event: Event, at: datetime, first_area: int | None = None) -> list[Registration]:
    """Offer every free seat to the people on the waiting list, in their order.

    With `first_area`, and where the event says so, that delegation is asked before the others.
    Whoever is passed over because another pool is full has that written down. Returns those who
    were offered a seat.
    """
    pools = seats.lock_pools(event)
    if event.state != Event.State.PUBLISHED or event.starts_at <= at:
        return []
    offered: list[Registration] = []
    if first_area is not None and event.same_delegation_first:
        offered += _promote_from(event, pools, at, area=first_area)
    return offered + _promote_from(event, pools, at)


def _promote_from(event, pools, at, *, area: int | None = None) -> list[Registration]:
    free = {pool.pk for pool in pools if pool.taken < pool.capacity}
    for_everybody = {pool.pk for pool in pools if pool.area_id is None and not pool.mode}
    queue = Registration.objects.queue().filter(event=event)
    if area is not None:
        queue = queue.filter(area=area)
    offered: list[Registration] = []
    passed: dict[int | None, list[int]] = {}
    if pools and (not free or for_everybody - free):
        return offered
    for registration in queue.select_for_update(skip_locked=True, of=("self",)):
        registration.event = event
        needed = seats.pools_for(registration, pools)
        full = next((pool for pool in needed if pool.pk not in free), None)
        if full is not None or (pools and not needed):
            passed.setdefault(full.pk if full else None, []).append(registration.pk)
            continue
        _write_passed_over(passed, at)
        offer(registration, at=at, actor=Actor.SYSTEM, reason=_("A seat became free."))
        offered.append(registration)
        for pool in needed:
            pool.taken += 1
            if pool.taken >= pool.capacity:
                free.discard(pool.pk)
        if pools and (not free or for_everybody - free):
            break
    return offered


def _write_passed_over(passed: dict[int | None, list[int]], at: datetime) -> None:
    """Only who is overtaken by somebody later is told why; the others just wait for their turn."""
    for pool, registrations in passed.items():
        Registration.objects.filter(pk__in=registrations).update(
            passed_over_pool=pool, passed_over_at=at
        )
    passed.clear()


def offer(
    registration: Registration,
    *,
    at: datetime,
    actor: str,
    by: User | None = None,
    reason: str = "",
    beyond_capacity: bool = False,
) -> None:
    """Hold a seat for somebody on the waiting list until a deadline, never later than the start.

    Call it with the pools locked. Raises `seats.NoSeat`.
    """
    seats.take(registration, beyond_capacity=beyond_capacity)
    deadline = min(
        at + timedelta(hours=registration.event.offer_hours), registration.event.starts_at
    )
    step(
        registration,
        to=State.OFFERED,
        out_of=[State.WAITLISTED],
        at=at,
        actor=actor,
        by=by,
        reason=reason,
        offer_expires_at=deadline,
        passed_over_pool=None,
        passed_over_at=None,
    )
    queue_notice(kind=Notice.Kind.OFFERED, registration=registration, at=at)
