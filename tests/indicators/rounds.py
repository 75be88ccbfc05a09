"""Rounds to test with: what is asked of whom, and how a submission goes its way."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from indicators import services
from indicators.models import Area, ReportingRound, SectoralBody, Submission
from indicators.reporting.asking import Asked
from indicators.services import Entry
from tests.conftest import user_with_role

_number = count(1)


def make_body(acronym="SOMHD"):
    return SectoralBody.objects.get_or_create(acronym=acronym, defaults={"name": acronym})[0]


def make_round(asked, *, at: datetime | None = None, days=30, opened=1, **overrides):
    """A round that asks each indicator of `asked` of the areas and bodies listed for it."""
    at = at or timezone.now()
    values = {
        "title": f"Quarter {next(_number)}",
        "period": "2026-Q4",
        "opens_at": at - timedelta(days=opened),
        "deadline_at": at + timedelta(days=days),
    } | overrides
    whom = {
        indicator.pk: Asked(
            tuple(one for one in ones if isinstance(one, Area)),
            tuple(one for one in ones if isinstance(one, SectoralBody)),
        )
        for indicator, ones in asked.items()
    }
    return services.set_up_round(indicators=asked, asked=whom, by=None, at=at, **values)


def begin(call: ReportingRound, by, *, at=None, **whom) -> Submission:
    return services.start_submission(round=call, by=by, at=at or timezone.now(), **whom)


def enter(submission: Submission, indicator, value, by, *, at=None, **more) -> int:
    entry = Entry(
        indicator,
        more.pop("period", submission.round.period),
        None if value is None else Decimal(value),
        note=more.pop("note", "Ministry of Labour"),
        **more,
    )
    return services.save_values(
        submission=submission, entries=[entry], by=by, at=at or timezone.now()
    )


def go(submission: Submission, *states: str, by=None, reason="", at=None) -> Submission:
    """Take the steps one after the other; without `by` an administrator takes them."""
    by = by or user_with_role("administrator")
    for state in states:
        services.advance(
            submission=submission, to_state=state, by=by, at=at or timezone.now(), reason=reason
        )
    return submission
