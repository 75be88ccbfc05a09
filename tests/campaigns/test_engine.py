"""The send engine over the local outbox: everybody once, and every doubt visible."""

from datetime import timedelta

import pytest

from campaigns import services
from campaigns.engine import rates, tick
from campaigns.errors import NotReady, OwnApproval, WrongState
from campaigns.models import Batch, Delivery, Mailing, SendAttempt
from engagement.services import withdraw_consent
from tests.campaigns.factories import (
    AT,
    HOSTILE,
    make_mailing,
    make_officer,
    make_person,
    start,
)

pytestmark = pytest.mark.django_db


def run(at=AT, times=3, **values):
    for step in range(times):
        tick(at=at + timedelta(seconds=step), **values)


def states(mailing):
    found = {}
    for state in mailing.deliveries.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_a_mailing_reaches_everybody_of_the_segment_once(outbox):
    mailing = start(make_mailing(people=120))
    run()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.COMPLETED
    assert states(mailing) == {"accepted": 120}
    assert [batch.counts["accepted"] for batch in mailing.batches.all()] == [50, 50, 20]
    assert len(outbox.names()) == 120
    assert SendAttempt.objects.count() == 3


def test_ticking_again_changes_nothing(outbox):
    start(make_mailing(people=3))
    run()
    before = list(Delivery.objects.values())
    run(at=AT + timedelta(days=1))
    assert list(Delivery.objects.values()) == before
    assert len(outbox.names()) == 3


def test_each_person_gets_the_own_language_and_the_rest_the_default(outbox):
    make_person("Dewi", language="id")
    make_person("Minh", language="vi")
    start(make_mailing(languages=("en", "id")))
    run()
    languages = dict(Delivery.objects.values_list("name", "language"))
    assert languages == {"Dewi": "id", "Minh": "en"}


def test_a_hostile_name_stays_a_name(outbox):
    make_person(HOSTILE)
    start(make_mailing())
    run()
    [name] = outbox.names()
    message = outbox.read(name)
    html = message.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert message["Subject"] == "en: your voice, Amina"
    assert "https://example.org/plan" not in html  # a counted link of our own instead


def test_who_leaves_while_it_runs_is_skipped_and_said_so(outbox, settings):
    mailing = make_mailing(people=60)
    start(mailing)
    tick(at=AT, limit=1)
    last = mailing.deliveries.filter(state="planned").last()
    withdraw_consent(person=last.person, purpose="campaigns", evidence="test", at=AT)
    run()
    last.refresh_from_db()
    assert (last.state, last.reason) == ("skipped", "left")
    assert len(outbox.names()) == 59
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.COMPLETED


def test_pause_stops_and_resume_goes_on_with_the_rest(outbox):
    mailing = start(make_mailing(people=120))
    tick(at=AT, limit=1)
    services.pause(mailing=mailing, by=make_officer(), at=AT)
    run()
    assert len(outbox.names()) == 50
    services.resume(mailing=mailing, by=make_officer(), at=AT)
    run()
    assert len(outbox.names()) == 120


def test_cancel_says_how_many_were_sent_and_how_many_never_will_be(outbox):
    mailing = start(make_mailing(people=120))
    tick(at=AT, limit=1)
    services.cancel(mailing=mailing, by=make_officer(), at=AT, reason="A wrong date in the text.")
    run()
    assert states(mailing) == {"accepted": 50, "cancelled": 70}
    assert len(outbox.names()) == 50
    with pytest.raises(WrongState):
        services.resume(mailing=mailing, by=make_officer(), at=AT)


def test_two_officers_press_send_and_one_mailing_leaves(outbox):
    mailing = make_mailing(people=2)
    services.approve(mailing=mailing, by=make_officer("approver@office.example"), at=AT)
    first, second = Mailing.objects.get(pk=mailing.pk), Mailing.objects.get(pk=mailing.pk)
    services.start(mailing=first, by=make_officer(), at=AT)
    with pytest.raises(WrongState):
        services.start(mailing=second, by=make_officer("other@office.example"), at=AT)
    run()
    assert len(outbox.names()) == 2


def test_an_author_cannot_approve_where_a_second_person_is_needed(outbox, settings):
    settings.MAILING_NEEDS_SECOND_PERSON = True
    mailing = make_mailing(people=1)
    with pytest.raises(OwnApproval):
        services.approve(mailing=mailing, by=mailing.author, at=AT)
    with pytest.raises(WrongState):
        services.start(mailing=mailing, by=mailing.author, at=AT)


