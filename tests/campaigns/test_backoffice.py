"""The office's screens: who may do what, and what each page says."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from campaigns.engine import tick
from campaigns.models import Mailing, OutreachActivity
from engagement.models import User
from tests.campaigns.factories import (
    AT,
    HOSTILE,
    make_campaign,
    make_mailing,
    make_person,
    make_segment,
    start,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client_for, outbox, settings):
    settings.MAILING_NEEDS_SECOND_PERSON = False
    return client_for("communications_officer")


def page(client, name, mailing, **query):
    return client.get(reverse(f"mailings:{name}", args=[mailing.token]), query)


def step(client, action, mailing, **values):
    return client.post(reverse("mailings:do", args=[mailing.token, action]), values, follow=True)


def test_the_officer_goes_the_whole_way_alone_where_no_second_person_is_needed(officer, outbox):
    make_person("Amina", language="id")
    make_person("Boris", consents=False)
    mailing = make_mailing(languages=("en", "id"))
    assert "Send now to 1 person" in page(officer, "overview", mailing).content.decode()
    audience = page(officer, "audience", mailing).content.decode()
    assert "no consent" in audience
    assert "Boris" in audience
    assert "Sending has begun" in step(officer, "start", mailing).content.decode()
    for second in range(3):
        tick(at=AT + timedelta(seconds=second))
    done = page(officer, "overview", mailing).content.decode()
    assert "<b>2</b> people" in done
    assert "100" in done
    listed = page(officer, "recipients", mailing).content.decode()
    [name] = outbox.names()
    assert reverse("campaigns:outbox_message", args=[name]) in listed
    assert "no consent" in listed


def test_a_second_person_approves_where_it_is_asked_for(client_for, outbox, settings):
    settings.MAILING_NEEDS_SECOND_PERSON = True
    officer, approver = client_for("communications_officer"), client_for("approver")
    mailing = make_mailing(people=1, author=officer.user)
    step(officer, "start", mailing)
    assert Mailing.objects.get().state == Mailing.State.DRAFTING
    step(officer, "ask", mailing)
    assert step(officer, "approve", mailing).status_code in (302, 403, 200)
    assert Mailing.objects.get().state == Mailing.State.REVIEWING
    step(approver, "approve", mailing)
    assert Mailing.objects.get().approver == approver.user
    assert step(approver, "start", mailing).status_code in (302, 403, 200)
    assert Mailing.objects.get().state == Mailing.State.APPROVED
    step(officer, "start", mailing)
    assert Mailing.objects.get().state == Mailing.State.PREPARING


@pytest.mark.parametrize(
    "role", ["analyst", "survey_manager", "national_focal_point", "sectoral_body_reporter"]
)
@pytest.mark.parametrize(
    "name", ["overview", "audience", "preview", "recipients", "recipients_csv", "progress"]
)
def test_other_roles_get_no_hint_of_a_mailing(client_for, outbox, role, name):
    mailing = make_mailing(people=1)
    assert page(client_for(role), name, mailing).status_code == 404


def test_a_stranger_is_sent_away_from_the_office(client_for, client, outbox):
    mailing = make_mailing(people=1)
    for each in (client, client_for("stranger")):
        assert page(each, "overview", mailing).status_code in (302, 403)


def test_preview_shows_a_real_persons_copy_in_any_language(officer):
    amina = make_person("Amina", language="id")
    mailing = make_mailing(languages=("en", "id"))
    own = page(officer, "preview", mailing, person=amina.token).content.decode()
    assert "id: your voice, Amina" in own
    other = page(officer, "preview", mailing, person=amina.token, language="en").content.decode()
    assert "en: your voice, Amina" in other
    frame = page(officer, "preview_html", mailing, person=amina.token)
    assert "/u/preview/" in frame.content.decode()
    assert "sandbox" in frame["Content-Security-Policy"]


def test_names_with_html_are_shown_as_text(officer):
    make_person(HOSTILE)
    make_person(HOSTILE + "2", consents=False)
    mailing = make_mailing(title="<script>alert(1)</script>")
    for name in ("overview", "audience", "preview"):
        assert "<script>alert(1)" not in page(officer, name, mailing).content.decode()


def test_an_unknown_person_or_language_in_the_address_never_breaks_the_preview(officer):
    mailing = make_mailing(people=1)
    assert page(officer, "preview", mailing, person="nobody").status_code == 404
    assert page(officer, "preview", mailing, language="xx", q="'\"%{").status_code == 200


def test_a_test_goes_to_colleagues_only(officer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mailing = make_mailing(people=1)
    step(officer, "test", mailing, address="somebody@else.example", languages=["en"])
    assert mail.outbox == []
    User.objects.create_user("colleague@office.example", "pass")
    step(officer, "test", mailing, address="colleague@office.example", languages=["en"])
    assert mail.outbox[0].subject.startswith("[Test]")
    assert "/u/preview/" in mail.outbox[0].body


def test_a_red_line_stops_sending_and_says_how_to_fix_it(officer):
    mailing = make_mailing()
    shown = page(officer, "overview", mailing).content.decode()
    assert "stops sending" in shown
    assert "choose another segment" in shown
    step(officer, "start", mailing)
    assert Mailing.objects.get().state == Mailing.State.DRAFTING


def test_the_list_of_recipients_is_searched_filtered_and_exported(officer, outbox):
    make_person("=HYPERLINK(1)", address="formula@people.example")
    make_person("Boris", consents=False)
    mailing = start(make_mailing())
    for second in range(3):
        tick(at=AT + timedelta(seconds=second))
    found = page(officer, "recipients", mailing, q="boris").content.decode()
    assert "Boris" in found
    assert "formula@" not in found
    filtered = page(officer, "recipients", mailing, state="no_consent").content.decode()
    assert "Boris" in filtered
    export = page(officer, "recipients_csv", mailing)
    text = b"".join(export.streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert "no consent" in text


def test_the_list_of_recipients_costs_the_same_for_many(
    officer, outbox, django_assert_max_num_queries
):
    mailing = start(make_mailing(people=60))
    tick(at=AT)
    with django_assert_max_num_queries(25):
        page(officer, "recipients", mailing)


def test_progress_is_told_in_numbers(officer):
    mailing = start(make_mailing(people=60))
    tick(at=AT, limit=1)
    told = page(officer, "progress", mailing).json()
    assert (told["done"], told["total"], told["percent"]) == (50, 60, 83)
    assert told["is_running"]


def mailing_form(**values):
    block = {
        "contents-0-body-count": "1",
        "contents-0-body-0-deleted": "",
        "contents-0-body-0-order": "0",
        "contents-0-body-0-type": "heading",
        "contents-0-body-0-id": "",
        "contents-0-body-0-value": "The consultation is open",
    }
    return (
        {
            "title": "Written in the office",
            "campaign": make_campaign().pk,
            "segment": make_segment().pk,
            "purpose": "campaigns",
            "default_language": "en",
            "sender_name": "Suara",
            "reply_to": "",
            "contents-TOTAL_FORMS": "1",
            "contents-INITIAL_FORMS": "0",
            "contents-MIN_NUM_FORMS": "1",
            "contents-MAX_NUM_FORMS": "1000",
            "contents-0-language": "en",
            "contents-0-subject": "Hello {salutation}",
            "contents-0-preheader": "",
            "contents-0-ORDER": "1",
            "contents-0-id": "",
        }
        | block
        | values
    )


def test_a_mailing_is_written_in_the_office(officer):
    answer = officer.post(reverse("mailings:add"), mailing_form())
    mailing = Mailing.objects.get()
    assert answer["Location"] == reverse("mailings:overview", args=[mailing.token])
    assert mailing.author == officer.user
    assert mailing.contents.get().subject == "Hello {salutation}"
    assert officer.get(reverse("mailings:edit", args=[mailing.pk])).status_code == 200


def test_an_unknown_merge_field_is_told_on_the_overview(officer):
    make_person("Amina")
    officer.post(reverse("mailings:add"), mailing_form(**{"contents-0-subject": "{password}"}))
    shown = page(officer, "overview", Mailing.objects.get()).content.decode()
    assert "{password}" in shown
    assert "is not a merge field" in shown


def test_a_change_withdraws_the_approval(client_for, outbox, settings):
    settings.MAILING_NEEDS_SECOND_PERSON = True
    officer, approver = client_for("communications_officer"), client_for("approver")
    make_person("Amina")
    officer.post(reverse("mailings:add"), mailing_form())
    mailing = Mailing.objects.get()
    step(approver, "approve", mailing)
    assert Mailing.objects.get().state == Mailing.State.APPROVED
    content = mailing.contents.get()
    officer.post(
        reverse("mailings:edit", args=[mailing.pk]),
        mailing_form(
            **{
                "contents-INITIAL_FORMS": "1",
                "contents-0-id": str(content.pk),
                "contents-0-subject": "Another subject",
            }
        ),
    )
    mailing = Mailing.objects.get()
    assert mailing.contents.get().subject == "Another subject"
    assert mailing.state == Mailing.State.DRAFTING
    assert mailing.approver is None


def test_a_mailing_that_left_can_no_longer_be_changed(officer):
    mailing = start(make_mailing(people=1))
    answer = officer.get(reverse("mailings:edit", args=[mailing.pk]), follow=True)
    assert "can no longer be changed" in answer.content.decode()


@pytest.mark.parametrize("name", ["campaigns_office", "mailings", "outreach", "suppressions"])
def test_the_lists_open(officer, name):
    make_mailing(people=1)
    assert officer.get(reverse(f"{name}:index")).status_code == 200


def test_outreach_needs_a_source_for_its_reach(officer):
    campaign = make_campaign()
    values = {
        "campaign": campaign.pk,
        "kind": "interview",
        "title": "Morning programme",
        "held_on": "2026-11-20",
        "language": "en",
        "reach": "1000",
    }
    refused = officer.post(reverse("outreach:add"), values)
    assert "Say who counted the people reached." in refused.content.decode()
    officer.post(reverse("outreach:add"), values | {"reach_source": "stated by the broadcaster"})
    assert OutreachActivity.objects.get().reach == 1000
