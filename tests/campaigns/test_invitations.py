"""Invitations to a survey as mailings: who gets one, what is in it, reminders, letters that return."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import audiences, events, letters, services
from campaigns.counts import recount
from campaigns.engine import freezing, tick
from campaigns.engine.clock import Clock
from campaigns.errors import WrongState
from campaigns.models import Delivery, LinkClick, Mailing, Suppression
from campaigns.models.suppressions import address_hash
from campaigns.preflight import blocking, preflight
from campaigns.rendering import compile_content, preview_for
from campaigns.transports import Result
from campaigns.transports.outbox import OutboxTransport
from engagement.models import EmailAddress
from engagement.services import withdraw_consent
from surveys.models import Response, SurveyInvitation, Wave
from surveys.protection import links
from tests.campaigns.factories import (
    agree,
    make_content,
    make_mailing,
    make_officer,
    make_person,
    make_segment,
)
from tests.surveys.factories import make_wave
from tests.surveys.test_answering import Respondent

pytestmark = pytest.mark.django_db
State = SurveyInvitation.State


@pytest.fixture(autouse=True)
def _alone(settings, outbox):
    settings.MAILING_NEEDS_SECOND_PERSON = False
    settings.MAILINGS_PER_WEEK = 0


def make_invited_wave(**columns) -> Wave:
    return make_wave(**{"takes_invited": True, "takes_open_link": False} | columns)


def make_willing(name: str, **words):
    person = make_person(name, consents=False, **words)
    agree(person, "surveys")
    return person


def invite(wave: Wave, *, remind_after=(), at=None) -> Mailing:
    at = at or timezone.now()
    officer = make_officer()
    mailing = letters.prepare(
        wave=wave,
        segment=make_segment(),
        by=officer,
        at=at,
        remind_after=remind_after,
        reply_to="answers@office.example",
    )
    services.start(mailing=mailing, by=officer, at=at)
    return mailing


def send_all(at=None) -> None:
    at = at or timezone.now()
    for _round in range(6):
        letters.schedule_reminders(at=at)
        tick(at=at)


def link_in(outbox, delivery: Delivery) -> str:
    text = outbox.read(delivery.outbox_name).get_body(("plain",)).get_content()
    return re.search(r"/s/[0-9a-z]{24}/", text).group()


def answer(link: str, wave: Wave) -> None:
    respondent = Respondent(wave)
    respondent.client.get(link)
    respondent.answer_all()


# --- who is invited ---------------------------------------------------------------------------


def test_everybody_of_the_segment_is_invited_or_left_out_for_a_reason(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    make_person("Boris")  # agreed to news, not to surveys
    left = make_willing("Chan")
    withdraw_consent(person=left, purpose="surveys", evidence="a test", at=timezone.now())
    gone = make_willing("Dara", address="dara@gone.example")
    Suppression.objects.create(
        address_hash=address_hash("dara@gone.example"), reason="bounced", at=timezone.now()
    )
    make_willing("Eko", address="")
    mailing = invite(wave)
    send_all()

    reasons = dict(
        Delivery.objects.filter(mailing=mailing).values_list("person__display_name", "reason")
    )
    assert reasons == {
        "Amina": "",
        "Boris": "no_consent",
        "Chan": "unsubscribed",
        "Dara": "suppressed",
        "Eko": "invalid",
    }
    assert gone.pk
    assert [each.person.display_name for each in wave.invitations.all()] == ["Amina"]
    # Asked again, she is left out as invited; the others as before.
    counted = audiences.count(
        Mailing(wave=wave, segment=make_segment(), purpose="surveys"), at=timezone.now()
    )
    assert counted.recipients == 0
    assert {each.reason for each in counted.exclusions} >= {"invited"}


def test_two_mailings_to_one_wave_do_not_invite_anybody_twice(outbox):
    wave = make_invited_wave()
    amina = make_willing("Amina")
    invite(wave)
    officer = make_officer()
    again = letters.prepare(wave=wave, segment=make_segment(), by=officer, at=timezone.now())
    Mailing.objects.filter(pk=again.pk).update(
        state="preparing", approved_digest=again.digest(), started_at=timezone.now()
    )
    send_all()

    assert wave.invitations.count() == 1
    sent = Delivery.objects.filter(person=amina, accepted_at__isnull=False)
    assert sent.count() == 1


@pytest.mark.parametrize("anonymity", ["anonymous", "confidential"])
def test_each_letter_has_its_own_link_that_opens_the_survey_in_the_persons_language(
    outbox, anonymity
):
    wave = make_invited_wave(anonymity=anonymity)
    make_willing("Amina")
    make_willing("Somchai", language="th")
    mailing = invite(wave)
    send_all()

    found = {
        each.person.display_name: link_in(outbox, each)
        for each in mailing.deliveries.select_related("person")
    }
    assert len(set(found.values())) == 2
    for delivery in mailing.deliveries.select_related("person"):
        html = outbox.read(delivery.outbox_name).get_body(("html",)).get_content()
        assert found[delivery.person.display_name] in html
        assert "/l/" not in html.split("unsubscribe")[0]
    page = Client().get(found["Somchai"], follow=True).content.decode()
    assert 'lang="th"' in page
    assert set(wave.invitations.values_list("state", flat=True)) <= {State.SENT, State.OPENED}


def test_a_click_on_a_survey_is_never_counted(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    mailing = invite(wave)
    send_all()

    assert not mailing.links.exists()
    assert not LinkClick.objects.exists()
    news = Mailing.objects.create(
        campaign=mailing.campaign, title="News", segment=make_segment(), purpose="campaigns"
    )
    body = [("survey", {"survey": wave.slug, "label": "Answer"})]
    compile_content(news, make_content(news, body=body))
    assert not news.links.exists()


def test_the_copy_in_the_browser_gives_no_link_away_in_an_anonymous_wave(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    mailing = invite(wave)
    send_all()
    delivery = mailing.deliveries.get()

    shown = Client().get(f"/mailings/{delivery.token}/").content.decode()

    assert "/s/" not in shown
    assert wave.get_absolute_url() in shown


def test_a_preview_shows_a_link_that_does_nothing(outbox):
    wave = make_invited_wave()
    person = make_willing("Amina")
    mailing = letters.prepare(
        wave=wave, segment=make_segment(), by=make_officer(), at=timezone.now()
    )

    copy = preview_for(mailing, mailing.contents.get(language="en"), person)

    assert "/s/" not in copy.html
    assert "/mailings/preview/" in copy.html


def test_a_text_without_the_link_cannot_be_sent(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    mailing = letters.prepare(
        wave=wave, segment=make_segment(), by=make_officer(), at=timezone.now()
    )
    content = mailing.contents.get(language="th")
    content.body = [("paragraph", "<p>no link</p>")]
    content.save()

    red = blocking(preflight(Mailing.objects.get(pk=mailing.pk), at=timezone.now()))

    assert any("no link to the survey" in finding.sentence for finding in red)


def test_the_link_field_outside_an_invitation_is_explained(outbox):
    make_person("Amina")
    mailing = make_mailing(languages=())
    make_content(mailing, body=[("paragraph", "<p>Go: {survey_link}</p>")])

    red = blocking(preflight(mailing, at=timezone.now()))

    assert any("{survey_link} works only" in finding.sentence for finding in red)


def test_what_the_author_writes_comes_back_as_written(outbox):
    wave = make_invited_wave()
    mailing = letters.prepare(
        wave=wave, segment=make_segment(), by=make_officer(), at=timezone.now()
    )
    written = letters.Letter(
        "A & B <c>", "Dear {name},\nsecond line\n\n{survey_link}\n\nBye <b>now</b> & thanks", "Go"
    )
    letters.write(mailing=mailing, letters={"en": written}, by=make_officer(), at=timezone.now())

    assert letters.read(mailing.contents.get(language="en"), wave) == written


def test_an_invitation_needs_a_wave_that_takes_invited_people_and_is_not_over(outbox):
    for columns in ({"takes_invited": False}, {"state": "closed"}):
        wave = make_invited_wave(**columns)
        with pytest.raises(WrongState):
            letters.prepare(wave=wave, segment=make_segment(), by=make_officer(), at=timezone.now())


# --- check 22 ---------------------------------------------------------------------------------


class OneBadAddress(OutboxTransport):
    """Refuses one address for good, as a provider does."""

    def submit(self, messages, *, group):
        return [
            Result("rejected", code="mj-0013", sentence="The address is not valid.")
            if message.to_address == "bad@people.example"
            else self._write(message)
            for message in messages
        ]


def test_check_22_one_bad_address_stops_nobody_else(outbox):
    wave = make_invited_wave()
    for name in ("Amina", "Chan", "Dara"):
        make_willing(name)
    make_willing("Bad", address="bad@people.example")
    mailing = invite(wave)
    for _round in range(4):
        tick(at=timezone.now(), transport=OneBadAddress())

    mailing.refresh_from_db()
    assert mailing.state == "completed"
    states = dict(wave.invitations.values_list("person__display_name", "state"))
    assert states == {
        "Amina": State.SENT, "Chan": State.SENT, "Dara": State.SENT, "Bad": State.BOUNCED,
    }  # fmt: skip


def test_check_22_a_bounce_reported_later_is_matched_to_the_invitation(outbox, settings):
    settings.MAILJET_WEBHOOK_SECRETS = ["s" * 40]
    wave = make_invited_wave()
    make_willing("Amina")
    make_willing("Chan")
    mailing = invite(wave)
    send_all()
    chan = mailing.deliveries.get(person__display_name="Chan")

    fact = {
        "event": "bounce", "CustomID": chan.token, "hard_bounce": True, "error": "user unknown",
        "time": int(timezone.now().timestamp()), "email": chan.address, "MessageID": 1,
    }  # fmt: skip
    answer_of_hook = Client().post(
        "/webhooks/mailjet/" + "s" * 40 + "/", json.dumps([fact, fact]), "application/json"
    )
    assert answer_of_hook.status_code == 200
    events.process_events(at=timezone.now())

    states = dict(wave.invitations.values_list("person__display_name", "state"))
    assert states == {"Amina": State.SENT, "Chan": State.BOUNCED}


def test_a_bounce_does_not_undo_an_answer(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    mailing = invite(wave)
    send_all()
    delivery = mailing.deliveries.get()
    answer(link_in(outbox, delivery), wave)
    Delivery.objects.update(bounced_hard_at=timezone.now())
    recount(delivery.batch_id)

    assert wave.invitations.get().state == State.USED


@pytest.mark.parametrize("anonymity", ["anonymous", "confidential"])
def test_check_22_reminders_reach_only_those_who_have_not_answered(outbox, anonymity):
    wave = make_invited_wave(anonymity=anonymity)
    for name in ("Amina", "Chan", "Dara"):
        make_willing(name)
    at = timezone.now()
    mailing = invite(wave, remind_after=[5, 12], at=at)
    send_all(at)
    first, second = mailing.reminders.order_by("remind_after")
    assert first.state == "scheduled"
    assert first.scheduled_at == mailing.started_at + timedelta(days=5)
    amina = mailing.deliveries.get(person__display_name="Amina")
    link = link_in(outbox, amina)
    answer(link, wave)

    send_all(at + timedelta(days=4))
    assert not Delivery.objects.filter(mailing=first).exists()
    send_all(at + timedelta(days=5, minutes=1))

    got = Delivery.objects.filter(mailing=first, accepted_at__isnull=False)
    assert set(got.values_list("person__display_name", flat=True)) == {"Chan", "Dara"}
    skipped = Delivery.objects.get(mailing=first, person__display_name="Amina")
    assert skipped.reason == "answered"
    # The same link as in the invitation.
    chan = mailing.deliveries.get(person__display_name="Chan")
    assert link_in(outbox, got.get(person__display_name="Chan")) == link_in(outbox, chan)
    # Between the two, one more answers; the second reminder reaches the last one only.
    answer(link_in(outbox, chan), wave)
    send_all(at + timedelta(days=12, minutes=1))
    got = Delivery.objects.filter(mailing=second, accepted_at__isnull=False)
    assert set(got.values_list("person__display_name", flat=True)) == {"Dara"}
    assert Response.objects.submitted().count() == 2


def test_check_22_who_answers_while_a_reminder_leaves_does_not_get_it(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    make_willing("Chan")
    at = timezone.now()
    mailing = invite(wave, at=at)
    send_all(at)
    reminder = letters.add_reminder(invitation=mailing, by=make_officer())
    services.start(mailing=reminder, by=make_officer(), at=at)
    freezing.freeze(Mailing.objects.get(pk=reminder.pk), clock=Clock(at))
    assert reminder.deliveries.filter(state="planned").count() == 2
    answer(link_in(outbox, mailing.deliveries.get(person__display_name="Amina")), wave)
    send_all(at)

    skipped = reminder.deliveries.get(person__display_name="Amina")
    assert (skipped.state, skipped.reason) == ("skipped", "left")
    assert "has answered" in skipped.note
    assert reminder.deliveries.get(person__display_name="Chan").accepted_at


def test_nobody_is_reminded_more_than_three_times(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    mailing = invite(wave, remind_after=[5, 12])
    letters.add_reminder(invitation=mailing, by=make_officer())

    with pytest.raises(WrongState, match="3 reminders"):
        letters.add_reminder(invitation=mailing, by=make_officer())


def test_no_reminder_leaves_for_a_survey_that_is_closed(outbox):
    wave = make_invited_wave()
    make_willing("Amina")
    at = timezone.now()
    mailing = invite(wave, remind_after=[5], at=at)
    send_all(at)
    Wave.objects.update(state="closed")

    send_all(at + timedelta(days=5, minutes=1))

    reminder = mailing.reminders.get()
    assert reminder.state == "missed"
    assert "takes no answers" in reminder.state_reason
    assert not reminder.deliveries.exists()


def test_a_planned_reminder_waits_for_its_own_approval_where_two_people_are_asked(outbox, settings):
    settings.MAILING_NEEDS_SECOND_PERSON = True
    wave = make_invited_wave()
    make_willing("Amina")
    at = timezone.now()
    mailing = letters.prepare(
        wave=wave, segment=make_segment(), by=make_officer(), at=at, remind_after=[5]
    )
    approver = make_officer("approver@office.example")
    services.approve(mailing=mailing, by=approver, at=at)
    services.start(mailing=mailing, by=make_officer(), at=at)
    send_all(at)
    reminder = mailing.reminders.get()
    assert reminder.state == "drafting"

    services.approve(mailing=reminder, by=approver, at=at)
    send_all(at)

    reminder.refresh_from_db()
    assert reminder.state == "scheduled"


def test_a_changed_key_holds_the_mailing_with_a_sentence_instead_of_sending_dead_links(
    outbox, settings
):
    wave = make_invited_wave()
    make_willing("Amina")
    mailing = invite(wave)
    freezing.freeze(mailing, clock=Clock(timezone.now()))
    settings.INVITATION_KEY = "another key altogether"
    send_all()

    mailing.refresh_from_db()
    assert mailing.state == "held"
    assert "INVITATION_KEY" in mailing.state_reason
    assert not outbox.names()


def test_a_person_whose_address_was_corrected_can_be_invited_again_with_the_same_link(outbox):
    wave = make_invited_wave()
    person = make_willing("Bad", address="bad@people.example")
    invite(wave)
    for _round in range(4):
        tick(at=timezone.now(), transport=OneBadAddress())
    before = links.secret_of(wave.invitations.get())
    EmailAddress.objects.filter(person=person).delete()
    EmailAddress.objects.create(person=person, address="good@people.example", is_primary=True)

    again = invite(wave)
    send_all()

    assert wave.invitations.get().state == State.SENT
    assert links.secret_of(wave.invitations.get()) == before
    assert again.deliveries.get().accepted_at
