"""What to do when nobody knows whether a batch arrived: ask, wait, ask again. Never guess."""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from campaigns.counts import recount
from campaigns.engine.clock import Clock
from campaigns.engine.sending import apply_result
from campaigns.models import Batch, Delivery, Mailing, SendAttempt
from campaigns.transports import Transport

logger = logging.getLogger(__name__)
# After each check that did not find everything, how long until the next (the grace time).
CHECK_AGAIN_AFTER = [timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=10)]
NEVER_KNOWN = (
    "The connection was lost while this copy was being handed over. Nobody can tell whether it "
    "arrived, so it is not sent again by itself."
)


def expire_leases(transport: Transport, *, at: datetime) -> int:
    """Free what a dead process held. What may have been posted becomes a doubt, not a plan."""
    late = Batch.objects.filter(lease_until__lt=at)
    done = late.filter(state=Batch.State.LEASED).update(state=Batch.State.PLANNED, lease_until=None)
    done += late.filter(state=Batch.State.SUBMITTING).update(
        state=Batch.State.IN_DOUBT,
        lease_until=None,
        checks=0,
        not_before=at + timedelta(seconds=transport.settles_after),
    )
    done += late.filter(state=Batch.State.RECONCILING).update(
        state=Batch.State.IN_DOUBT, lease_until=None, not_before=at
    )
    return done


def due(*, at: datetime) -> list[Batch]:
    """Return the batches in doubt whose next check is due."""
    rows = Batch.objects.filter(state=Batch.State.IN_DOUBT, not_before__lte=at)
    return list(rows.select_related("mailing").order_by("not_before")[:20])


def reconcile(batch: Batch, *, transport: Transport, clock: Clock) -> int:
    """Ask the transport about the copies nobody knows about; settle what it knows.

    What is still not found after the last check is submitted again under the same id, and only
    by a transport that can be asked or that refuses a second copy by itself.
    """
    owner = secrets.token_hex(8)
    claimed = Batch.objects.filter(pk=batch.pk, state=Batch.State.IN_DOUBT).update(
        state=Batch.State.RECONCILING,
        lease_owner=owner,
        lease_until=clock.now() + timedelta(seconds=transport.lease_seconds),
    )
    if not claimed:
        return 0
    tokens = list(
        batch.deliveries.filter(state=Delivery.State.SUBMITTING).values_list("token", flat=True)
    )
    found = {}
    if transport.can_query and tokens:
        try:
            found = transport.query(tokens)
        except ConnectionError:
            _look_later(batch, owner, at=clock.now(), checks=batch.checks)
            return 1
    with transaction.atomic():
        for token, result in found.items():
            apply_result(token, result, at=clock.now())
        missing = [token for token in tokens if token not in found]
        _decide(batch, owner, missing, transport, at=clock.now())
        recount(batch.pk)
    return 1


def _decide(
    batch: Batch, owner: str, missing: list[str], transport: Transport, *, at: datetime
) -> None:
    if missing and transport.can_query and transport.settles_after:
        if batch.checks < len(CHECK_AGAIN_AFTER):
            _look_later(batch, owner, at=at, checks=batch.checks + 1)
            return
    rows = Delivery.objects.filter(token__in=missing, state=Delivery.State.SUBMITTING)
    if transport.can_query or transport.can_deduplicate:
        rows.update(state=Delivery.State.PLANNED)
    else:
        rows.update(state=Delivery.State.FAILED, settled_at=at, note=NEVER_KNOWN)
    mailing_state = Mailing.objects.values_list("state", flat=True).get(pk=batch.mailing_id)
    left = batch.deliveries.filter(state=Delivery.State.PLANNED)
    if mailing_state == Mailing.State.CANCELLED:
        left.update(state=Delivery.State.CANCELLED, settled_at=at)
    state = Batch.State.PLANNED if left.exists() else Batch.State.SETTLED
    Batch.objects.filter(pk=batch.pk, state=Batch.State.RECONCILING, lease_owner=owner).update(
        state=state, lease_until=None, not_before=None
    )
    SendAttempt.objects.filter(batch=batch, outcome=SendAttempt.Outcome.OPEN).update(
        outcome=SendAttempt.Outcome.UNKNOWN,
        ended_at=at,
        detail="The sender stopped; checked later.",
    )


def _look_later(batch: Batch, owner: str, *, at: datetime, checks: int) -> None:
    index = min(max(checks - 1, 0), len(CHECK_AGAIN_AFTER) - 1)
    Batch.objects.filter(pk=batch.pk, state=Batch.State.RECONCILING, lease_owner=owner).update(
        state=Batch.State.IN_DOUBT,
        lease_until=None,
        checks=checks,
        not_before=at + CHECK_AGAIN_AFTER[index],
    )
