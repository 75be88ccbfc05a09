"""Freezing the list: one row for every person of the segment, before the first batch leaves."""

import secrets
from collections import Counter
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q

from campaigns import audiences, invitations
from campaigns.engine.clock import Clock
from campaigns.models import Batch, Delivery, Mailing
from campaigns.models.deliveries import BATCH_SIZE

STEP = 5_000
LEASE = timedelta(seconds=60)


def due(*, at: datetime) -> list[Mailing]:
    """Return the mailings whose list nobody is preparing."""
    return list(
        Mailing.objects.filter(state=Mailing.State.PREPARING).filter(
            Q(lease_until=None) | Q(lease_until__lt=at)
        )
    )


def freeze(mailing: Mailing, *, clock: Clock) -> int:
    """Write a Delivery for every person and group the recipients into batches.

    In steps, so that a list of a million holds no long lock. If a process dies in between, the
    next one starts over: nothing of an unfinished list can have been sent.
    """
    owner = secrets.token_hex(8)
    now = clock.now()
    if not _claim(mailing, owner, at=now):
        return 0
    mailing.deliveries.all().delete()
    mailing.batches.all().delete()
    total, excluded, number = 0, Counter(), 0
    verdicts = audiences.classify(mailing, at=now)
    while step := list(islice(verdicts, STEP)):
        with transaction.atomic():
            if not _claim(mailing, owner, at=clock.now(), again=True):
                return 0  # the mailing was cancelled, or another process took over
            number = _write(mailing, step, number, at=now)
        total += len(step)
        excluded.update(verdict.reason for verdict in step if verdict.reason)
    with transaction.atomic():
        return int(
            mailing.change_state(
                into=Mailing.State.SENDING,
                only_from=[Mailing.State.PREPARING],
                at=clock.now(),
                reason="The list is ready.",
                recipients=total,
                exclusions=dict(excluded),
                lease_owner="",
                lease_until=None,
            )
        )


def _claim(mailing: Mailing, owner: str, *, at: datetime, again: bool = False) -> bool:
    rows = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.PREPARING)
    rows = (
        rows.filter(lease_owner=owner)
        if again
        else rows.filter(Q(lease_until=None) | Q(lease_until__lt=at))
    )
    return bool(rows.update(lease_owner=owner, lease_until=at + LEASE))


def _write(mailing: Mailing, step: list[audiences.Verdict], number: int, *, at: datetime) -> int:
    chosen = [verdict for verdict in step if not verdict.reason]
    groups = [chosen[start : start + BATCH_SIZE] for start in range(0, len(chosen), BATCH_SIZE)]
    batches = Batch.objects.bulk_create(
        [
            Batch(mailing=mailing, number=number + index, counts={"planned": len(group)})
            for index, group in enumerate(groups, start=1)
        ]
    )
    rows = [
        _delivery(mailing, verdict, batch=batch)
        for batch, group in zip(batches, groups, strict=True)
        for verdict in group
    ]
    rows += [
        _delivery(
            mailing,
            verdict,
            state=Delivery.State.SKIPPED,
            reason=verdict.reason,
            note=verdict.note[:300],
            settled_at=at,
        )
        for verdict in step
        if verdict.reason
    ]
    Delivery.objects.bulk_create(rows, batch_size=500)
    invitations.make(mailing, [(verdict.person, verdict.language) for verdict in chosen])
    return number + len(groups)


def _delivery(mailing: Mailing, verdict: audiences.Verdict, **columns) -> Delivery:
    return Delivery(
        mailing=mailing,
        person_id=verdict.person,
        name=verdict.name,
        address=verdict.address,
        language=verdict.language,
        **columns,
    )
