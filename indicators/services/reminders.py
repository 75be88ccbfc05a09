"""Reminders of a round: before the deadline and after it, to those whose values are awaited.

Each goes out at most once. A row is made for it before anything is sent, and the database refuses
a second one; so a worker that dies on the way has sent one mail too few, never one too many, and
the round's page shows what was claimed and not sent.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from indicators.models import Area, AskedValue, Reminder, ReportingRound, SectoralBody, Submission
from indicators.reporting import letters
from indicators.reporting.reporters import Reporter, office_day, reporters_of

logger = logging.getLogger(__name__)

# Work that stood still for longer sends nothing it should have sent then.
STALE = timedelta(days=3)
_WAITS_FOR_REPORTER = (Submission.State.DRAFTING, Submission.State.RETURNED)


def remind_reporters(*, at: datetime) -> int:
    """Send what is due; return how many mails went out. One bad address never stops the rest."""
    sent = 0
    for call in ReportingRound.objects.open(at).order_by("deadline_at"):
        days = due_days(call, at)
        if days is not None:
            sent += _remind(call, days, at)
    return sent


def due_days(call: ReportingRound, at: datetime) -> int | None:
    """Which of the round's reminders is due now: the latest that was reached, if not long ago."""
    reached = [
        days
        for days in call.reminder_days
        if call.opens_at <= call.deadline_at - timedelta(days=days) <= at
    ]
    if not reached:
        return None
    days = min(reached)
    return days if at - (call.deadline_at - timedelta(days=days)) < STALE else None


def _remind(call: ReportingRound, days: int, at: datetime) -> int:
    due_on = office_day(call.deadline_at - timedelta(days=days))
    done = set(call.reminders.filter(days=days, due_on=due_on).values_list("whom", "recipient_id"))
    sent = 0
    for whom, given, asked, reporter in _awaited(call, at):
        code = f"area:{reporter.area}" if reporter.area else f"body:{reporter.body}"
        if (code, reporter.user.pk) in done:
            continue
        reminder = _claim(call, days, due_on, code, reporter, at)
        if reminder is None:
            continue
        try:
            letters.reminder(call, days, whom, given, asked, reporter, at=at).send()
        except Exception as error:
            logger.exception("The reminder %s of round %s was not sent.", reminder.pk, call.pk)
            Reminder.objects.filter(pk=reminder.pk).update(
                error=f"{type(error).__name__}: {error}"[:300]
            )
            continue
        Reminder.objects.filter(pk=reminder.pk).update(sent_at=at)
        sent += 1
    return sent


def _claim(
    call: ReportingRound, days: int, due_on: date, code: str, reporter: Reporter, at: datetime
) -> Reminder | None:
    """The row of this reminder, if nobody has made it before."""
    try:
        with transaction.atomic():
            return Reminder.objects.create(
                round=call,
                days=days,
                due_on=due_on,
                whom=code,
                recipient=reporter.user,
                claimed_at=at,
            )
    except IntegrityError:
        return None


def _awaited(
    call: ReportingRound, at: datetime
) -> Iterator[tuple[Area | SectoralBody, int, int, Reporter]]:
    """Whoever has not handed in, how many values they have given and were asked for, and by whom."""
    asked: dict[Area | SectoralBody, int] = {}
    for row in AskedValue.objects.filter(round=call).select_related("area", "body"):
        key = row.area or row.body
        asked[key] = asked.get(key, 0) + 1
    given: dict[Area | SectoralBody, int] = {}
    for submission in call.submissions.select_related("area", "body").prefetch_related("values"):
        key = submission.area or submission.body
        if submission.state in _WAITS_FOR_REPORTER:
            given[key] = len(submission.values.all())
        else:
            asked.pop(key, None)
    areas = {one.code: one for one in asked if isinstance(one, Area)}
    bodies = {one.acronym: one for one in asked if isinstance(one, SectoralBody)}
    for reporter in reporters_of(areas=areas.values(), bodies=bodies.values(), on=office_day(at)):
        whom = areas.get(reporter.area) or bodies.get(reporter.body)
        if whom is not None and reporter.user is not None and reporter.address:
            yield whom, given.get(whom, 0), asked[whom], reporter
