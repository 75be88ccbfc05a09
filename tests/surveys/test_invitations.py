"""A one-use link: what it opens, on which device, how often, and what it says afterwards."""

import copy
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config.logs import WithoutInvitationLinks
from engagement.models import Person
from surveys import services
from surveys.errors import (
    AlreadySubmitted,
    InvitationKeyChanged,
    TransitionRefused,
    WaveRefused,
)
from surveys.models import InvitedResponse, PageKey, Response, SurveyInvitation, Wave
from surveys.protection import links
from tests.surveys.factories import document, make_questionnaire, make_wave
from tests.surveys.test_answering import Respondent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
State = SurveyInvitation.State


def make_invitation(wave: Wave, name: str = "Sok", language: str = "en") -> SurveyInvitation:
    person = Person.objects.create(display_name=name, is_fictional=True)
    services.invite(wave=wave, people=[(person.pk, language)], origin="Friends")
    return wave.invitations.get(person=person)


def make_invited_wave(**columns) -> Wave:
    return make_wave(takes_invited=True, takes_open_link=False, **columns)


def address_of(invitation: SurveyInvitation) -> str:
    return "/s/" + links.secret_of(invitation).removeprefix(links.MARK) + "/"


class Invited(Respondent):
    """Somebody with a letter and a browser of their own."""

    def __init__(self, invitation: SurveyInvitation) -> None:
        super().__init__(invitation.wave)
        self.link = address_of(invitation)

    def open(self):
        return self.client.get(self.link, follow=True)

    def answer_all(self, **third):
        self.open()
        return super().answer_all(**third)


@pytest.fixture(params=["anonymous", "confidential"])
def invitation(request) -> SurveyInvitation:
    return make_invitation(make_invited_wave(anonymity=request.param))


# --- the link ---------------------------------------------------------------------------------


def test_the_database_holds_neither_the_link_nor_what_makes_it(invitation, settings):
    secret = links.secret_of(invitation).removeprefix(links.MARK)
    stored = str(SurveyInvitation.objects.values().get())

    assert secret not in stored
    settings.INVITATION_KEY = "another key"
    with pytest.raises(InvitationKeyChanged, match="INVITATION_KEY"):
        links.secret_of(invitation)


def test_the_same_link_comes_out_every_time(invitation):
    first = links.address(links.secret_of(invitation))

    assert links.address(links.secret_of(SurveyInvitation.objects.get())) == first
    assert "/s/" in first


def test_a_person_has_one_invitation_however_often_they_are_invited(invitation):
    wave, person = invitation.wave, invitation.person_id

    made = services.invite(wave=wave, people=[(person, "en"), (person, "th")])

    assert made == 0
    assert wave.invitations.get().link_hash == invitation.link_hash


def test_a_link_typed_from_paper_is_understood(invitation):
    plain = links.secret_of(invitation).removeprefix(links.MARK)
    typed = "-".join(plain[i : i + 6] for i in range(0, 24, 6)).upper()
    typed = typed.replace("0", "O").replace("1", "l")

    assert Client().get(f"/s/{typed}/").status_code == 302


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "", "Barracuda-Scanner"])
def test_scanners_use_nothing_up(invitation, agent):
    before = SurveyInvitation.objects.values().get()
    client = Client(headers={"user-agent": agent})

    assert client.head(address_of(invitation)).status_code == 302
    assert client.get(address_of(invitation)).status_code == 302
    assert client.post(address_of(invitation)).status_code == 405

    assert SurveyInvitation.objects.values().get() == before
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "text", ["x", "0" * 24, "0" * 25, "ឆ្លើយ", "%00", "..%2f..", "0" * 3000, "preview"]
)
def test_a_link_that_is_none_gets_a_plain_404(invitation, text):
    answer = Client().get(f"/s/{text}/")

    assert answer.status_code in (400, 404)
    assert invitation.wave.slug not in answer.content.decode()


def test_a_tampered_link_opens_nobody_elses(invitation):
    plain = address_of(invitation)
    other = plain[:-2] + ("a" if plain[-2] != "a" else "b") + "/"

    assert Client().get(other).status_code == 404


def test_an_expired_link_says_so_with_410(invitation):
    SurveyInvitation.objects.update(valid_until=timezone.now() - timedelta(minutes=1))

    answer = Client().get(address_of(invitation))

    assert answer.status_code == 410
    assert "is over" in answer.content.decode()


def test_a_revoked_link_says_so_with_410_and_stores_nothing_more(invitation):
    sok = Invited(invitation)
    sok.open()
    sok.begin()
    services.revoke(invitation=invitation)

    assert Client().get(sok.link).status_code == 410
    sok.post("first", {"heard": "no"})
    last = sok.post("third", {"area": "KH"})
    assert last.status_code == 410
    assert not Response.objects.submitted().exists()


