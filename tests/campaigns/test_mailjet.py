"""Mailjet as it really answers: partly, late, never. Over HTTPS, where the client would repeat."""

from datetime import timedelta

import pytest

from campaigns import services
from campaigns.engine import tick
from campaigns.models import Batch, Mailing, SendAttempt
from campaigns.transports import configured_transport
from campaigns.transports.mailjet import MailjetTransport
from tests.campaigns.factories import AT, make_mailing, make_officer, start
from tests.campaigns.fake_mailjet import FakeMailjet

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(tmp_path, monkeypatch):
    server = FakeMailjet(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.ca))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    yield server
    server.close()


@pytest.fixture
def transport(fake):
    found = MailjetTransport("key", "secret", api_url=fake.url, timeout=(2, 1))
    yield found
    found.close()


@pytest.fixture
def mailing(outbox):
    return start(make_mailing(people=6))


def states(mailing):
    return sorted(mailing.deliveries.values_list("state", flat=True))


def run(transport, *minutes):
    for minute in minutes:
        tick(at=AT + timedelta(minutes=minute), transport=transport)


def test_a_batch_is_accepted_with_the_providers_ids(fake, transport, mailing):
    run(transport, 0, 1)
    assert states(mailing) == ["accepted"] * 6
    assert set(fake.delivered.values()) == {1}
    # Near 2^60: a float or a browser would round it.
    assert mailing.deliveries.filter(provider_message_id="576460765503091475").count() == 1


def test_a_partly_refused_batch_comes_as_400_and_the_good_part_is_not_sent_again(
    fake, transport, mailing
):
    fake.faults = ["partial"]
    run(transport, 0, 1, 60)
    assert states(mailing) == ["accepted"] * 4 + ["rejected"] * 2
    assert fake.posts == 1
    refused = mailing.deliveries.filter(state="rejected").first()
    assert refused.reason_sentence == "The address is not valid."


@pytest.mark.parametrize("fault", ["hang", "drop", "broken", "garbled"])
def test_an_unknown_outcome_is_asked_about_and_posted_once(fake, transport, mailing, fault):
    fake.faults = [fault]
    run(transport, 0)
    assert fake.posts == 1
    assert mailing.batches.get().state == Batch.State.IN_DOUBT
    assert states(mailing) == ["submitting"] * 6
    run(transport, 2, 3)
    assert states(mailing) == ["accepted"] * 6
    assert fake.posts == 1
    assert set(fake.delivered.values()) == {1}
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.COMPLETED


def test_what_was_never_found_is_posted_again_only_after_the_grace_time(fake, transport, mailing):
    fake.faults = ["lost"]
    run(transport, 0, 2, 5, 11)
    assert fake.posts == 1
    run(transport, 25, 26, 27)
    assert fake.posts == 2
    assert states(mailing) == ["accepted"] * 6
    assert set(fake.delivered.values()) == {1}


def test_a_copy_that_shows_up_late_is_not_doubled_by_the_second_post(fake, transport, mailing):
    fake.faults, fake.is_visible = ["drop"], False
    run(transport, 0, 2, 5, 11, 25, 26, 27)
    assert fake.posts == 2
    assert set(fake.delivered.values()) == {1}
    assert sum(fake.blocked.values()) == 6
    assert states(mailing) == ["accepted"] * 6


def test_when_asked_to_slow_down_it_waits_as_long_as_it_was_told(fake, transport, mailing):
    fake.faults = ["throttle"]
    tick(at=AT, transport=transport)
    batch = mailing.batches.get()
    assert batch.state == Batch.State.WAITING
    tick(at=AT + timedelta(seconds=5), transport=transport)
    assert fake.posts == 1
    tick(at=AT + timedelta(seconds=10), transport=transport)
    assert fake.posts == 2
    assert states(mailing) == ["accepted"] * 6


def test_refused_credentials_hold_the_mailing_and_nobody_is_lost(fake, transport, mailing):
    fake.faults = ["refuse"]
    run(transport, 0, 1)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HELD
    assert "MAILJET_API_KEY" in mailing.state_reason
    assert states(mailing) == ["planned"] * 6
    services.resume(mailing=mailing, by=make_officer(), at=AT, reason="The key was replaced.")
    run(transport, 2, 3)
    assert states(mailing) == ["accepted"] * 6


def test_a_refused_connection_is_tried_again(outbox, mailing, fake, transport):
    closed = MailjetTransport("key", "secret", api_url="https://127.0.0.1:9", timeout=(1, 1))
    run(closed, 0)
    assert mailing.batches.get().state == Batch.State.WAITING
    run(transport, 5, 6)
    assert states(mailing) == ["accepted"] * 6
    closed.close()


def test_every_attempt_is_written_down_before_and_after(fake, transport, mailing):
    fake.faults = ["throttle"]
    run(transport, 0, 5, 6)
    first, second = SendAttempt.objects.order_by("number")
    assert (first.outcome, first.http_status) == ("not_sent", 429)
    assert (second.outcome, second.http_status) == ("answered", 200)
    assert first.group == second.group == fake.keys[0] == fake.keys[1]


def test_no_address_reaches_the_log(fake, transport, mailing, caplog):
    fake.faults = ["partial"]
    run(transport, 0)
    assert "@people.example" not in caplog.text


def test_settings_alone_choose_the_transport(settings):
    settings.MAILJET_API_KEY, settings.EMAIL_HOST = "", ""
    assert configured_transport().name == "outbox"
    settings.EMAIL_HOST = "smtp.example.org"
    assert configured_transport().name == "smtp"
    settings.MAILJET_API_KEY, settings.MAILJET_API_SECRET = "key", "secret"
    assert configured_transport().name == "mailjet"
