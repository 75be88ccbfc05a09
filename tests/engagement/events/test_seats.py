"""Seats are exact, the waiting list keeps its order, and every step is remembered."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from engagement import errors, services
from engagement.events import seats
from engagement.models import Event, Registration, SeatPool
from tests.engagement.events.factories import make_area, make_event, register

pytestmark = pytest.mark.django_db
State = Registration.State


def pool_of(event) -> SeatPool:
    return event.pools.get()


def test_a_confirmed_address_takes_a_seat():
    event = make_event(seats=2)
    amina = register(event, "Amina")
    assert amina.state == State.CONFIRMED
    assert pool_of(event).taken == 1
    assert seats.drift() == []


def test_no_seat_is_held_before_the_address_is_confirmed():
    event = make_event(seats=1)
    amina = register(event, "Amina", confirmed=False)
    assert (amina.state, amina.awaiting) == (State.PENDING, "email")
    assert pool_of(event).taken == 0


def test_when_seats_are_gone_people_wait_in_the_order_they_confirmed():
    event = make_event(seats=1)
    register(event, "Amina")
    boris = register(event, "Boris")
    chipo = register(event, "Chipo")
    assert (boris.state, chipo.state) == (State.WAITLISTED, State.WAITLISTED)
    assert (boris.queue_place(), chipo.queue_place()) == (1, 2)
    assert pool_of(event).taken == 1


def test_a_cancelled_seat_is_offered_to_the_first_who_waits():
    event = make_event(seats=1)
    amina, boris, chipo = (register(event, name) for name in ("Amina", "Boris", "Chipo"))
    offered = services.cancel(registration=amina, at=timezone.now())
    assert [r.pk for r in offered] == [boris.pk]
    boris.refresh_from_db()
    chipo.refresh_from_db()
    assert (boris.state, chipo.state) == (State.OFFERED, State.WAITLISTED)
    assert pool_of(event).taken == 1
    assert seats.drift() == []


def test_an_accepted_offer_is_confirmed_and_a_declined_one_goes_on():
    event = make_event(seats=1)
    amina, boris, chipo = (register(event, name) for name in ("Amina", "Boris", "Chipo"))
    now = timezone.now()
    services.cancel(registration=amina, at=now)
    boris.refresh_from_db()
    services.decline_offer(registration=boris, at=now)
    chipo.refresh_from_db()
    assert (boris.state, boris.ended) == (State.CANCELLED, "declined")
    assert chipo.state == State.OFFERED
    services.accept_offer(registration=chipo, at=now)
    chipo.refresh_from_db()
    assert chipo.state == State.CONFIRMED
    assert chipo.offer_expires_at is None
    assert pool_of(event).taken == 1


def test_an_unanswered_offer_expires_and_the_next_is_asked():
    event = make_event(seats=1, offer_hours=24)
    amina, boris, chipo = (register(event, name) for name in ("Amina", "Boris", "Chipo"))
    now = timezone.now()
    services.cancel(registration=amina, at=now)
    assert services.expire_offers(at=now + timedelta(hours=23)) == 0
    assert services.expire_offers(at=now + timedelta(hours=24)) == 1
    assert services.expire_offers(at=now + timedelta(hours=24)) == 0
    boris.refresh_from_db()
    chipo.refresh_from_db()
    assert (boris.state, boris.ended) == (State.CANCELLED, "expired")
    assert chipo.state == State.OFFERED
    assert pool_of(event).taken == 1


def test_where_the_event_says_so_an_expired_offer_goes_to_the_end_of_the_list():
    event = make_event(seats=1, requeue_expired=True)
    amina, boris, chipo = (register(event, name) for name in ("Amina", "Boris", "Chipo"))
    now = timezone.now()
    services.cancel(registration=amina, at=now)
    services.expire_offers(at=now + timedelta(hours=49))
    boris.refresh_from_db()
    chipo.refresh_from_db()
    assert (boris.state, chipo.state) == (State.WAITLISTED, State.OFFERED)
    assert boris.queue_place() == 1


def test_an_offer_cannot_be_accepted_after_its_deadline():
    event = make_event(seats=1)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    now = timezone.now()
    services.cancel(registration=amina, at=now)
    boris.refresh_from_db()
    with pytest.raises(errors.OfferExpired):
        services.accept_offer(registration=boris, at=now + timedelta(hours=48))


def test_the_deadline_of_an_offer_is_never_after_the_event_has_begun():
    event = make_event(seats=1, starts_in=timedelta(days=1), offer_hours=480)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    services.cancel(registration=amina, at=timezone.now())
    boris.refresh_from_db()
    assert boris.offer_expires_at == event.starts_at


def test_a_delegation_has_seats_of_its_own_and_who_is_passed_over_learns_why():
    viet_nam, lao = make_area("VN", "Viet Nam"), make_area("LA", "Lao PDR")
    event = make_event(seats=3)
    for area in (viet_nam, lao):
        SeatPool.objects.create(event=event, name=f"Delegation {area.code}", area=area, capacity=1)
    register(event, "Anh", area=viet_nam)
    lan = register(event, "Lan", area=viet_nam)
    kham = register(event, "Kham", area=lao)
    noy = register(event, "Noy", area=lao)
    assert [lan.state, kham.state, noy.state] == ["waitlisted", "confirmed", "waitlisted"]
    services.cancel(registration=kham, at=timezone.now())
    lan.refresh_from_db()
    noy.refresh_from_db()
    assert (lan.state, noy.state) == (State.WAITLISTED, State.OFFERED)
    assert "Delegation VN" in lan.why_not_promoted
    assert seats.drift() == []


def test_a_full_second_pool_gives_the_first_seat_back():
    area = make_area()
    event = make_event(seats=5)
    SeatPool.objects.create(event=event, name="Delegation", area=area, capacity=0)
    lan = register(event, "Lan", area=area)
    assert lan.state == State.WAITLISTED
    assert event.pools.get(area=None).taken == 0


def test_more_seats_are_offered_to_the_waiting_list_at_once(django_user_model):
    event = make_event(seats=1)
    for name in ("Amina", "Boris", "Chipo", "Dan"):
        register(event, name)
    officer = django_user_model.objects.create_user("officer@suara.example")
    offered = services.change_capacity(
        pool=pool_of(event), capacity=3, at=timezone.now(), by=officer
    )
    assert [r.name for r in offered] == ["Boris", "Chipo"]
    assert pool_of(event).taken == 3


def test_capacity_cannot_go_below_the_seats_held(django_user_model):
    event = make_event(seats=2)
    register(event, "Amina")
    register(event, "Boris")
    officer = django_user_model.objects.create_user("officer@suara.example")
    with pytest.raises(errors.SeatsTaken, match="2 seats"):
        services.change_capacity(pool=pool_of(event), capacity=1, at=timezone.now(), by=officer)


def test_seats_beyond_the_capacity_need_the_right_and_a_reason(client_for):
    event = make_event(seats=1)
    officer, approver = client_for("engagement_officer").user, client_for("approver").user
    words = {"pool": pool_of(event), "capacity": 1, "approved_overbook": 1, "at": timezone.now()}
    with pytest.raises(errors.NotAllowed):
        services.change_capacity(by=officer, reason="A minister comes.", **words)
    with pytest.raises(errors.ReasonMissing):
        services.change_capacity(by=approver, reason=" ", **words)
    services.change_capacity(by=approver, reason="A minister comes.", **words)
    assert pool_of(event).approved_overbook == 1


def test_the_database_itself_refuses_to_oversell():
    event = make_event(seats=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatPool.objects.filter(event=event).update(taken=2)


def test_an_event_without_pools_has_no_limit():
    event = make_event(seats=None)
    assert register(event, "Amina").state == State.CONFIRMED


def test_a_registration_awaiting_approval_holds_no_seat_until_it_is_approved(client_for):
    event = make_event(seats=1, admission=Event.Admission.APPROVAL)
    amina = register(event, "Amina")
    assert (amina.state, amina.awaiting) == (State.PENDING, "approval")
    assert pool_of(event).taken == 0
    officer = client_for("engagement_officer").user
    services.approve(registration=amina, at=timezone.now(), by=officer)
    assert amina.state == State.CONFIRMED
    assert pool_of(event).taken == 1
    with pytest.raises(errors.RegistrationChanged):
        services.approve(registration=amina, at=timezone.now(), by=officer)


def test_a_rejected_registration_needs_a_reason_and_may_try_again(client_for):
    event = make_event(seats=1, admission=Event.Admission.APPROVAL)
    amina = register(event, "Amina")
    officer = client_for("engagement_officer").user
    with pytest.raises(errors.ReasonMissing):
        services.reject(registration=amina, at=timezone.now(), by=officer, reason="")
    services.reject(registration=amina, at=timezone.now(), by=officer, reason="For ministries.")
    assert amina.state == State.REJECTED
    assert register(event, "Amina").state == State.PENDING


def test_a_step_out_of_the_wrong_state_is_refused_and_takes_nothing():
    event = make_event(seats=1)
    amina = register(event, "Amina")
    stale = Registration.objects.get(pk=amina.pk)
    services.cancel(registration=amina, at=timezone.now())
    with pytest.raises(errors.RegistrationChanged):
        services.cancel(registration=stale, at=timezone.now())
    assert pool_of(event).taken == 0


def test_every_step_says_who_when_and_why():
    event = make_event(seats=1)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    services.cancel(registration=amina, at=timezone.now(), reason="Another meeting.")
    steps = [(t.from_state, t.to_state, t.actor, t.reason) for t in amina.transitions.all()]
    assert steps == [
        ("", "pending", "person", ""),
        ("pending", "confirmed", "person", ""),
        ("confirmed", "cancelled", "person", "Another meeting."),
    ]
    assert [t.to_state for t in boris.transitions.all()] == ["pending", "waitlisted", "offered"]
    with pytest.raises(errors.AppendOnly):
        amina.transitions.first().delete()


def test_staff_entry_waits_like_everybody_else_when_seats_are_gone(client_for):
    event = make_event(seats=1)
    register(event, "Amina")
    officer = client_for("engagement_officer").user
    outcome = services.add_by_staff(
        event=event, name="Boris", address="boris@people.example", mode="onsite",
        consent_version="telephone", at=timezone.now(), by=officer,
    )  # fmt: skip
    assert outcome.registration.state == State.WAITLISTED


def test_a_called_off_event_ends_every_registration_and_offers_no_seat_on(client_for):
    event = make_event(seats=1)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    officer = client_for("engagement_officer").user
    assert services.call_off(event=event, at=timezone.now(), by=officer, reason="Flood.") == 2
    amina.refresh_from_db()
    boris.refresh_from_db()
    assert (amina.state, boris.state) == (State.CANCELLED, State.CANCELLED)
    assert pool_of(event).taken == 0
    with pytest.raises(errors.RegistrationClosed):
        register(event, "Chipo")


def test_drift_names_the_pool_and_the_recomputed_number():
    event = make_event(seats=3)
    register(event, "Amina")
    SeatPool.objects.filter(event=event).update(taken=2)
    assert [(pool.event, held) for pool, held in seats.drift()] == [(event, 1)]
