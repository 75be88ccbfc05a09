"""Registering from the public site: once, only with a proven address, and telling nobody more."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from engagement import services
from engagement.models import Consent, EmailAddress, Event, Notice, Person, Registration
from tests.engagement.events.factories import HOSTILE, form_data, make_event, register

pytestmark = pytest.mark.django_db
State = Registration.State


@pytest.fixture(autouse=True)
def run_commit_hooks(django_capture_on_commit_callbacks):
    """Mail leaves after the commit, also inside a test's transaction."""
    with django_capture_on_commit_callbacks(execute=True):
        yield


def send(client, event, **overrides):
    address = reverse("engagement:event-register", args=[event.slug])
    return client.post(address, form_data(**overrides))


class TestForm:
    def test_sending_the_form_leads_to_look_into_your_mail(self, client):
        event = make_event()
        response = send(client, event)
        assert response.status_code == 302
        assert response.url == reverse("engagement:event-registered", args=[event.slug])
        assert Registration.objects.get().state == State.PENDING
        assert b"Look into your mail" in client.get(response.url).content

    def test_the_same_form_sent_twice_is_one_registration(self, client):
        event = make_event()
        key = "k" * 24
        first = send(client, event, key=key)
        second = send(client, event, key=key)
        assert (first.status_code, first.url) == (second.status_code, second.url)
        assert Registration.objects.count() == 1
        assert Notice.objects.count() == 1

    def test_another_form_with_the_same_address_is_the_same_registration(self, client):
        event = make_event()
        send(client, event)
        send(client, event, address="AMINA@people.example ")
        assert Registration.objects.count() == 1

    def test_the_answer_is_the_same_whether_the_address_is_known_or_not(self, client):
        event = make_event()
        register(event, "Boris", address="boris@people.example")
        known = send(client, event, address="boris@people.example")
        unknown = send(client, event, address="nobody@people.example")
        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)

    def test_a_program_that_fills_the_hidden_field_gets_the_same_answer_and_stores_nothing(
        self, client
    ):
        event = make_event()
        response = send(client, event, website="https://spam.example")
        assert response.url == reverse("engagement:event-registered", args=[event.slug])
        assert Registration.objects.count() == 0

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": " \t "},
            {"name": "x\x00y"},
            {"name": "x" * 201},
            {"address": "no address"},
            {"address": "two@people.example, more@people.example"},
            {"address": "x@people.example\nBcc: all@people.example"},
            {"consent": ""},
            {"area": "Atlantis"},
            {"reader_zone": "Mars/Olympus"},
            {"key": "short"},
            {"accessibility": "wings"},
        ],
    )
    def test_what_cannot_be_accepted_comes_back_with_sentences(self, client, wrong):
        event = make_event()
        response = send(client, event, **wrong)
        assert Registration.objects.count() == 0
        if response.status_code != 400:  # control characters are refused before the form
            assert response.status_code == 422
            assert b"Something needs your attention" in response.content

    def test_markup_in_a_name_is_shown_as_text(self, client):
        event = make_event()
        amina = register(event, f"Amina {HOSTILE}", address="a@people.example")
        page = client.get(amina.get_absolute_url()).content.decode()
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page

    def test_one_name_is_enough_and_stays_as_typed(self, client):
        event = make_event()
        send(client, event, name="  ออง  ")
        assert Registration.objects.get().name == "ออง"

    def test_needs_are_kept_for_totals(self, client):
        event = make_event(interpretation=["vi", "th"])
        send(client, event, interpretation=["vi"], accessibility=["wheelchair", "captions"])
        kinds = Registration.objects.get().needs.values_list("kind", "language", "detail")
        assert set(kinds) == {
            ("interpretation", "vi", ""),
            ("wheelchair", "", ""),
            ("captions", "", ""),
            ("diet", "", "halal"),
        }

    def test_a_closed_registration_says_so(self, client):
        event = make_event(registration_closes_at=timezone.now() - timedelta(minutes=1))
        response = send(client, event)
        assert response.status_code == 409
        assert Registration.objects.count() == 0

    def test_an_event_by_invitation_has_no_form_for_strangers(self, client):
        event = make_event(admission=Event.Admission.INVITATION)
        assert send(client, event).status_code == 409

    def test_an_event_in_preparation_is_nowhere(self, client):
        event = make_event(state=Event.State.DRAFT)
        assert send(client, event).status_code == 404
        assert client.get(event.get_absolute_url()).status_code == 404


