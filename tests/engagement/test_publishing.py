"""What consultations write into the ledger."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from engagement import publishing, services
from engagement.models import Event
from indicators.models import Area, Observation
from tests.engagement.drafts.factories import comment, make_draft
from tests.engagement.events.factories import make_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asean(db):
    return Area.objects.get_or_create(code="ASEAN", defaults={"name": "ASEAN", "kind": "group"})[0]


def value(slug: str) -> Decimal:
    return Observation.objects.get(indicator__slug=slug).value


def test_nothing_is_written_before_the_indicators_exist():
    make_event(starts_in=timedelta(days=-2))
    assert publishing.publish_all(at=timezone.now()) == 0


def test_events_people_and_answers_are_counted_and_counting_again_changes_nothing(client_for):
    officer = client_for("engagement_officer").user
    past = make_event(starts_in=timedelta(days=5))
    amina, _boris = register(past, "Amina"), register(past, "Boris")
    services.check_in(registration=amina, uuid=uuid4(), at=timezone.now(), by=officer)
    version = make_draft(1)
    first = comment(version)
    comment(version, name="Boris", address="b@people.example")
    services.answer_comment(
        comment=first, outcome="noted", reason="Yes.", at=timezone.now(), by=officer
    )
    make_event(starts_in=timedelta(days=-2), state=Event.State.CANCELLED)
    publishing.ensure_indicators()
    publishing.ensure_indicators()
    later = timezone.now() + timedelta(days=6)
    for _again in range(2):
        publishing.publish_all(at=later)
    assert value(publishing.HELD) == 1
    assert value(publishing.REACHED) == 1
    assert value(publishing.ANSWERED) == 50
    assert Observation.objects.get(indicator__slug=publishing.ANSWERED).n == 2


def test_a_scan_replayed_by_the_device_counts_once():
    event = make_event()
    amina = register(event, "Amina")
    scan = uuid4()
    first = services.check_in(registration=amina, uuid=scan, at=timezone.now())
    again = services.check_in(registration=amina, uuid=scan, at=timezone.now())
    other_door = services.check_in(registration=amina, uuid=uuid4(), at=timezone.now())
    assert first == again
    assert (first.result, other_door.result) == ("admitted", "repeated")


def test_somebody_without_a_place_is_refused_at_the_door():
    event = make_event(seats=0)
    boris = register(event, "Boris")
    assert (
        services.check_in(registration=boris, uuid=uuid4(), at=timezone.now()).result == "refused"
    )