def test_the_link_speaks_the_invited_persons_language():
    wave = make_invited_wave()
    invitation = make_invitation(wave, "สมชาย", language="th")

    page = Client().get(address_of(invitation), follow=True)
    assert 'lang="th"' in page.content.decode()
    services.revoke(invitation=invitation)
    refused = Client().get(address_of(invitation), headers={"accept-language": "en"})
    assert 'lang="th"' in refused.content.decode()


def test_a_link_of_a_wave_in_draft_or_over_long_ago_says_so(invitation):
    for state in ("drafted", "archived"):
        Wave.objects.update(state=state)
        assert Client().get(address_of(invitation)).status_code == 410
    Wave.objects.update(state="closed")
    assert "has closed" in Client().get(address_of(invitation), follow=True).content.decode()


def test_nobody_begins_without_an_invitation_where_one_is_needed():
    stranger = Respondent(make_invited_wave())

    assert "by invitation" in stranger.client.get(stranger.home).content.decode()
    refused = stranger.begin()
    assert refused.status_code == 403
    assert "by invitation" in refused.content.decode()
    assert not Response.objects.exists()


# --- answering --------------------------------------------------------------------------------


def test_check_18_an_answer_uses_the_link_and_the_link_says_so_kindly(invitation):
    sok = Invited(invitation)
    final = sok.answer_all()

    assert final["Location"] == f"{sok.home}thanks/"
    invitation.refresh_from_db()
    assert invitation.state == State.USED
    assert invitation.used_on == Response.objects.get().submitted_on
    response = Response.objects.get()
    assert response.source == "invited"
    receipt = sok.client.get(f"{sok.home}thanks/").context["receipt"]
    again = Client().get(sok.link)
    assert again.status_code == 200
    assert "has been used" in again.content.decode()
    assert receipt
    assert receipt not in again.content.decode()


def test_check_18_a_half_finished_answer_resumes_on_another_device(invitation):
    phone, laptop = Invited(invitation), Invited(invitation)
    phone.open()
    phone.begin()
    phone.post("first", {"heard": "no"})

    page = laptop.open()

    assert "Go on" in page.content.decode()
    assert Response.objects.get().answers == {"heard": "no"}
    final = laptop.post("third", {"area": "KH"})
    assert final["Location"] == f"{laptop.home}thanks/"
    # The telephone, left open, is told; it gets no receipt, which only the laptop has.
    late = phone.client.post(phone.address, {"page": "third", "key": "x", "q/area": "KH"})
    assert late.status_code in (302, 400)
    assert Response.objects.count() == 1
    assert phone.client.get(f"{phone.home}thanks/", follow=True).context.get("receipt", "") == ""


def test_check_18_double_click_and_reload_give_one_response_and_one_receipt(invitation):
    sok = Invited(invitation)
    sok.open()
    sok.begin()
    sok.post("first", {"heard": "no"})
    key = sok.key("third")
    cookies = copy.deepcopy(sok.client.cookies)

    sok.post("third", {"area": "KH"}, key=key)
    receipt = sok.client.get(f"{sok.home}thanks/").context["receipt"]
    # The second click left before the first was answered, so it carries the earlier cookies.
    sok.client.cookies = cookies
    second = sok.post("third", {"area": "KH"}, key=key)

    assert second["Location"] == f"{sok.home}thanks/"
    assert sok.client.get(f"{sok.home}thanks/").context["receipt"] == receipt
    assert Response.objects.count() == 1


def test_check_18_two_openings_and_two_submissions_at_once_give_one_response(crowd_of_one_link):
    outcomes, responses, invitations = crowd_of_one_link

    assert sorted(set(outcomes)) == ["already", "submitted"]
    assert outcomes.count("submitted") == 1
    assert responses == ["submitted"]
    assert invitations == ["used"]


@pytest.fixture
def crowd_of_one_link(transactional_db, site, crowd):
    """Eight devices that open one link and hand in at the same moment."""
    wave = make_invited_wave(questionnaire=make_questionnaire(document=document()))
    secret = links.secret_of(make_invitation(wave))

    def begin(_number: int):
        found = services.find_invitation(secret=secret)
        return services.start(wave=found.wave, secret=secret, language="en", at=timezone.now()).pk

    def hand_in(_number: int) -> str:
        found = services.find_invitation(secret=secret)
        response = services.find_started(wave=found.wave, secret=secret)
        if response is None:
            return "already"
        Response.objects.filter(pk=response.pk).update(answers={"heard": "no", "area": "KH"})
        try:
            services.submit(response=response, secret=secret, at=timezone.now())
        except AlreadySubmitted:
            return "already"
        return "submitted"

    assert len(set(crowd(begin, range(8)))) == 1
    outcomes = crowd(hand_in, range(8))
    (responses,) = crowd(lambda _: list(Response.objects.values_list("state", flat=True)), [0])
    (states,) = crowd(lambda _: list(SurveyInvitation.objects.values_list("state", flat=True)), [0])
    return outcomes, responses, states