class TestConfirming:
    def test_opening_the_mailed_link_changes_nothing_and_the_button_confirms(
        self, client, django_capture_on_commit_callbacks
    ):
        event = make_event()
        amina = register(event, "Amina", confirmed=False)
        link = reverse("engagement:registration-confirm", args=[amina.token])
        for _scan in range(3):
            assert client.get(link).status_code == 200
            client.head(link)
        amina.refresh_from_db()
        assert amina.state == State.PENDING
        assert client.post(link).url == amina.get_absolute_url()
        amina.refresh_from_db()
        assert amina.state == State.CONFIRMED

    def test_pressing_twice_confirms_once(self, client):
        event = make_event()
        amina = register(event, "Amina", confirmed=False)
        link = reverse("engagement:registration-confirm", args=[amina.token])
        client.post(link)
        assert client.post(link).url == amina.get_absolute_url()
        assert event.pools.get().taken == 1
        assert Person.objects.count() == 1

    def test_no_page_changes_anything_when_it_is_only_opened(self, client):
        event = make_event(seats=1)
        amina, boris = register(event, "Amina"), register(event, "Boris")
        services.cancel(registration=amina, at=timezone.now())
        boris.refresh_from_db()
        for name in ("registration", "registration-confirm", "registration-cancel"):
            client.get(reverse(f"engagement:{name}", args=[boris.token]))
        answer = reverse("engagement:registration-offer", args=[boris.token])
        assert client.get(answer, {"answer": "decline"}).status_code == 405
        boris.refresh_from_db()
        assert boris.state == State.OFFERED

    def test_a_known_address_is_linked_to_its_person_and_a_new_one_gets_an_entry(self):
        known = Person.objects.create(display_name="Boris Tan")
        EmailAddress.objects.create(person=known, address="boris@people.example", is_primary=True)
        event = make_event()
        assert register(event, "Boris").person == known
        amina = register(event, "Amina").person
        assert amina != known
        assert amina.primary_address() == "amina@people.example"

    def test_nobody_enters_the_registry_before_the_address_is_proven(self):
        register(make_event(), "Amina", confirmed=False)
        assert Person.objects.count() == 0

    def test_two_addresses_of_one_person_are_one_active_registration(self):
        person = Person.objects.create(display_name="Boris Tan")
        for address in ("boris@people.example", "tan@office.example"):
            EmailAddress.objects.create(person=person, address=address)
        event = make_event()
        first = register(event, "Boris", address="boris@people.example")
        second = register(event, "Boris", address="tan@office.example")
        assert (first.state, second.state) == (State.CONFIRMED, State.CANCELLED)
        assert event.pools.get().taken == 1

    def test_consent_to_further_invitations_is_recorded_only_when_given(self):
        event = make_event()
        register(event, "Amina", wants_invitations=True)
        register(event, "Boris")
        consents = Consent.objects.current(purpose="events", channel="email")
        assert [c.person.display_name for c in consents] == ["Amina"]

    def test_a_link_opened_after_registration_closed_says_so(self, client):
        event = make_event()
        amina = register(event, "Amina", confirmed=False)
        Event.objects.filter(pk=event.pk).update(registration_closes_at=timezone.now())
        link = reverse("engagement:registration-confirm", args=[amina.token])
        assert client.post(link).status_code == 409

    @pytest.mark.parametrize("token", ["x" * 16, "../../etc", "%00" * 9, "é" * 16, "a" * 500])
    def test_a_tampered_link_is_not_found(self, client, token):
        for end in ("", "confirm/", "cancel/", "calendar.ics"):
            assert client.get(f"/registrations/{token}/{end}").status_code in {400, 404}


class TestOwnPage:
    def test_cancelling_asks_once_and_offers_the_seat_to_the_next(self, client):
        event = make_event(seats=1)
        amina, boris = register(event, "Amina"), register(event, "Boris")
        page = reverse("engagement:registration-cancel", args=[amina.token])
        assert b"Cancel your registration?" in client.get(page).content
        assert client.post(page).url == amina.get_absolute_url()
        boris.refresh_from_db()
        assert boris.state == State.OFFERED
        assert client.post(page).status_code == 302

    def test_the_waiting_person_sees_the_place_and_accepts_the_offer(self, client):
        event = make_event(seats=1)
        amina, boris = register(event, "Amina"), register(event, "Boris")
        assert (
            b"You are number 1 on the waiting list" in client.get(boris.get_absolute_url()).content
        )
        services.cancel(registration=amina, at=timezone.now())
        assert b"A seat is kept for you" in client.get(boris.get_absolute_url()).content
        answer = reverse("engagement:registration-offer", args=[boris.token])
        client.post(answer, {"answer": "accept"})
        boris.refresh_from_db()
        assert boris.state == State.CONFIRMED

    def test_an_answer_after_the_deadline_is_a_clear_page(self, client):
        event = make_event(seats=1)
        amina, boris = register(event, "Amina"), register(event, "Boris")
        services.cancel(registration=amina, at=timezone.now() - timedelta(days=5))
        answer = reverse("engagement:registration-offer", args=[boris.token])
        response = client.post(answer, {"answer": "accept"})
        assert response.status_code == 409
        assert b"deadline" in response.content

    def test_personal_pages_are_neither_indexed_nor_cached(self, client):
        amina = register(make_event(), "Amina")
        response = client.get(amina.get_absolute_url())
        assert "noindex" in response["X-Robots-Tag"]
        assert "no-store" in response["Cache-Control"]

    def test_the_join_link_is_shown_only_to_confirmed_people_online(self, client):
        link = "https://meet.example/room-1"
        event = make_event(seats=1, mode=Event.Mode.ONLINE, join_url=link)
        amina, boris = register(event, "Amina"), register(event, "Boris")
        assert link in client.get(amina.get_absolute_url()).content.decode()
        assert link not in client.get(boris.get_absolute_url()).content.decode()
        assert link not in client.get(event.get_absolute_url()).content.decode()
        Registration.objects.filter(pk=amina.pk).update(join_withdrawn_at=timezone.now())
        assert link not in client.get(amina.get_absolute_url()).content.decode()