def test_an_author_alone_can_send_where_no_second_person_is_needed(outbox, settings):
    settings.MAILING_NEEDS_SECOND_PERSON = False
    mailing = make_mailing(people=1)
    services.start(mailing=mailing, by=mailing.author, at=AT)
    run()
    assert len(outbox.names()) == 1


def test_a_text_changed_after_approval_is_not_sent(outbox):
    mailing = make_mailing(people=1)
    services.approve(mailing=mailing, by=make_officer("approver@office.example"), at=AT)
    mailing.contents.update(subject="Something else")
    with pytest.raises(WrongState, match="Approve it again"):
        services.start(mailing=Mailing.objects.get(pk=mailing.pk), by=make_officer(), at=AT)


def test_a_text_changed_while_it_runs_holds_the_mailing(outbox):
    mailing = start(make_mailing(people=1))
    mailing.contents.update(subject="Something else")
    run()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HELD
    assert outbox.names() == []
    with pytest.raises(WrongState, match="Write down why"):
        services.resume(mailing=mailing, by=make_officer(), at=AT)


def test_red_findings_stop_sending(outbox):
    mailing = make_mailing()
    with pytest.raises(NotReady, match="Nobody would receive it"):
        services.approve(mailing=mailing, by=make_officer("approver@office.example"), at=AT)


def test_a_schedule_starts_on_time_and_asks_when_it_was_missed(outbox):
    mailing = make_mailing(people=1)
    services.approve(mailing=mailing, by=make_officer("approver@office.example"), at=AT)
    services.schedule(mailing=mailing, by=make_officer(), when=AT + timedelta(hours=1), at=AT)
    run()
    assert outbox.names() == []
    run(at=AT + timedelta(hours=3))
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.MISSED
    services.start(mailing=mailing, by=make_officer(), at=AT + timedelta(hours=3))
    run(at=AT + timedelta(hours=3))
    assert len(outbox.names()) == 1


def test_a_sender_that_died_before_posting_is_replaced(outbox):
    mailing = start(make_mailing(people=3))
    tick(at=AT, limit=0, transport=_Dead())
    assert states(mailing) == {"submitting": 3}
    assert mailing.batches.get().state == Batch.State.SUBMITTING
    run(at=AT + timedelta(minutes=5))
    assert len(outbox.names()) == 3
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.COMPLETED


def test_a_sender_that_died_after_posting_doubles_nobody(outbox):
    mailing = start(make_mailing(people=3))
    tick(at=AT, transport=_Dead(after=True))
    assert len(outbox.names()) == 3
    written = [outbox.raw(name) for name in outbox.names()]
    run(at=AT + timedelta(minutes=5))
    assert [outbox.raw(name) for name in outbox.names()] == written
    assert states(mailing) == {"accepted": 3}


def test_the_list_starts_over_when_its_maker_died(outbox):
    mailing = start(make_mailing(people=3))
    Mailing.objects.filter(pk=mailing.pk).update(
        lease_owner="dead", lease_until=AT + timedelta(seconds=60)
    )
    run(times=1)
    assert not mailing.deliveries.exists()
    run(at=AT + timedelta(minutes=2))
    assert len(outbox.names()) == 3


def test_batches_leave_no_faster_than_the_limit():
    """The bucket itself is asked, because a tick moves on with the real clock."""

    def taken(at):
        return sum(rates.take("memory", per_second=2, at=at) for _ in range(10))

    assert taken(AT) == 2
    assert taken(AT + timedelta(milliseconds=500)) == 1
    assert taken(AT + timedelta(minutes=5)) == 2


def test_a_follow_up_reaches_only_those_missed(outbox):
    mailing = start(make_mailing(people=60))
    tick(at=AT, limit=1)
    services.cancel(mailing=mailing, by=make_officer(), at=AT)
    run()
    again = services.follow_up(mailing=mailing, by=make_officer(), at=AT)
    start(again)
    run()
    assert states(again) == {"accepted": 10, "skipped": 50}
    assert len(outbox.names()) == 60


class _Dead:
    """An outbox whose process is killed in the middle of a call."""

    name, can_query, can_deduplicate, lease_seconds, settles_after = "outbox", True, True, 20, 0

    def __init__(self, after: bool = False):
        self.after = after

    def submit(self, messages, *, group):
        from campaigns.transports.outbox import OutboxTransport

        if self.after:
            OutboxTransport().submit(messages, group=group)
        raise SystemExit

    def query(self, ids):
        return {}


@pytest.fixture(autouse=True)
def _survive_system_exit(monkeypatch):
    from campaigns.engine import sending

    original = sending.send

    def send(*args, **kwargs):
        try:
            original(*args, **kwargs)
        except SystemExit:
            return None

    monkeypatch.setattr(sending, "send", send)
