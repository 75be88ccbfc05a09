"""Check 19: nobody with the whole database matches a person to an answer of an anonymous wave."""

import json
import random
import sqlite3
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client

from surveys import services
from surveys.models import QualityFlag, Response, SurveyInvitation
from surveys.protection import links
from surveys.protection.anonymity import LEAST
from surveys.services import receipts
from tests.campaigns.test_invitations import (
    invite,
    link_in,
    make_invited_wave,
    make_willing,
    send_all,
)
from tests.surveys.unmasking import hunt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site_of_tests")]
MONDAY = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
# People by day of fieldwork: a Tuesday and a Thursday with too few, others with enough.
DAYS = [12, 2, 9, 1, 8, 8]
PEOPLE = sum(DAYS)


@pytest.fixture
def site_of_tests(_site):
    """The pages' frame; made by the tests of campaigns."""


@pytest.fixture(autouse=True)
def _quiet(settings, outbox):
    settings.MAILING_NEEDS_SECOND_PERSON = False
    settings.MAILINGS_PER_WEEK = 0


def key(value: uuid.UUID):
    """A response's id as the database's cursor gives it."""
    return value.hex if connection.vendor == "sqlite" else value


@pytest.fixture
def fieldwork(outbox):
    """Forty people invited by post, who answer over six days in no order of the registry.

    Returns the wave and the truth: person's id to response's id.
    """
    wave = make_invited_wave(opens_at=MONDAY - timedelta(days=1))
    people = [make_willing(f"Person {number:02}") for number in range(PEOPLE)]
    mailing = invite(wave, at=MONDAY)
    send_all(MONDAY)
    assert mailing.deliveries.filter(accepted_at__isnull=False).count() == PEOPLE
    order = people[:]
    random.Random(20261124).shuffle(order)
    truth = {}
    day, left = 0, DAYS[0]
    for number, person in enumerate(order):
        while not left:
            day, left = day + 1, DAYS[day + 1]
        left -= 1
        at = MONDAY + timedelta(days=day, minutes=number)
        delivery = mailing.deliveries.get(person=person)
        Client().get(link_in(outbox, delivery))
        secret = links.secret_of(wave.invitations.get(person=person))
        before = set(Response.objects.values_list("pk", flat=True))
        started = services.start(wave=wave, secret=secret, language="en", at=at)
        # Fast and alike, so that every answer has a flag to be paired by, too.
        Response.objects.filter(pk=started.pk).update(
            answers={"heard": "no", "area": "KH" if number % 2 else "TH"}, last_page="third",
            paradata={"website": 1, "honeypot": True, "seconds": {"first": 1.0 + number % 7}},
        )  # fmt: skip
        started.refresh_from_db()
        services.submit(response=started, secret=secret, at=at)
        (new,) = set(Response.objects.values_list("pk", flat=True)) - before
        truth[person.pk] = key(new)
    assert QualityFlag.objects.exists()
    return wave, truth, MONDAY + timedelta(days=len(DAYS))


def test_check_19_the_whole_database_joins_nobody_after_the_nightly_job(fieldwork):
    wave, truth, night = fieldwork

    before = hunt(truth)
    # The hunter is good: it sees what the database's own bookkeeping tells before the job.
    if connection.vendor == "postgresql":
        assert any("xmin" in each.why for each in before)
    assert any("1 people" in each.why or "2 people" in each.why for each in before), before

    assert services.unlink_due(at=night) == 1

    assert hunt(truth) == []
    assert Response.objects.submitted().count() == PEOPLE
    assert wave.invitations.filter(state="used").count() == PEOPLE


def test_check_19_every_day_that_is_kept_is_shared_by_enough_answers(fieldwork):
    wave, _truth, night = fieldwork
    services.unlink_due(at=night)

    classes = Counter(Response.objects.values_list("submitted_on", "submitted_within"))
    used = Counter(wave.invitations.values_list("used_on", flat=True))
    assert min(classes.values()) >= LEAST
    assert sum(classes.values()) == PEOPLE
    # What an exact day on the invitation leaves as candidates is one class, or the widened one.
    exact = {on for on, within in classes if within == "day"}
    widened = sum(many for (_on, within), many in classes.items() if within != "day")
    for on, many in used.items():
        candidates = classes[on, "day"] if on in exact else widened
        assert candidates >= max(many, LEAST)
    assert set(QualityFlag.objects.values_list("computed_on", flat=True)) <= set(
        Response.objects.values_list("submitted_on", flat=True)
    )