def test_two_people_on_one_telephone_do_not_get_in_each_others_way():
    wave = make_invited_wave()
    sok, dara = make_invitation(wave, "Sok"), make_invitation(wave, "Dara")
    shared = Invited(sok)
    shared.answer_all()

    shared.link = address_of(dara)
    shared.answer_all()

    assert Response.objects.submitted().count() == 2
    assert set(SurveyInvitation.objects.values_list("state", flat=True)) == {State.USED}


def test_the_receipt_of_an_invited_answer_withdraws_it(invitation):
    sok = Invited(invitation)
    sok.answer_all()
    receipt = sok.client.get(f"{sok.home}thanks/").context["receipt"]

    sok.client.post(f"{sok.home}withdraw/", {"code": receipt})

    assert Response.objects.get().state == "withdrawn"


def test_a_wave_that_is_paused_does_not_use_the_link_up(invitation):
    sok = Invited(invitation)
    sok.open()
    sok.begin()
    sok.post("first", {"heard": "no"})
    key = sok.key("third")
    Wave.objects.update(state="paused")

    assert sok.post("third", {"area": "KH"}, key=key).status_code == 409
    invitation.refresh_from_db()
    assert invitation.state != State.USED
    Wave.objects.update(state="collecting")
    sok.post("third", {"area": "KH"}, key=key)
    invitation.refresh_from_db()
    assert invitation.state == State.USED


# --- what the office knows --------------------------------------------------------------------


def test_check_19_in_an_anonymous_wave_an_invitation_knows_used_and_the_day_only():
    invitation = make_invitation(make_invited_wave())
    sok = Invited(invitation)
    seen = []
    for step in (sok.open, sok.begin, lambda: sok.post("first", {"heard": "no"})):
        step()
        seen.append(SurveyInvitation.objects.get().state)
    sok.post("third", {"area": "KH"})

    assert set(seen) == {State.CREATED}
    assert SurveyInvitation.objects.get().state == State.USED
    assert not InvitedResponse.objects.exists()
    # The invitation is the proof; a page key beside it would be one more row to pair.
    assert not PageKey.objects.exists()


def test_in_a_confidential_wave_the_office_sees_opened_started_and_who_answered():
    invitation = make_invitation(make_invited_wave(anonymity="confidential"))
    sok = Invited(invitation)
    seen = []
    for step in (sok.open, sok.begin, lambda: sok.post("first", {"heard": "no"})):
        step()
        seen.append(SurveyInvitation.objects.get().state)
    sok.post("third", {"area": "KH"})

    assert seen == [State.OPENED, State.STARTED, State.STARTED]
    joined = InvitedResponse.objects.get()
    assert joined.invitation == invitation
    assert joined.response == Response.objects.get()


@pytest.mark.parametrize(("anonymity", "kept"), [("confidential", 1), ("anonymous", 0)])
def test_a_new_link_replaces_the_old_and_takes_confidential_answers_along(anonymity, kept):
    invitation = make_invitation(make_invited_wave(anonymity=anonymity))
    old = Invited(invitation)
    old.open()
    old.begin()
    old.post("first", {"heard": "no"})

    services.reissue(invitation=invitation)

    assert Client().get(old.link).status_code == 404
    new = Invited(invitation)
    new.open()
    secret = links.secret_of(invitation)
    found = services.find_started(wave=invitation.wave, secret=secret)
    assert (found is not None) == bool(kept)


def test_a_used_link_is_neither_taken_back_nor_made_anew(invitation):
    Invited(invitation).answer_all()

    for step in (services.revoke, services.reissue):
        with pytest.raises(TransitionRefused):
            step(invitation=invitation)


def test_letters_that_come_back_are_shown_and_a_later_one_that_arrives_heals_it(invitation):
    wave, person = invitation.wave, invitation.person_id
    at = timezone.now()

    services.note_letters(wave=wave, sent={person: at}, bounced=())
    services.note_letters(wave=wave, sent={}, bounced=[person])
    invitation.refresh_from_db()
    assert (invitation.state, invitation.sent_at) == (State.BOUNCED, at)
    services.note_letters(wave=wave, sent={person: at}, bounced=())
    invitation.refresh_from_db()
    assert invitation.state == State.SENT


def test_no_log_line_holds_the_secret_of_a_link(invitation):
    link = address_of(invitation)
    record = logging.LogRecord("django.request", 30, "", 1, "Gone: %s", (link,), None)

    assert WithoutInvitationLinks().filter(record)
    assert record.getMessage() == "Gone: /s/…/"


def test_check_19_a_promise_that_letters_have_made_is_not_changed():
    invitation = make_invitation(make_invited_wave())
    wave = invitation.wave
    settings = {"anonymity": Wave.Anonymity.CONFIDENTIAL}
    services.note_letters(wave=wave, sent={invitation.person_id: timezone.now()}, bounced=())

    with pytest.raises(WaveRefused, match="were invited with it"):
        services.edit_wave(wave=wave, settings=settings, at=timezone.now())
