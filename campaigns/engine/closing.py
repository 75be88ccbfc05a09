"""Closing a mailing: only when nothing is open and everybody of the list is accounted for."""

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from campaigns.counts import recount
from campaigns.engine.sending import hold
from campaigns.models import Batch, Delivery, Mailing

WATCHED_FROM = 500
HARD_BOUNCES = 0.05
COMPLAINTS = 0.001
OPEN_DELIVERIES = (Delivery.State.PLANNED, Delivery.State.SUBMITTING)


def close_due(*, at: datetime) -> int:
    """Complete every mailing that is through, empty the cancelled ones; return how many."""
    open_batches = Batch.objects.filter(mailing=OuterRef("pk"), state__in=Batch.OPEN)
    through = Mailing.objects.sending().filter(~Exists(open_batches))
    done = sum(close(mailing, at=at) for mailing in through)
    cancelled = Mailing.objects.filter(Exists(open_batches), state=Mailing.State.CANCELLED)
    done += sum(cancel_rest(mailing, at=at) for mailing in cancelled)
    return done


def close(mailing: Mailing, *, at: datetime) -> bool:
    """Complete the mailing if the sum of states equals the list; else hold it and say so."""
    states = _states(mailing)
    total = sum(states.values())
    unfinished = sum(states[state] for state in OPEN_DELIVERIES)
    if unfinished or total != mailing.recipients:
        return hold(
            mailing,
            at=at,
            reason=(
                f"The closing check found {total} of {mailing.recipients} people in the list and "
                f"{unfinished} without a result. Tell the administrator."
            ),
        )
    with transaction.atomic():
        return mailing.change_state(
            into=Mailing.State.COMPLETED,
            only_from=[Mailing.State.SENDING],
            at=at,
            reason="Everybody of the list is accounted for.",
            finished_at=at,
        )


def cancel_rest(mailing: Mailing, *, at: datetime) -> int:
    """Cancel what nobody has handed over; what is being handed over is settled first."""
    done = 0
    idle = (Batch.State.PLANNED, Batch.State.WAITING)
    for batch in mailing.batches.filter(state__in=idle):
        with transaction.atomic():
            # Claimed first: a worker that leased it meanwhile finds out by itself.
            moved = Batch.objects.filter(pk=batch.pk, state__in=idle).update(
                state=Batch.State.SETTLED
            )
            if moved:
                batch.deliveries.filter(state=Delivery.State.PLANNED).update(
                    state=Delivery.State.CANCELLED, settled_at=at
                )
                recount(batch.pk)
        done += moved
    return done


def hold_if_harmful(mailing: Mailing, *, at: datetime) -> bool:
    """Hold a mailing that bounces or annoys too much, before the provider acts."""
    facts = mailing.deliveries.aggregate(
        sent=Count("accepted_at"),
        bounced=Count("bounced_hard_at"),
        complained=Count("complained_at"),
    )
    if facts["sent"] < WATCHED_FROM:
        return False
    if facts["bounced"] > facts["sent"] * HARD_BOUNCES:
        reason = f"{facts['bounced']} of {facts['sent']} addresses do not exist: more than 5 %."
    elif facts["complained"] > facts["sent"] * COMPLAINTS:
        reason = f"{facts['complained']} of {facts['sent']} people complained: more than 0.1 %."
    else:
        return False
    return hold(mailing, at=at, reason=reason)


def _states(mailing: Mailing) -> Counter:
    rows = mailing.deliveries.order_by().values_list("state").annotate(Count("pk"))
    return Counter(dict(rows))
