"""Scheduled mailings: start them on time, or ask a person when their time was missed."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns.models import Mailing

GRACE = timedelta(minutes=60)


def start_due(*, at: datetime) -> int:
    """Start what is due; what is more than an hour late waits for confirmation instead.

    A server that was down, or a copy of the database restored from last week, must not send
    yesterday's invitation. An invitation to a survey that takes no answers waits likewise.
    """
    done = 0
    due = Mailing.objects.filter(state=Mailing.State.SCHEDULED, scheduled_at__lte=at)
    for mailing in due.select_related("wave"):
        late = at - mailing.scheduled_at > GRACE
        is_shut = mailing.wave is not None and not mailing.wave.is_open(at=at)
        with transaction.atomic():
            if late:
                done += mailing.change_state(
                    into=Mailing.State.MISSED,
                    only_from=[Mailing.State.SCHEDULED],
                    at=at,
                    reason="It was due more than an hour ago and nothing was running then.",
                )
            elif is_shut:
                done += mailing.change_state(
                    into=Mailing.State.MISSED,
                    only_from=[Mailing.State.SCHEDULED],
                    at=at,
                    reason=f"“{mailing.wave}” takes no answers now, so nobody is asked to answer.",
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
