"""A survey manager invites a segment, one person answers, and the reminder reaches the others."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.engine import tick
from campaigns.letters import schedule_reminders
from campaigns.models import Delivery, Mailing
from campaigns.transports.outbox import Outbox
from indicators.models import Area
from surveys import services as survey_services
from surveys.models import AuditEntry, Response
from tests.campaigns.factories import make_segment
from tests.campaigns.test_invitations import make_willing
from tests.flows.browsing import Browser
from tests.surveys.factories import make_wave
from tests.surveys.test_answering import Respondent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
NAMES = ("Amina", "Boun", "Chan", "Dara", "Eko", "Farah")


@pytest.fixture
def wave():
    for name in NAMES:
        make_willing(name)
    return make_wave(
        slug="panel",
        title="Youth panel",
        takes_invited=True,
        takes_open_link=False,
        anonymity="confidential",
    )


def link_to(name: str, mailing: Mailing) -> str:
    delivery = Delivery.objects.get(mailing=mailing, person__display_name=name)
    message = Outbox().read(delivery.outbox_name)
    return re.search(r"/s/[0-9a-z]{24}/", message.get_body(("plain",)).get_content()).group()


def test_from_the_segment_to_the_answer_to_the_reminder(wave, settings):
    settings.MAILINGS_PER_WEEK = 0
    manager = Browser()
    manager.sign_in("survey-manager@suara.example", "suara-demo-2026")
    manager.open(f"/office/surveys/waves/{wave.token}/")
    manager.follow("^Invitations$")
    assert "Nobody has been invited yet" in manager.text

    manager.follow("Invite people")
    segment = make_segment()
    manager.send(segment=segment.pk, remind_after="5", action="look")
    assert "6 of 6 people" in manager.text
    manager.send(action="prepare")
    assert "alone in a paragraph becomes the button" in manager.text
    manager.send(**{"en-subject": "Dear panel, it is time"})
    assert "Before sending" in manager.text
    manager.send("form[action$='/do/start/']")
    at = timezone.now()
    tick(at=at)
    tick(at=at)
    invitation = Mailing.objects.get(wave=wave, reminds=None)
    assert invitation.state == "completed"

    # Amina answers on her telephone, without an account.
    amina = Respondent(wave)
    amina.client.get(link_to("Amina", invitation))
    final = amina.answer_all()
    assert final["Location"].endswith("/thanks/")
    again = Browser()
    again.open(link_to("Amina", invitation))
    assert "has been used" in again.text

    # Five days later the reminder leaves by itself, to the other five.
    schedule_reminders(at=at)
    for _round in range(3):
        tick(at=at + timedelta(days=5, minutes=2))
    reminder = invitation.reminders.get()
    reached = Delivery.objects.filter(mailing=reminder, accepted_at__isnull=False)
    assert set(reached.values_list("person__display_name", flat=True)) == set(NAMES) - {"Amina"}
    assert link_to("Boun", reminder) == link_to("Boun", invitation)

    manager.open(f"/office/surveys/waves/{wave.token}/invitations/")
    assert "1 Answered" in manager.text
    assert "16.7 %" in manager.text
    states = manager.get(f"/office/surveys/waves/{wave.token}/invitations/states.csv")
    lines = b"".join(states.streaming_content).decode().splitlines()
    assert sum(",used," in line for line in lines) == 1
    assert "heard" not in "".join(lines)
    assert AuditEntry.objects.filter(action="exported", wave_token=wave.token).exists()


def test_one_link_is_taken_back_and_made_anew_and_a_list_is_made_for_interviewers(wave):
    manager = Browser()
    manager.sign_in("survey-manager@suara.example", "suara-demo-2026")
    make_willing("Village head", address="")
    board = f"/office/surveys/waves/{wave.token}/invitations/"
    segment = make_segment()
    manager.open(board)

    manager.send("form[action$='/links/']", segment=segment.pk)
    assert "confirm what the list can do" in manager.text
    manager.open(board)
    manager.send(
        "form[action$='/links/']",
        segment=segment.pk,
        understood="on",
        **{"as": "page"},
    )
    assert "Village head" in manager.text
    assert "Amina" not in manager.text
    link = re.search(r"/s/[0-9a-z]{24}/", manager.text).group()
    assert "Made a list of 1 links" in AuditEntry.objects.filter(action="exported").first().words

    invitation = wave.invitations.get()
    manager.post(f"{board}{invitation.token}/renew/")
    person = Respondent(wave)
    assert person.client.get(link).status_code == 404
    invitation.refresh_from_db()
    asked = manager.post(f"{board}{invitation.token}/revoke/", {"back": "q=Amina"})
    invitation.refresh_from_db()
    assert invitation.state != "revoked"
    assert "Take back the link of" in asked.content.decode()
    done = manager.post(f"{board}{invitation.token}/revoke/", {"back": "q=Amina", "sure": "1"})
    assert done["Location"] == f"{board}?q=Amina"
    invitation.refresh_from_db()
    assert invitation.state == "revoked"
    assert not Response.objects.filter(wave=wave).exists()


def test_a_focal_point_sees_invitations_of_the_own_area_and_sends_none(wave):
    inside, outside = (
        make_willing("Nguyen of the panel"),
        make_willing("Anong of the panel"),
    )
    for person, code in ((inside, "VN"), (outside, "TH")):
        person.area = Area.objects.get(code=code)
        person.save()
    survey_services.invite(wave=wave, people=[(inside.pk, "en"), (outside.pk, "en")])
    focal = Browser()
    focal.sign_in("national-focal-point@suara.example", "suara-demo-2026")

    focal.open(f"/office/surveys/waves/{wave.token}/invitations/")

    assert "Nguyen of the panel" in focal.text
    assert "Anong of the panel" not in focal.text
    assert "1 Invited" in focal.text
    token = wave.invitations.get(person=inside).token
    refused = focal.post(f"/office/surveys/waves/{wave.token}/invitations/{token}/revoke/")
    assert refused.status_code == 404
    assert focal.get(f"/office/surveys/waves/{wave.token}/invitations/new/").status_code == 404
