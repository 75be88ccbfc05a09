"""The office's screens of events and registrations: through the services, within everybody's area."""

import pytest
from django.urls import reverse

from engagement.models import Event, Registration, SeatPool
from tests.engagement.events.factories import HOSTILE, make_area, make_event, register

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture
def officer(client_for):
    return client_for("engagement_officer")


def test_every_screen_opens_for_the_engagement_officer(officer):
    event = make_event(seats=1)
    amina = register(event, "Amina")
    addresses = [
        reverse("events:index"),
        reverse("events:add"),
        reverse("registrations:index"),
        reverse("drafts:index"),
        reverse("comments:index"),
        *(
            reverse(f"events:{name}", args=[event.pk])
            for name in (
                "inspect", "edit", "history", "call_off", "add_pool", "add_session",
                "add_registration",
            )
        ),
        reverse("events:capacity", args=[event.pk, event.pools.get().token]),
        *(
            reverse(f"registrations:{name}", args=[amina.pk])
            for name in (
                "inspect", "edit", "history", "approve", "reject", "cancel", "offer", "attend",
            )
        ),
    ]  # fmt: skip
    for address in addresses:
        response = officer.get(address)
        assert response.status_code == 200, address
        assert HOSTILE.encode() not in response.content, address


def test_the_list_of_registrations_asks_a_fixed_number_of_questions(
    officer, django_assert_max_num_queries
):
    event = make_event(seats=50)
    for number in range(12):
        register(event, f"Person {number}")
    with django_assert_max_num_queries(40):
        officer.get(reverse("registrations:index"), {"event": event.pk, "state": "confirmed"})


def test_cancelling_needs_a_reason_and_offers_the_seat_on(officer):
    event = make_event(seats=1)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    cancel = reverse("registrations:cancel", args=[amina.pk])
    assert officer.post(cancel, {"reason": ""}).status_code == 422
    assert officer.post(cancel, {"reason": "Asked by telephone."}).status_code == 302
    amina.refresh_from_db()
    boris.refresh_from_db()
    assert (amina.state, amina.ended, boris.state) == (State.CANCELLED, "staff", State.OFFERED)
    assert amina.transitions.last().by == officer.user


def test_a_step_that_came_too_late_is_a_sentence_not_a_fault(officer):
    event = make_event(seats=1)
    amina = register(event, "Amina")
    approve = reverse("registrations:approve", args=[amina.pk])
    response = officer.post(approve, {"reason": ""})
    assert response.status_code == 409
    assert b"does not await approval" in response.content


def test_staff_add_somebody_through_the_same_gate(officer):
    event = make_event(seats=0)
    data = {"name": "Boris", "address": "boris@people.example", "mode": "onsite"}
    data["evidence"] = "by telephone"
    officer.post(reverse("events:add_registration", args=[event.pk]), data)
    assert Registration.objects.get().state == State.WAITLISTED


def test_an_event_is_made_and_its_times_are_those_of_its_place(officer):
    data = {
        "title": "New consultation", "slug": "", "level": "public", "iap2_level": "consult",
        "state": "published", "visibility": "public", "admission": "open", "mode": "onsite",
        "zone": "Asia/Yangon", "starts_wall": "2027-02-03T09:00", "ends_wall": "2027-02-03T12:00",
        "offer_hours": "48",
    }  # fmt: skip
    response = officer.post(reverse("events:add"), data)
    event = Event.objects.get()
    assert response.url == reverse("events:inspect", args=[event.pk])
    assert event.slug == "new-consultation"
    assert f"{event.starts_at:%H:%M}" == "02:30"


def test_an_event_that_ends_before_it_starts_is_refused(officer):
    event = make_event()
    form = {"starts_wall": "2027-02-03T09:00", "ends_wall": "2027-02-03T08:00"}
    data = {"title": "x", "level": "public", "iap2_level": "consult", "state": "published",
            "visibility": "public", "admission": "open", "mode": "onsite", "zone": "Asia/Dili",
            "offer_hours": "48"}  # fmt: skip
    response = officer.post(reverse("events:edit", args=[event.pk]), data | form)
    assert response.status_code == 200
    assert b"The end must come after the beginning" in response.content


def test_new_seats_count_those_who_hold_one_already(officer):
    event = make_event(seats=None)
    register(event, "Amina")
    register(event, "Boris")
    add = reverse("events:add_pool", args=[event.pk])
    words = {"name": "Seats", "area": "", "mode": ""}
    assert officer.post(add, words | {"capacity": 1}).status_code == 409
    assert officer.post(add, words | {"capacity": 5}).status_code == 302
    assert SeatPool.objects.get().taken == 2


def test_a_focal_point_sees_registrations_of_the_own_area_only(client_for):
    viet_nam, lao = make_area("VN", "Viet Nam"), make_area("LA", "Lao PDR")
    event = make_event(seats=5)
    lan = register(event, "Lan", area=viet_nam)
    kham = register(event, "Kham Secret", area=lao)
    focal = client_for("national_focal_point", area="VN")
    page = focal.get(reverse("registrations:index")).content.decode()
    assert "Lan" in page
    assert "Kham Secret" not in page
    assert focal.get(reverse("registrations:inspect", args=[lan.pk])).status_code == 200
    assert focal.get(reverse("registrations:inspect", args=[kham.pk])).status_code == 404
    record = focal.get(reverse("events:inspect", args=[event.pk]))
    assert record.status_code == 200
    assert b"/office/registrations/cancel" not in record.content


@pytest.mark.parametrize("role", ["analyst", "survey_manager", "communications_officer"])
def test_roles_without_the_right_see_no_registration(client_for, role):
    amina = register(make_event(), "Amina")
    client = client_for(role)
    assert client.get(reverse("registrations:index")).status_code in {302, 403}
    assert client.get(reverse("registrations:inspect", args=[amina.pk])).status_code in {
        302,
        403,
        404,
    }
    assert client.post(
        reverse("registrations:cancel", args=[amina.pk]), {"reason": "x"}
    ).status_code in {302, 403, 404}
    amina.refresh_from_db()
    assert amina.state == State.CONFIRMED


def test_a_restricted_event_is_found_by_those_concerned_only(client, client_for):
    area = make_area("VN", "Viet Nam")
    event = make_event(visibility=Event.Visibility.RESTRICTED, area=area)
    assert client.get(event.get_absolute_url()).status_code == 404
    other = make_area("LA", "Lao PDR")
    assert other.code == "LA"
    for code, status in (("VN", 200), ("LA", 404)):
        focal = client_for("national_focal_point", area=code)
        assert focal.get(event.get_absolute_url()).status_code == status
