"""Lease a batch, write ahead, submit once, settle."""

import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from campaigns import audiences, invitations, rendering
from campaigns.counts import recount
from campaigns.engine import rates
from campaigns.engine.clock import Clock
from campaigns.errors import CampaignsError
from campaigns.models import Batch, Delivery, Mailing, SendAttempt
from campaigns.transports import Message, Result, Transport
from campaigns.transports.messages import payload_digest

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
LONGEST_WAIT = timedelta(minutes=30)


def send_due(transport: Transport, *, clock: Clock, seconds: float, limit: int = 0) -> int:
    """Send batches that are due until `seconds` have passed or `limit` are sent."""
    sent = 0
    while clock.elapsed < seconds and (not limit or sent < limit):
        batch = lease(transport, at=clock.now())
        if batch is None:
            break
        send(batch, transport, clock=clock)
        sent += 1
    return sent


def lease(transport: Transport, *, at: datetime) -> Batch | None:
    """Claim one due batch of a mailing that is being sent, with a token of the rate bucket."""
    due = Batch.objects.filter(mailing__state=Mailing.State.SENDING).filter(
        Q(state=Batch.State.PLANNED) | Q(state=Batch.State.WAITING, not_before__lte=at)
    )
    with transaction.atomic():
        rows = due.order_by("mailing", "number")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        batch = rows.first()
        if batch is None:
            return None
        rate = settings.MAILING_BATCHES_PER_SECOND
        if not rates.take(transport.name, per_second=rate, at=at):
            return None
        owner = secrets.token_hex(8)
        claimed = Batch.objects.filter(pk=batch.pk, state=batch.state).update(
            state=Batch.State.LEASED,
            lease_owner=owner,
            lease_until=at + timedelta(seconds=transport.lease_seconds),
        )
    if not claimed:
        return None
    batch.state, batch.lease_owner = Batch.State.LEASED, owner
    return batch


def send(batch: Batch, transport: Transport, *, clock: Clock) -> None:
    """Render, write ahead, submit once and settle a leased batch."""
    mailing = Mailing.objects.select_related("campaign").get(pk=batch.mailing_id)
    try:
        messages = _render(batch, mailing)
    except CampaignsError as error:
        _give_back(batch)
        hold(mailing, at=clock.now(), reason=str(error))
        return
    attempt, messages = _write_ahead(batch, mailing, messages, transport, at=clock.now())
    if attempt is None:
        return
    try:
        results = transport.submit(messages, group=attempt.group)
    except Exception:
        logger.exception("The transport %s failed in batch %s", transport.name, batch.pk)
        results = [Result("unknown", code="error", sentence="The transport failed.")] * len(
            messages
        )
    settle(batch, attempt, messages, results, transport, at=clock.now())


def settle(
    batch: Batch,
    attempt: SendAttempt,
    messages: Sequence[Message],
    results: Sequence[Result],
    transport: Transport,
    *,
    at: datetime,
) -> None:
    """Write down what became of each message and where the batch goes next."""
    with transaction.atomic():
        for message, result in zip(messages, results, strict=True):
            apply_result(message.delivery_id, result, at=at)
        worst = _worst(results)
        SendAttempt.objects.filter(pk=attempt.pk).update(
            ended_at=at,
            outcome={"unknown": "unknown", "not_sent": "not_sent"}.get(worst.outcome, "answered"),
            http_status=worst.http_status,
            detail=f"{worst.code} {worst.sentence}".strip()[:300],
        )
        _move_on(batch, worst, transport, at=at)
        recount(batch.pk)
    if worst.outcome == "not_sent" and worst.holds:
        hold(batch.mailing, at=at, reason=worst.sentence)


def apply_result(token: str, result: Result, *, at: datetime) -> None:
    """Move one delivery by one result. Only a copy that is being handed over moves."""
    rows = Delivery.objects.filter(token=token, state=Delivery.State.SUBMITTING)
    if result.outcome == "accepted":
        rows.update(
            state=Delivery.State.ACCEPTED,
            accepted_at=at,
            settled_at=at,
            note="",
            provider_message_id=result.provider_message_id[:64],
        )
    elif result.outcome == "rejected":
        rows.update(state=Delivery.State.REJECTED, settled_at=at, note=result.sentence[:300])
    elif result.outcome == "not_sent":
        rows.update(state=Delivery.State.PLANNED, note=result.sentence[:300])


def hold(mailing: Mailing, *, at: datetime, reason: str) -> bool:
    """Stop a mailing by itself; a person continues it with a written reason."""
    with transaction.atomic():
        return mailing.change_state(
            into=Mailing.State.HELD, only_from=[Mailing.State.SENDING], at=at, reason=reason
        )


