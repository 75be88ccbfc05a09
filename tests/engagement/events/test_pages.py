"""The public list and an event's page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from engagement.models import Event
from tests.engagement.events.factories import HOSTILE, make_area, make_event, register

pytestmark = pytest.mark.django_db
LIST = "/consultations/"


def test_an_empty_list_says_what_to_do(client):
    page = client.get(LIST).content.decode()
    assert "No consultation is coming up here" in page
    assert "No past consultation matches" in page


def test_coming_and_past_events_are_apart_and_drafts_nowhere(client):
    make_event(title="Coming")
    make_event(title="Past", starts_in=timedelta(days=-3))
    make_event(title="Secret", state=Event.State.DRAFT)
    make_event(title="Unlisted", visibility=Event.Visibility.UNLISTED)
    page = client.get(LIST).content.decode()
    coming, past = page.split("Held", 1)
    assert "Coming" in coming
    assert "Past" in past
    assert "Secret" not in page
    assert "Unlisted" not in page


def test_the_list_is_filtered_by_level_and_area_and_ignores_nonsense(client):
    area = make_area("VN", "Viet Nam")
    make_event(title="Here", level="ministerial", area=area)
    make_event(title="There", level="public")
    assert "There" not in client.get(LIST, {"level": "ministerial"}).content.decode()
    assert "There" not in client.get(LIST, {"area": "VN"}).content.decode()
    nonsense = {"level": "x' OR 1=1", "area": HOSTILE, "page": "-3", "zone": "Mars/Base"}
    response = client.get(LIST, nonsense)
    assert response.status_code == 200
    assert HOSTILE not in response.content.decode()


def test_the_list_asks_a_fixed_number_of_questions(client, django_assert_max_num_queries):
    for _number in range(10):
        make_event()
        make_event(starts_in=timedelta(days=-5))
    with django_assert_max_num_queries(16):
        client.get(LIST)


def test_a_page_shows_the_time_at_the_place_and_at_the_reader(client):
    event = make_event(zone="Asia/Jakarta")
    page = client.get(event.get_absolute_url(), {"zone": "Asia/Yangon"})
    text = page.content.decode()
    assert "10:00–16:00 Jakarta, UTC+7" in text
    assert "09:30–15:30 Yangon, UTC+6:30" in text
    assert page.cookies["reader_zone"].value == "Asia/Yangon"
    assert "Yangon, UTC+6:30" in client.get(event.get_absolute_url()).content.decode()


def test_a_page_shows_seats_promise_and_the_waiting_list(client):
    event = make_event(seats=1)
    assert "1 seat left" in client.get(event.get_absolute_url()).content.decode()
    register(event, "Amina")
    register(event, "Boris")
    page = client.get(event.get_absolute_url()).content.decode()
    assert "Join the waiting list" in page
    assert "1 person is on the waiting list" in page
    assert "Our promise: Consult" in page


def test_hostile_text_is_shown_as_text(client):
    event = make_event(description=HOSTILE, purpose=HOSTILE, venue=HOSTILE, outcome=HOSTILE)
    page = client.get(event.get_absolute_url()).content.decode()
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;") >= 5


def test_a_called_off_event_says_so_and_takes_nobody(client):
    event = make_event(state=Event.State.CANCELLED)
    assert "was called off" in client.get(event.get_absolute_url()).content.decode()
    assert client.get(reverse("engagement:event-register", args=[event.slug])).status_code == 409


@pytest.mark.parametrize("path", ["nothing-here/", "..%2f/", "a" * 300 + "/", "%00/"])
def test_an_unknown_address_is_not_found(client, path):
    assert client.get(f"{LIST}{path}").status_code in {400, 404}
