"""Many people at once, on real connections: on PostgreSQL as it is, on SQLite in a file.

The first test proves that the race is real when nobody claims a seat; the others that ours holds.
"""

import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from engagement import services
from engagement.errors import RegistrationChanged
from engagement.events import seats
from engagement.models import Event, Person, Registration, Seat, SeatPool
from tests.engagement.events.factories import make_area, make_event

pytestmark = pytest.mark.django_db(transaction=True)
State = Registration.State


def sign_up(event_pk: int, areas=(None,), **words):
    """A function that registers person `number`, whose address is proven."""

    def one(number: int) -> str:
        event = Event.objects.get(pk=event_pk)
        outcome = services.register(
            event=event,
            name=f"Person {number}",
            address=f"person-{number}@people.example",
            mode="onsite",
            area=areas[number % len(areas)],
            consent_version="test",
            is_proven=True,
            at=timezone.now(),
            **words,
        )
        return outcome.registration.state

    return one


def figures(event_pk: int) -> dict:
    """What the database says after the crowd has gone."""
    states = Registration.objects.filter(event=event_pk).values_list("state", flat=True)
    return {
        "states": dict(Counter(states)),
        "seats": Seat.objects.filter(pool__event=event_pk).count(),
        "drift": seats.drift(),
        "taken": list(SeatPool.objects.filter(event=event_pk).values_list("taken", flat=True)),
    }


def test_reading_first_and_writing_then_sells_one_seat_twice(crowd):
    event = make_event(seats=1)
    both_have_read = threading.Barrier(2, timeout=20)

    def careless(number: int) -> bool:
        pool = SeatPool.objects.get(event=event.pk)
        has_seat = pool.taken < pool.capacity
        both_have_read.wait()
        if has_seat:
            pool.taken += 1
            pool.save(update_fields=["taken"])
        return has_seat

    assert crowd(careless, range(2)) == [True, True]


def test_a_hundred_and_twenty_people_for_thirty_seats_in_three_delegations(crowd):
    areas = [make_area(code, code) for code in ("VN", "LA", "KH")]
    event = make_event(seats=30)
    for area in areas:
        SeatPool.objects.create(event=event, name=area.code, area=area, capacity=12)
    answers = crowd(sign_up(event.pk, areas), range(120))
    assert Counter(answers) == {"confirmed": 30, "waitlisted": 90}
    (after,) = crowd(figures, [event.pk])
    assert after["states"] == {"confirmed": 30, "waitlisted": 90}
    assert after["drift"] == []
    assert after["taken"][0] == 30
    assert max(after["taken"][1:]) <= 12


def test_double_clicks_and_two_tabs_make_one_registration_each(crowd):
    event = make_event(seats=5)
    twice = [number for number in range(20) for _click in range(3)]
    crowd(sign_up(event.pk), twice)
    (after,) = crowd(figures, [event.pk])
    assert after["states"] == {"confirmed": 5, "waitlisted": 15}
    assert after["drift"] == []
    assert crowd(lambda _: Person.objects.count(), [0]) == [20]


def test_cancelling_promoting_accepting_and_expiring_all_at_once_stay_exact(crowd):
    event = make_event(seats=10)
    crowd(sign_up(event.pk), range(60))

    def act(number: int) -> None:
        registration = Registration.objects.select_related("event").get(
            event=event.pk, normalised_address=f"person-{number}@people.example"
        )
        now = timezone.now()
        with suppress(RegistrationChanged):  # somebody was faster, and nothing was done
            if number % 3 == 0:
                services.cancel(registration=registration, at=now)
            elif number % 3 == 1:
                services.accept_offer(registration=registration, at=now)
            else:
                services.expire_offers(at=now + timedelta(days=4))

    crowd(act, range(60))
    (after,) = crowd(figures, [event.pk])
    seated = sum(after["states"].get(state, 0) for state in ("confirmed", "offered"))
    assert after["drift"] == []
    assert after["taken"] == [seated]
    assert after["taken"] == [10] or "waitlisted" not in after["states"]


def test_one_offer_is_accepted_once_and_never_also_expired(crowd):
    event = make_event(seats=1)
    crowd(sign_up(event.pk), range(2))

    def prepare(_):
        first = Registration.objects.select_related("event").get(event=event.pk, state="confirmed")
        services.cancel(registration=first, at=timezone.now())

    crowd(prepare, [0])

    def answer(number: int) -> str:
        offered = Registration.objects.select_related("event").get(
            event=event.pk, offer_expires_at__isnull=False
        )
        try:
            if number % 2:
                services.accept_offer(registration=offered, at=timezone.now())
            else:
                services.decline_offer(registration=offered, at=timezone.now())
        except RegistrationChanged:
            return "late"
        return "accepted" if number % 2 else "declined"

    def careful(number: int) -> str:
        try:
            return answer(number)
        except Registration.DoesNotExist:
            return "late"

    answers = Counter(crowd(careful, range(12)))
    assert answers["accepted"] + answers["declined"] == 1
    (after,) = crowd(figures, [event.pk])
    assert after["taken"] == [answers["accepted"]]
    assert after["drift"] == []
