"""Reminders of a round: to whom, on which days, in which words, and never twice."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone, translation

from engagement.models import Grant
from engagement.registry.visibility import today
from engagement.roles import ensure_roles
from indicators import services
from indicators.models import Area, Reminder, ReportingRound
from indicators.reporting import letters
from indicators.services.reminders import due_days
from tests.conftest import user_with_role
from tests.engagement.factories import (
    make_grant,
    make_holding,
    make_person,
    make_post,
    make_user,
)
from tests.indicators.factories import make_area, make_asean, make_indicator
from tests.indicators.rounds import begin, enter, go, make_body, make_round

pytestmark = pytest.mark.django_db

AT = timezone.now()


@pytest.fixture
def policy():
    make_asean("VN", "MM")
    Area.objects.filter(code="VN").update(time_zone="Asia/Ho_Chi_Minh", name="Viet Nam")
    return make_indicator("kpi-16", data_route="national_policy", unit="policies")


@pytest.fixture
def linh(policy):
    return user_with_role("national_focal_point", area="VN")


def round_due_in(days, policy, *whom, **more):
    return make_round(
        {policy: whom or [make_area("VN"), make_area("MM")]},
        at=AT,
        days=days,
        opened=60,
        title="Quarter 4",
        **more,
    )


@pytest.mark.parametrize(
    ("before_deadline", "due"),
    [
        (timedelta(days=15), None),
        (timedelta(days=14), 14),
        (timedelta(days=13), 14),
        (timedelta(days=10), None),
        (timedelta(days=3), 3),
        (timedelta(0), None),
        (timedelta(days=-1), -1),
        (timedelta(days=-2), -1),
        (timedelta(days=-9), None),
    ],
)
def test_the_latest_reminder_reached_is_due_and_a_stale_one_never(before_deadline, due):
    call = ReportingRound(opens_at=AT - timedelta(days=60), deadline_at=AT + before_deadline)
    call.reminder_days = [14, 3, -1]
    assert due_days(call, AT) == due


def test_a_round_that_opened_late_sends_no_reminder_from_before_it_opened():
    call = ReportingRound(opens_at=AT, deadline_at=AT + timedelta(days=13))
    call.reminder_days = [14, 3]
    assert due_days(call, AT + timedelta(hours=1)) is None


def test_check_29_those_awaited_are_reminded_before_the_deadline_once(policy, linh):
    call = round_due_in(3, policy)
    assert services.remind_reporters(at=AT) == 1
    [letter] = mail.outbox
    assert letter.to == [linh.email]
    assert letter.subject == "Values of Viet Nam for “Quarter 4” are awaited"
    assert "0 / 1" in letter.body and "/office/indicators/asked/" in letter.body
    assert "Ho Chi Minh (UTC+7)" in letter.body
    assert "<script" not in letter.alternatives[0][0]
    for hours in (0, 1, 30):
        assert services.remind_reporters(at=AT + timedelta(hours=hours)) == 0
    kept = Reminder.objects.get()
    assert (kept.round, kept.days, kept.whom, kept.recipient) == (call, 3, "area:VN", linh)
    assert kept.sent_at == AT


def test_who_has_handed_in_is_left_in_peace_and_who_got_it_back_is_not(policy, linh):
    call = round_due_in(3, policy)
    submission = begin(call, linh, area=make_area("VN"))
    enter(submission, policy, "3", linh)
    go(submission, "submitted", by=linh)
    assert services.remind_reporters(at=AT) == 0
    go(submission, "returned", reason="twice")
    assert services.remind_reporters(at=AT) == 1
    assert "1 / 1" in mail.outbox[0].body


def test_after_the_deadline_the_letter_says_late(policy, linh):
    round_due_in(-1, policy)
    services.remind_reporters(at=AT)
    assert "deadline has passed" in mail.outbox[0].subject


def test_it_speaks_the_readers_language(policy, linh, monkeypatch):
    seen = []
    monkeypatch.setattr(letters, "complete", lambda code: code)
    monkeypatch.setattr(
        letters, "render_to_string", lambda *_a: seen.append(translation.get_language()) or "x"
    )
    type(linh).objects.filter(pk=linh.pk).update(language="vi")
    round_due_in(3, policy)
    services.remind_reporters(at=AT)
    assert seen == ["vi", "vi"]


def test_the_holder_of_the_post_is_reminded_and_the_predecessor_is_not(policy):
    ensure_roles()
    amina, boris = make_user("amina@people.example"), make_user("boris@people.example")
    post = make_post("Focal point", area="VN")
    make_grant(post=post, area="VN", role="national_focal_point")
    make_holding(post, make_person("Amina", user=amina), end=today())
    make_holding(post, make_person("Boris", user=boris), start=today())
    round_due_in(3, policy)
    assert services.remind_reporters(at=AT) == 1
    assert mail.outbox[0].to == [boris.email]
    assert "Focal point" in mail.outbox[0].body


def test_a_grant_for_the_group_of_states_is_reminded_for_each_member(policy):
    everywhere = user_with_role("national_focal_point", area="ASEAN")
    round_due_in(3, policy)
    assert services.remind_reporters(at=AT) == 2
    assert {message.to[0] for message in mail.outbox} == {everywhere.email}
    assert set(Reminder.objects.values_list("whom", flat=True)) == {"area:VN", "area:MM"}


def test_bodies_are_reminded_like_areas(policy):
    body = make_body()
    dara = user_with_role("sectoral_body_reporter", body="SOMHD")
    round_due_in(3, policy, body)
    services.remind_reporters(at=AT)
    assert mail.outbox[0].to == [dara.email]
    assert Reminder.objects.get().whom == "body:SOMHD"


def test_a_worker_killed_before_the_mail_sends_it_never(policy, linh, monkeypatch):
    """The claim is committed, the process is gone: one mail too few, never one too many."""
    round_due_in(3, policy)

    def killed(*_arguments, **_more):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(letters, "reminder", killed)
        with pytest.raises(SystemExit):
            services.remind_reporters(at=AT)
    assert services.remind_reporters(at=AT) == 0
    assert mail.outbox == []
    kept = Reminder.objects.get()
    assert (kept.sent_at, kept.error) == (None, "")


def test_a_mail_server_that_hangs_up_stops_nobody_else_and_is_shown(
    client_for, policy, linh, monkeypatch
):
    other = user_with_role("national_focal_point", area="MM")
    call = round_due_in(3, policy)
    real = mail.EmailMultiAlternatives.send

    def send(message, *arguments, **more):
        if message.to == [linh.email]:
            raise SMTPServerDisconnected("gone")
        return real(message, *arguments, **more)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
    assert services.remind_reporters(at=AT) == 1
    assert [message.to for message in mail.outbox] == [[other.email]]
    page = client_for("analyst").get(f"/office/indicators/rounds/{call.token}/").content.decode()
    assert "SMTPServerDisconnected: gone" in page


def test_a_deadline_moved_by_days_is_reminded_of_again(policy, linh):
    call = round_due_in(3, policy)
    services.remind_reporters(at=AT)
    ReportingRound.objects.filter(pk=call.pk).update(deadline_at=AT + timedelta(days=13))
    assert services.remind_reporters(at=AT + timedelta(days=10)) == 1
    assert len(mail.outbox) == 2


def test_nobody_is_reminded_of_a_closed_or_unopened_round_or_without_a_right(policy, linh):
    call = round_due_in(3, policy)
    ReportingRound.objects.filter(pk=call.pk).update(closed_at=AT)
    assert services.remind_reporters(at=AT) == 0
    ReportingRound.objects.filter(pk=call.pk).update(closed_at=None)
    Grant.objects.filter(user=linh).update(valid_from=None, valid_to=today())
    assert services.remind_reporters(at=AT) == 0


def test_the_periodic_table_reminds(policy, linh, work_once):
    round_due_in(3, policy)
    assert work_once()["indicators.remind_reporters"] == 1
