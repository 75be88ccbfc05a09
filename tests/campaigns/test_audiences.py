"""Everybody of a segment is counted once, by the first reason that applies."""

from datetime import timedelta

import pytest

from campaigns import audiences
from campaigns.engine import tick
from campaigns.models import Suppression
from campaigns.models.suppressions import address_hash
from engagement.services import withdraw_consent
from tests.campaigns.factories import AT, make_mailing, make_person, start

pytestmark = pytest.mark.django_db


def suppress(address):
    Suppression.objects.create(address_hash=address_hash(address), reason="bounced", at=AT)


def reasons(audience):
    return {
        exclusion.reason: [person.name for person in exclusion.people]
        for exclusion in audience.exclusions
    }


def test_every_reason_is_named_and_the_page_adds_up():
    make_person("Amina")
    make_person("Boris", consents=False)
    chipo = make_person("Chipo")
    withdraw_consent(person=chipo, purpose="campaigns", evidence="a letter", at=AT)
    make_person("Dan", address="dan@people.example")
    suppress("DAN@people.example")
    make_person("Edi", address="")
    make_person("Fatimah", address="office@people.example")
    make_person("Goh", address="Office@People.example")
    audience = audiences.count(make_mailing(), at=AT)
    assert reasons(audience) == {
        "no_consent": ["Boris"],
        "unsubscribed": ["Chipo"],
        "suppressed": ["Dan"],
        "invalid": ["Edi"],
        "same_address": ["Goh"],
    }
    assert audience.recipients == 2
    assert audience.total == audience.recipients + sum(e.count for e in audience.exclusions)
    [same] = [e for e in audience.exclusions if e.reason == "same_address"]
    assert same.people[0].note == "Fatimah"


def test_the_first_reason_wins():
    dan = make_person("Dan", address="dan@people.example", consents=False)
    suppress("dan@people.example")
    audience = audiences.count(make_mailing(), at=AT)
    assert reasons(audience) == {"no_consent": [dan.display_name]}


def test_the_weekly_limit_counts_what_a_person_really_received(outbox, settings):
    settings.MAILINGS_PER_WEEK = 1
    start(make_mailing(people=2))
    for step in range(3):
        tick(at=AT + timedelta(seconds=step))
    second = make_mailing()
    soon = audiences.count(second, at=AT + timedelta(days=3))
    assert [(e.reason, e.count) for e in soon.exclusions] == [("frequency", 2)]
    later = audiences.count(second, at=AT + timedelta(days=8))
    assert later.recipients == 2


def test_the_frozen_list_says_what_the_page_said(outbox):
    make_person("Boris", consents=False)
    make_person("Edi", address="")
    mailing = make_mailing(people=3)
    shown = audiences.count(mailing, at=AT)
    start(mailing)
    for step in range(3):
        tick(at=AT + timedelta(seconds=step))
    mailing.refresh_from_db()
    assert mailing.recipients == shown.total == 5
    assert mailing.exclusions == {"no_consent": 1, "invalid": 1}
    assert mailing.deliveries.filter(state="accepted").count() == shown.recipients


def test_an_audience_of_a_thousand_is_counted_in_few_queries(django_assert_max_num_queries):
    mailing = make_mailing(people=30)
    with django_assert_max_num_queries(12):
        audiences.count(mailing, at=AT)


@pytest.mark.parametrize(
    ("own", "offered", "expected"),
    [
        ("id", {"en", "id"}, "id"),
        ("pt-br", {"en", "pt"}, "pt"),
        ("", {"en"}, "en"),
        ("vi", {"en"}, "en"),
    ],
)
def test_a_copy_is_in_the_own_language_its_base_or_the_default(own, offered, expected):
    assert audiences.language_for(own, offered, "en") == expected
