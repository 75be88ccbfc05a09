"""Check 6: every word in the respondent's language. Check 7: changing it loses nothing."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override

from surveys.demonstration.loading import FILE
from surveys.models import Response, Wave
from tests.surveys.factories import awareness_document, make_questionnaire, make_wave
from tests.surveys.reading import PHONES, Phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def awareness_wave(**columns) -> Wave:
    texts = json.loads(FILE.read_text("utf-8"))["texts"]
    return make_wave(
        **{
            "questionnaire": make_questionnaire(document=awareness_document()),
            "title": "ASEAN awareness 2026",
            "titles": texts["titles_2026"],
            "purpose": texts["purpose"],
            "consent_wording": texts["consent"],
            "consent_version": "2",
            "contact": "surveys@suara.example",
            "is_demonstration": True,
            "protection": Wave.Protection.ALWAYS,
        }
        | columns
    )


def only(codes: tuple[str, ...], part):
    """The document with the texts of these languages alone."""
    if isinstance(part, list):
        return [only(codes, item) for item in part]
    if not isinstance(part, dict):
        return part
    if "en" in part:
        return {code: part[code] for code in codes}
    return {name: only(codes, item) for name, item in part.items()}


def in_language(language: str, text: str) -> str:
    with override(language):
        return gettext(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_6_a_phone_set_to_a_language_shows_every_word_in_it_all_the_way(language):
    wave = awareness_wave()
    phone = Phone(wave, language)
    read: dict[str, list[str]] = {}

    def look(what: str, status: int = 200) -> None:
        assert phone.status == status, what
        assert phone.page.get("lang") == language, what
        if left := phone.english_left() if language != "en" else []:
            read[what] = left

    phone.go("/surveys/")
    look("list of surveys")
    phone.go(phone.home)
    look("landing page")
    assert phone.heading == wave.titles[language]
    phone.press("begin", "", {"consent": "no"})
    look("landing page without consent", 422)
    phone.press("begin", "", {"consent": "yes"})
    for page in wave.questionnaire.definition.pages:
        look(f"page {page.code}")
        assert phone.heading == page.title[language]
        if any(question.required for question in page.questions):
            phone.press("action", "next")
            look(f"page {page.code} left empty", 422)
        phone.press("action", "next", phone.first_answers())
    look("last step")
    assert phone.heading == in_language(language, "One last step")
    phone.press("action", "next", {"sum": "1"})
    look("last step with a wrong number", 422)
    Wave.objects.update(protection=Wave.Protection.OFF)
    phone.press("action", "next")
    look("thanks")
    assert phone.heading == in_language(language, "Thank you")
    receipt = phone.page.xpath('//*[@class="receipt"]')[0].text
    phone.go(phone.home)
    look("landing page of somebody who has answered")
    phone.go(f"{phone.home}offline/")
    look("page without a connection")
    phone.go(f"{phone.home}withdraw/")
    look("withdrawal")
    phone.press("do", "", {"code": "K7QF-2M9X-4TRB"})
    look("withdrawal with a code that does not exist", 422)
    phone.press("do", "", {"code": receipt})
    look("withdrawn")

    assert read == {}
    assert Response.objects.get().language == language


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_check_6_refusals_and_closed_doors_speak_the_language_too(language):
    wave = awareness_wave()
    phone = Phone(wave, language)
    read: dict[str, list[str]] = {}

    def look(what: str, status: int) -> None:
        assert (phone.status, phone.page.get("lang")) == (status, language), what
        if left := phone.english_left():
            read[what] = left

    phone.go("/surveys/no-such-survey/")
    look("unknown address", 404)
    phone.go(phone.home)
    phone.press("begin", "", {"consent": "yes"})
    phone.press("action", "next", {"key": "not-ours"})
    look("foreign page", 400)
    phone.go(phone.home)
    look("landing page of somebody who has begun", 200)
    phone.go(f"{phone.home}answer/")
    for state, opens_at in (
        (Wave.State.PAUSED, None),
        (Wave.State.SCHEDULED, timezone.now() + timedelta(days=3)),
        (Wave.State.CLOSED, None),
    ):
        Wave.objects.update(state=state, opens_at=opens_at)
        phone.go(f"{phone.home}answer/")
        look(f"answering while {state}", 409)
        phone.go(phone.home)
        look(f"landing page while {state}", 200)
    phone.go("/surveys/")
    look("list with a closed survey", 200)
    phone.go("/surveys/?q=%00")
    look("request that cannot be stored", 400)

    stranger = Phone(wave, language, enforce_csrf_checks=True)
    stranger._show(stranger.client.post(stranger.home, {"consent": "yes"}, follow=True), "")
    assert stranger.status == 403
    assert stranger.heading == in_language(language, "The form had expired")
    assert stranger.english_left() == []
    assert read == {}


def test_the_reader_of_pages_would_see_an_english_word():
    phone = Phone(awareness_wave(), "km")
    phone.go(phone.home)
    assert phone.english_left() == []
    button = phone.page.xpath('//main//form//button[@type="submit"]')[0]
    button.text = "Begin"
    assert "Begin" in phone.english_left()
    phone.page.xpath("//main")[0].set("title", "It opens on 3 May 2026.")
    assert "It opens on %(day)s." in phone.english_left()


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_errors_have_the_plural_form_of_the_language(language):
    with override(language):
        for number in (1, 2, 11):
            text = ngettext(
                "One answer needs your attention", "%(number)s answers need your attention", number
            ) % {"number": number}
            assert str(number) in text or (language, number) == ("en", 1)


def test_check_6_where_the_questionnaire_lacks_the_language_everything_is_in_its_own():
    document = only(("id", "vi"), awareness_document())
    document["languages"] = ["id", "vi"]
    document["default_language"] = "id"
    wave = awareness_wave(questionnaire=make_questionnaire(document=document))
    khmer = Phone(wave, "km")
    khmer.go(khmer.home)
    assert khmer.page.get("lang") == "id"
    khmer.language = "id"
    assert khmer.english_left() == []

    second = Client(headers={"Accept-Language": "km, vi-VN;q=0.4"}).get(wave.get_absolute_url())
    assert second["Content-Language"] == "vi"


def test_check_6_a_language_chosen_for_a_survey_is_kept_even_on_its_error_pages():
    wave = awareness_wave()
    phone = Phone(wave, "en")
    phone.go(f"{phone.home}?language=lo")
    phone.language = "lo"
    phone.go(f"{phone.home}no/such/page/")
    assert (phone.status, phone.page.get("lang")) == (404, "lo")
    assert phone.english_left() == []


@pytest.mark.parametrize("language", ["km", "tet", "zh-hans"])
def test_check_7_switching_midway_keeps_all_answers_and_data_hold_only_codes(language):
    wave = awareness_wave(protection=Wave.Protection.OFF)
    phone = Phone(wave, "en")
    phone.go(phone.home)
    phone.press("begin", "", {"consent": "yes"})
    phone.press("action", "next", phone.first_answers())
    answers = phone.first_answers()
    phone.press("switch", language, answers)
    assert phone.page.get("lang") == language
    assert phone.first_answers().keys() == answers.keys()
    chosen = phone.page.xpath('//input[@checked and starts-with(@name, "q/")]/@value')
    assert chosen == list(answers.values())
    for _page in wave.questionnaire.definition.pages[1:]:
        phone.press("action", "next", phone.first_answers())
    response = Response.objects.get()
    assert response.state == Response.State.SUBMITTED
    assert response.answers["area"] == "BN"
    assert response.paradata["languages"] == ["en", language]
    for question in wave.questionnaire.definition.questions:
        value = response.answers.get(question.code)
        if question.kind == "single" and value != "-7":
            assert value in question.choice_codes


@pytest.mark.parametrize("language", ["km", "lo", "my", "fil", "tet", "pt", "zh-hans", "ta", "ms"])
def test_other_pages_of_the_site_stay_in_a_language_they_are_complete_in(language):
    phone = Client(headers={"Accept-Language": PHONES[language]})
    for address in ("/indicators/", "/consultations/", "/accounts/login/"):
        page = phone.get(address)
        assert page["Content-Language"] == "en"
        assert 'lang="en"' in page.content.decode()[:300]
    switcher = phone.get("/indicators/").content.decode()
    assert switcher.count('name="language" value="') == len(settings.SITE_LANGUAGES)
    survey_list = phone.get("/surveys/").content.decode()
    assert survey_list.count('name="language" value="') == len(LANGUAGES)


def test_a_language_chosen_for_the_site_that_it_does_not_have_is_passed_over():
    visitor = Client(headers={"Accept-Language": "th"})
    visitor.post("/language/", {"language": "km", "next": "/surveys/"})
    assert visitor.get("/surveys/")["Content-Language"] == "km"
    assert visitor.get("/indicators/")["Content-Language"] == "th"