def test_check_19_night_by_night_no_set_of_rows_tells_its_day(fieldwork):
    wave, truth, night = fieldwork
    for passed in range(1, len(DAYS) + 1):
        services.unlink_due(at=MONDAY + timedelta(days=passed))

    assert services.unlink_due(at=night) == 0
    assert hunt(truth) == []


PLANTS = (
    "UPDATE surveys_surveyinvitation SET origin = %(response)s WHERE person_id = %(person)s",
    "UPDATE surveys_response SET paradata = %(json)s WHERE id = %(response)s",
    "UPDATE surveys_surveyinvitation SET sent_at = %(moment)s WHERE person_id = %(person)s",
)


def test_the_hunter_finds_what_is_planted(fieldwork):
    _wave, truth, night = fieldwork
    services.unlink_due(at=night)
    order = sorted(truth, key=lambda person: str(truth[person]))
    for plant in PLANTS:
        with transaction.atomic():
            with connection.cursor() as cursor:
                for number, person in enumerate(order):
                    words = {
                        "person": person,
                        "response": str(truth[person]) if "origin" in plant else truth[person],
                        "json": json.dumps(
                            {"trace": SurveyInvitation.objects.get(person=person).token}
                        ),
                        "moment": MONDAY + timedelta(seconds=number),
                    }
                    cursor.execute(_plain(plant, words), _arguments(plant, words))
            assert hunt(truth), plant
            transaction.set_rollback(True)
    assert hunt(truth) == []


def _plain(sql: str, words: dict) -> str:
    for name in words:
        sql = sql.replace(f"%({name})s", "%s")
    return sql


def _arguments(sql: str, words: dict) -> list:
    places = sorted((sql.index(f"%({name})s"), name) for name in words if f"%({name})s" in sql)
    values = [words[name] for _place, name in places]
    # SQLite's module of the standard library warns about moments; Django writes them as text.
    if connection.vendor == "sqlite":
        assert sqlite3.paramstyle == "qmark"
        values = [
            value.isoformat(" ") if isinstance(value, datetime) else value for value in values
        ]
    return values


def test_check_19_database_and_keys_together_reach_no_finished_answer(fieldwork):
    """An administrator with every key computes all links, and what a link leads to."""
    wave, truth, night = fieldwork
    services.unlink_due(at=night)
    assert django_settings.SECRET_KEY
    stored = {
        hashed
        for pair in Response.objects.values_list("resume_hash", "receipt_hash")
        for hashed in pair
        if hashed
    }
    for invitation in wave.invitations.all():
        secret = links.secret_of(invitation)
        reachable = {
            services.hash_of(purpose, wave, secret)
            for purpose in ("resume", "page", "receipt", "key", "proof")
        }
        code = services.receipt_code(wave, secret)
        reachable.add(receipts.receipt_hash(wave, code))
        reachable.add(links.link_hash(secret))
        assert not reachable & stored
    assert len(truth) == PEOPLE


def test_a_withdrawal_while_the_job_runs_is_not_lost(fieldwork, crowd):
    """The job takes rows out and puts them back; who writes meanwhile must find them."""
    wave, _truth, night = fieldwork
    codes = {}
    for number, response in enumerate(Response.objects.all()[:8]):
        code = services.receipt_code(wave, f"browser {number}")
        Response.objects.filter(pk=response.pk).update(
            receipt_hash=receipts.receipt_hash(wave, code)
        )
        codes[number] = code

    def act(number: int):
        if number < 0:
            return services.unlink_due(at=night)
        services.withdraw(wave=wave, code=codes[number], at=night)
        return None

    crowd(act, [0, 1, 2, -1, 3, 4, 5, 6, 7, -2])

    def states(_):
        return Counter(Response.objects.values_list("state", flat=True))

    (after,) = crowd(states, [0])
    assert after == {"withdrawn": 8, "submitted": PEOPLE - 8}
