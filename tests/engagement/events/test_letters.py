"""Mail about registrations: what it promises, in whose time, with which calendar file."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from icalendar import Calendar

from engagement import services
from engagement.models import CalendarMessage, Notice
from tests.engagement.events.factories import HOSTILE, make_event, register

pytestmark = pytest.mark.django_db


def everything_sent(at=None) -> list:
    """Send what is queued and return all mails, the newest last."""
    services.send_due_notices(at=at or timezone.now())
    return mail.outbox


def calendar_of(message) -> Calendar:
    content = [a for a in message.alternatives if a.mimetype.startswith("text/calendar")]
    return Calendar.from_ical(content[0].content)


def entry(calendar):
    return calendar.walk("VEVENT")[0]


def test_the_first_mail_asks_for_confirmation_and_promises_no_place():
    register(make_event(), "Amina", confirmed=False)
    (message,) = everything_sent()
    assert message.to == ["amina@people.example"]
    assert "No place is held yet" in message.body
    assert "/confirm/" in message.body
    for word in ("success", "registered", "is confirmed"):
        assert word not in message.body.lower()


def test_a_letter_in_plain_text_shows_markup_as_typed_and_html_escapes_it():
    register(make_event(), "Amina", confirmed=False)
    (message,) = everything_sent()
    html = message.alternatives[0].content
    assert HOSTILE in message.body
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


def test_a_confirmed_place_comes_with_a_calendar_request():
    event = make_event()
    register(event, "Amina")
    message = everything_sent()[-1]
    assert "Your place is confirmed" in message.subject
    wire = message.message().as_string()
    assert 'Content-Type: text/calendar; method="REQUEST"' in wire.replace(
        "method=REQUEST", 'method="REQUEST"'
    )
    calendar = calendar_of(message)
    assert calendar["METHOD"] == "REQUEST"
    assert entry(calendar)["SEQUENCE"] == 0
    assert [z["TZID"] for z in calendar.walk("VTIMEZONE")] == ["Asia/Jakarta"]
    assert [a.filename for a in message.attachments] == ["invite.ics"]


def test_the_personal_link_is_in_no_calendar():
    amina = register(make_event(), "Amina")
    calendar = calendar_of(everything_sent()[-1]).to_ical().decode()
    assert amina.token not in calendar.replace("\r\n ", "")


def test_cancelling_removes_the_entry_of_this_person_only():
    event = make_event(seats=2)
    amina, _boris = register(event, "Amina"), register(event, "Boris")
    everything_sent()
    request = CalendarMessage.objects.get(registration=amina)
    services.cancel(registration=amina, at=timezone.now())
    mail.outbox.clear()
    (message,) = everything_sent()
    calendar = calendar_of(message)
    assert message.to == [amina.address]
    assert calendar["METHOD"] == "CANCEL"
    assert entry(calendar)["UID"] == request.uid
    assert entry(calendar)["SEQUENCE"] == request.sequence + 1
    assert entry(calendar)["STATUS"] == "CANCELLED"


def test_who_never_had_an_entry_gets_no_cancellation_of_it():
    event = make_event(seats=1)
    register(event, "Amina")
    boris = register(event, "Boris")
    services.cancel(registration=boris, at=timezone.now())
    message = everything_sent()[-1]
    assert message.to == [boris.address]
    assert not message.attachments


def test_a_moved_event_moves_the_same_entry():
    event = make_event(seats=1)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    everything_sent()
    mail.outbox.clear()
    event.starts_wall += timedelta(days=1)
    event.ends_wall += timedelta(days=1)
    assert services.save_event(event=event, at=timezone.now()) == ["starts_wall", "ends_wall"]
    to_amina, to_boris = sorted(everything_sent(), key=lambda m: m.to)
    moved = entry(calendar_of(to_amina))
    assert moved["SEQUENCE"] == 1
    assert moved["UID"] == f"{amina.calendar_uid}@suara"
    assert moved["DTSTART"].dt.replace(tzinfo=None) == event.starts_wall
    assert to_boris.to == [boris.address]
    assert len(to_boris.alternatives) == 1


def test_a_change_nobody_would_notice_sends_nothing():
    event = make_event()
    register(event, "Amina")
    everything_sent()
    mail.outbox.clear()
    event.description = "More about it."
    assert services.save_event(event=event, at=timezone.now()) == []
    assert everything_sent() == []


def test_an_offer_names_its_deadline_in_both_zones():
    event = make_event(seats=1)
    amina = register(event, "Amina")
    register(event, "Boris", reader_zone="Asia/Yangon")
    services.cancel(registration=amina, at=timezone.now())
    body = next(m.body for m in everything_sent() if "A seat is free" in m.subject)
    assert "Jakarta, UTC+7" in body
    assert "Yangon, UTC+6:30" in body


def test_a_mail_that_is_no_longer_true_is_not_sent():
    event = make_event(seats=1)
    amina, boris = register(event, "Amina"), register(event, "Boris")
    now = timezone.now()
    services.cancel(registration=amina, at=now)
    boris.refresh_from_db()
    services.decline_offer(registration=boris, at=now)
    everything_sent()
    offer = Notice.objects.get(kind="offered")
    assert offer.state == Notice.State.SKIPPED


def test_a_mail_that_fails_is_tried_again_later_and_stops_no_other(monkeypatch):
    event = make_event()
    register(event, "Amina", confirmed=False)
    register(event, "Boris", confirmed=False)
    now = timezone.now()
    send = EmailMultiAlternatives.send

    def refuse_amina(self, **words):
        if "amina" in self.to[0]:
            raise ConnectionError("The mail server hung up.")
        return send(self, **words)

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse_amina)
    assert services.send_due_notices(at=now) == 1
    waiting = Notice.objects.get(state="queued")
    assert "hung up" in waiting.last_error
    monkeypatch.undo()
    assert services.send_due_notices(at=now) == 0
    assert services.send_due_notices(at=now + timedelta(minutes=3)) == 1


def test_asking_again_for_a_known_address_mails_its_owner_at_most_once_in_ten_minutes():
    event = make_event()
    now = timezone.now()
    register(event, "Amina", at=now)
    for minutes in (1, 2, 11, 12):
        services.register(
            event=event, name="Mallory", address="amina@people.example", mode="onsite",
            consent_version="test", at=now + timedelta(minutes=minutes),
        )  # fmt: skip
    assert Notice.objects.filter(kind="already_registered").count() == 1


def test_a_reminder_goes_once_to_confirmed_people_before_the_event():
    event = make_event(seats=1, starts_in=timedelta(days=5))
    amina = register(event, "Amina")
    register(event, "Boris")
    almost = event.starts_at - timedelta(hours=20)
    assert services.send_reminders(at=timezone.now()) == 0
    assert services.send_reminders(at=almost) == 1
    assert services.send_reminders(at=almost) == 0
    assert Notice.objects.get(kind="reminder").registration == amina


def test_mail_is_written_in_the_language_of_the_registration():
    register(make_event(), "Amina", confirmed=False, language="id")
    assert 'lang="id"' in everything_sent()[0].alternatives[0].content
