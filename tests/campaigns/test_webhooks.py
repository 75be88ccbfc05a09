"""Mailjet's events: stored raw once, in any order, and harmless from strangers."""

import itertools
import json
from datetime import timedelta

import pytest

from campaigns import audiences
from campaigns.engine import tick
from campaigns.models import ProviderEvent, Suppression
from tests.campaigns.factories import AT, make_mailing, make_person, start

pytestmark = pytest.mark.django_db
PATH = "/webhooks/mailjet/a-long-secret/"
SENT_AT = int(AT.timestamp())


@pytest.fixture(autouse=True)
def _secrets(settings):
    settings.MAILJET_WEBHOOK_SECRETS = ["an-old-secret", "a-long-secret"]


@pytest.fixture
def delivery(outbox):
    make_person("Amina", address="amina@people.example")
    mailing = start(make_mailing())
    for step in range(3):
        tick(at=AT + timedelta(seconds=step))
    return mailing.deliveries.get()


def fact(delivery, event, after=60, **values):
    return {
        "event": event,
        "time": SENT_AT + after,
        "MessageID": 576460765503091475,
        "email": delivery.address,
        "CustomID": delivery.token,
    } | values


def post(client, body, path=PATH):
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post(path, text, content_type="application/json")


def test_grouped_and_single_bodies_are_stored_and_a_repeat_is_not(client, delivery):
    both = [fact(delivery, "sent"), fact(delivery, "open")]
    assert post(client, both).status_code == 200
    assert post(client, both[0]).status_code == 200
    assert ProviderEvent.objects.count() == 2


@pytest.mark.parametrize("path", ["/webhooks/mailjet/guess/", "/webhooks/mailjet/a-long-secre/"])
def test_a_wrong_secret_is_not_found_and_nothing_is_stored(client, delivery, path):
    assert post(client, fact(delivery, "sent"), path).status_code == 404
    assert not ProviderEvent.objects.exists()


def test_no_configured_secret_opens_nothing(client, settings, delivery):
    settings.MAILJET_WEBHOOK_SECRETS = []
    assert post(client, fact(delivery, "sent")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]x",
        b"\xff\xfe",
        "3",
        '"text"',
        "[1]",
        "{}",
        '{"event": 3}',
        "[" * 50_000,
        '{"event": NaN}',
    ],
)
def test_a_body_that_is_no_event_is_refused(client, body):
    assert post(client, body).status_code == 400
    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"event": "sent", "time": "soon", "CustomID": None},
        {"event": "x" * 500, "CustomID": "y" * 500, "time": 10**30},
        {"event": "sent", "CustomID": ["list"], "MessageID": {}},
        {"event": "bounce", "CustomID": "\x00", "error": "\x00", "\ud800": ["\ud800"]},
    ],
)
def test_odd_values_never_break_it(client, body):
    assert post(client, body).status_code == 200
    tick(at=AT)
    assert ProviderEvent.objects.filter(processed_at=None).count() == 0


def test_the_state_shown_does_not_depend_on_the_order_of_events(client, delivery):
    facts = [
        fact(delivery, "sent", 10),
        fact(delivery, "bounce", 20, hard_bounce=True, error="user unknown"),
        fact(delivery, "spam", 30),
    ]
    for order in itertools.permutations(facts):
        ProviderEvent.objects.all().delete()
        type(delivery).objects.filter(pk=delivery.pk).update(
            delivered_at=None, bounced_hard_at=None, complained_at=None
        )
        for each in order:
            post(client, each)
            tick(at=AT + timedelta(hours=1))
        delivery.refresh_from_db()
        assert delivery.shown_state == "complained"


def test_a_hard_bounce_suppresses_the_address_and_a_full_mailbox_does_not(client, delivery):
    post(client, fact(delivery, "bounce", hard_bounce=False, error="quota exceeded"))
    tick(at=AT + timedelta(hours=1))
    assert not Suppression.objects.exists()
    post(client, fact(delivery, "bounce", 90, hard_bounce=True, error="user unknown"))
    tick(at=AT + timedelta(hours=1))
    following = audiences.count(make_mailing(), at=AT)
    assert [each.reason for each in following.exclusions] == ["suppressed"]


def test_a_blocked_duplicate_proves_the_earlier_copy_and_suppresses_nobody(client, delivery):
    post(client, fact(delivery, "blocked", error="duplicate in campaign"))
    tick(at=AT + timedelta(hours=1))
    delivery.refresh_from_db()
    assert delivery.shown_state == "accepted"
    assert not Suppression.objects.exists()


def test_delivered_means_that_the_receiving_server_took_it(client, delivery):
    post(client, fact(delivery, "sent"))
    tick(at=AT + timedelta(hours=1))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.shown_state) == ("delivered", "delivered")
    assert delivery.batch.counts["delivered_fact"] == 1
