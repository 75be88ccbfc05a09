"""Scheduled mailings: start them on time, or ask a person when their time was missed."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.models import Mailing

GRACE = timedelta(minutes=60)


def start_due(*, at: datetime) -> int:
    """Start what is due; what is more than an hour late waits for confirmation instead.

    A server that was down, or a copy of the database restored from last week, must not send
    yesterday's invitation.
    """
    done = 0
    for mailing in Mailing.objects.filter(state=Mailing.State.SCHEDULED, scheduled_at__lte=at):
        late = at - mailing.scheduled_at > GRACE
        with transaction.atomic():
            if late:
                done += mailing.change_state(
                    into=Mailing.State.MISSED,
                    only_from=[Mailing.State.SCHEDULED],
                    at=at,
                    reason="It was due more than an hour ago and nothing was running then.",
                )
            else:
                done += mailing.change_state(
                    into=Mailing.State.PREPARING,
                    only_from=[Mailing.State.SCHEDULED],
                    at=at,
                    reason="Its time came.",
                    started_at=at,
                )
    return done