def _render(batch: Batch, mailing: Mailing) -> list[Message]:
    if mailing.approved_digest != mailing.digest():
        raise CampaignsError(
            "The text, the segment or the sender changed after the approval. "
            "Cancel this mailing, or undo the change and continue."
        )
    compiled = rendering.compiled_contents(mailing)
    rows = (
        batch.deliveries.filter(state=Delivery.State.PLANNED)
        .select_related("person__area")
        .prefetch_related("person__affiliations__organisation")
        .order_by("pk")
    )
    rows = list(rows)
    survey_links = invitations.links_for(mailing, [row.person_id for row in rows if row.person_id])
    messages = []
    for delivery in rows:
        delivery.mailing = mailing
        message = rendering.message_for(
            delivery,
            compiled[delivery.language],
            survey_link=survey_links.get(delivery.person_id, ""),
        )
        messages.append(message)
    return messages


def _write_ahead(
    batch: Batch, mailing: Mailing, messages: list[Message], transport: Transport, *, at: datetime
) -> tuple[SendAttempt | None, list[Message]]:
    """Commit that these messages are about to be posted. Nothing is posted before this commit.

    Consent and suppressions are asked here once more; leavers are skipped.
    """
    with transaction.atomic():
        sending = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.SENDING).exists()
        if not sending:
            _give_back(batch)
            return None, []
        by_token = {message.delivery_id: message for message in messages}
        rows = list(batch.deliveries.filter(token__in=by_token, state=Delivery.State.PLANNED))
        gone = audiences.leavers(mailing, rows, at=at)
        for delivery in rows:
            if delivery.pk in gone:
                Delivery.objects.filter(pk=delivery.pk).update(
                    state=Delivery.State.SKIPPED,
                    reason=Delivery.Reason.LEFT,
                    note=gone[delivery.pk],
                    settled_at=at,
                )
        staying = [by_token[row.token] for row in rows if row.pk not in gone]
        # Taken back by the lease's end: another process may have it already.
        claimed = Batch.objects.filter(
            pk=batch.pk, state=Batch.State.LEASED, lease_owner=batch.lease_owner
        ).update(
            state=Batch.State.SUBMITTING if staying else Batch.State.SETTLED,
            attempts=batch.attempts + 1,
            lease_until=at + timedelta(seconds=transport.lease_seconds),
        )
        if not claimed:
            transaction.set_rollback(True)
            return None, []
        if not staying:
            recount(batch.pk)
            return None, []
        Delivery.objects.filter(token__in=[each.delivery_id for each in staying]).update(
            state=Delivery.State.SUBMITTING, submitted_at=at
        )
        number = batch.send_attempts.count() + 1
        attempt = SendAttempt.objects.create(
            batch=batch,
            number=number,
            transport=transport.name,
            group=f"{mailing.token}-{batch.number}-{payload_digest(staying)[:16]}",
            size=len(staying),
            payload_sha256=payload_digest(staying),
            started_at=at,
        )
        recount(batch.pk)
    batch.attempts += 1
    return attempt, staying


def _give_back(batch: Batch) -> None:
    Batch.objects.filter(
        pk=batch.pk, state=Batch.State.LEASED, lease_owner=batch.lease_owner
    ).update(state=Batch.State.PLANNED, lease_until=None)


def _worst(results: Sequence[Result]) -> Result:
    """Return the result that decides about the batch: unknown, then not sent, then the first."""
    for outcome in ("unknown", "not_sent"):
        found = [result for result in results if result.outcome == outcome]
        if found:
            return next((result for result in found if result.holds), found[0])
    return results[0]


def _move_on(batch: Batch, worst: Result, transport: Transport, *, at: datetime) -> None:
    rows = Batch.objects.filter(
        pk=batch.pk, state=Batch.State.SUBMITTING, lease_owner=batch.lease_owner
    )
    if worst.outcome == "unknown":
        wait = timedelta(seconds=transport.settles_after)
        rows.update(state=Batch.State.IN_DOUBT, not_before=at + wait, lease_until=None, checks=0)
    elif worst.outcome == "not_sent" and worst.holds:
        rows.update(state=Batch.State.PLANNED, lease_until=None)
    elif worst.outcome == "not_sent" and batch.attempts >= MAX_ATTEMPTS:
        if rows.update(state=Batch.State.ABANDONED, lease_until=None):
            batch.deliveries.filter(state=Delivery.State.PLANNED).update(
                state=Delivery.State.FAILED, settled_at=at, note=worst.sentence[:300]
            )
    elif worst.outcome == "not_sent":
        wait = timedelta(seconds=worst.retry_after) * (2 ** min(batch.attempts - 1, 8))
        rows.update(
            state=Batch.State.WAITING,
            not_before=at + min(wait, LONGEST_WAIT),
            lease_until=None,
        )
    else:
        rows.update(state=Batch.State.SETTLED, lease_until=None)
