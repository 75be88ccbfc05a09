"""Many people at the same moment: one takes a step, one saves a value, one reminder goes out."""

import threading
from collections import Counter
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError, connection
from django.utils import timezone

from indicators import services
from indicators.errors import EditedMeanwhile, WrongState
from indicators.models import Reminder, Submission, SubmissionStep
from indicators.services import Entry, entry, reminders, reporting
from tests.conftest import user_with_role
from tests.indicators.factories import make_area, make_asean, make_indicator
from tests.indicators.rounds import begin, enter, go, make_round

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8

only_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="On SQLite one transaction writes at a time: this race cannot happen there.",
)


@pytest.fixture
def share():
    make_asean("VN")
    return make_indicator("kpi-5a", data_route="national_policy", unit="percent")


@pytest.fixture
def draft(share):
    linh = user_with_role("national_focal_point", area="VN")
    return begin(make_round({share: [make_area("VN")]}), linh, area=make_area("VN"))


def approve(submission):
    def one(user) -> str:
        try:
            services.advance(
                submission=submission, to_state="nationally_approved", by=user, at=timezone.now()
            )
        except WrongState:
            return "told"
        return "approved"

    return one


def save(submission, indicator):
    def one(pair) -> str:
        user, value = pair
        wish = Entry(indicator, "2026", Decimal(value), note="Census", version=0)
        try:
            services.save_values(submission=submission, entries=[wish], by=user, at=timezone.now())
        except EditedMeanwhile as told:
            [conflict] = told.conflicts
            return "both" if conflict.mine.value != conflict.theirs.value else "?"
        except IntegrityError:
            return "refused by the database"
        return "saved"

    return one


def handed_in(draft, share):
    linh = user_with_role("national_focal_point", area="VN")
    enter(draft, share, "60", linh)
    go(draft, "submitted", by=linh)
    return [user_with_role("approver") for _ in range(AT_ONCE)]


def outcome():
    steps = SubmissionStep.objects.filter(to_state="nationally_approved").count()
    return Submission.objects.get().state, steps


def test_of_many_who_approve_at_once_exactly_one_does(crowd, draft, share):
    approvers = handed_in(draft, share)
    answers = Counter(crowd(approve(draft), approvers))
    assert answers == {"approved": 1, "told": AT_ONCE - 1}
    assert crowd(lambda _: outcome(), [None]) == [("nationally_approved", 1)]


@only_postgresql
def test_the_same_step_is_taken_once_even_without_the_lock(crowd, draft, share, monkeypatch):
    """All have read the old state before anybody writes; the conditional update still decides."""
    approvers = handed_in(draft, share)
    monkeypatch.setattr(reporting, "locked", read_together(AT_ONCE))
    answers = Counter(crowd(approve(draft), approvers))
    assert answers == {"approved": 1, "told": AT_ONCE - 1}
    assert outcome() == ("nationally_approved", 1)


@only_postgresql
def test_the_control_without_lock_and_condition_takes_a_step_many_times(
    crowd, draft, share, monkeypatch
):
    approvers = handed_in(draft, share)
    monkeypatch.setattr(reporting, "locked", read_together(AT_ONCE))
    monkeypatch.setattr(reporting, "_claim", lambda submission, step: True)
    assert Counter(crowd(approve(draft), approvers)) == {"approved": AT_ONCE}
    assert outcome()[1] == AT_ONCE


def read_together(people: int):
    """`locked` without the lock, where nobody goes on before everybody has read."""
    together = threading.Barrier(people, timeout=30)

    def read(submission):
        found = Submission.objects.select_related("area", "body", "round").get(pk=submission.pk)
        together.wait()
        return found

    return read


def test_of_many_who_save_one_value_at_once_all_but_one_see_both(crowd, draft, share):
    people = [
        (user_with_role("national_focal_point", area="VN"), 50 + number)
        for number in range(AT_ONCE)
    ]
    answers = Counter(crowd(save(draft, share), people))
    assert answers == {"saved": 1, "both": AT_ONCE - 1}
    assert crowd(lambda _: (draft.values.count(), draft.changes.count()), [None]) == [(1, 1)]


@only_postgresql
def test_the_control_without_the_lock_leaves_it_to_the_database(crowd, draft, share, monkeypatch):
    """Then the second is refused with an error instead of being shown both values."""
    people = [
        (user_with_role("national_focal_point", area="VN"), 50 + number) for number in range(2)
    ]
    monkeypatch.setattr(entry, "locked", read_together(2))
    answers = Counter(crowd(save(draft, share), people))
    assert answers == {"saved": 1, "refused by the database": 1}


@pytest.fixture
def due(share):
    """A round whose reminder of three days is due, and two focal points to remind."""
    make_asean("VN", "MM")
    for area in ("VN", "MM"):
        user_with_role("national_focal_point", area=area)
    return make_round(
        {share: [make_area("VN"), make_area("MM")]}, days=2, opened=20, reminder_days=[14, 3]
    )


def remind(_number) -> int:
    return services.remind_reporters(at=timezone.now())


def test_of_many_workers_one_sends_each_reminder(crowd, due):
    sent = sum(crowd(remind, range(AT_ONCE)))
    assert sent == 2
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 2
    assert crowd(lambda _: Reminder.objects.exclude(sent_at=None).count(), [None]) == [2]


def test_the_control_without_the_claim_sends_each_reminder_many_times(crowd, due, monkeypatch):
    monkeypatch.setattr(reminders, "_claim", lambda *_arguments: Reminder(pk=0))
    assert sum(crowd(remind, range(AT_ONCE))) == 2 * AT_ONCE
    assert len(mail.outbox) == 2 * AT_ONCE
