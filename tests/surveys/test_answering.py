"""A respondent's way through the pages, as a browser without JavaScript goes it."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from surveys import services
from surveys.models import PageKey, Response, Wave
from surveys.views import frame
from tests.surveys.factories import document, make_questionnaire, make_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


class Respondent:
    """Sok, who answers with a browser that keeps cookies and runs no scripts."""

    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.client = Client()
        self.home = f"/surveys/{wave.slug}/"
        self.address = f"{self.home}answer/"

    def begin(self, language: str = "en"):
        return self.client.post(self.home, {"consent": "yes", "language": language})

    def key(self, page: str) -> str:
        html = self.client.get(self.address, {"page": page}).content.decode()
        return re.search(r'name="key" value="([^"]+)"', html).group(1)

    def post(self, page: str, answers: dict, **more):
        key = more.pop("key", None) or self.key(page)
        data = {"page": page, "key": key, "action": "next"}
        data |= {f"q/{code}": value for code, value in answers.items()} | more
        return self.client.post(self.address, data)

    def answer_all(self, **third):
        self.begin()
        self.post("first", {"heard": "yes", "where": ["tv"]})
        self.post("second", {"age": "34", "trust/asean": "4", "trust/media": "1"})
        return self.post("third", {"area": "KH"} | third)


@pytest.fixture
def sok() -> Respondent:
    return Respondent(make_wave())


def test_a_whole_questionnaire_becomes_one_response(sok):
    final = sok.answer_all(comment="Clean air, please.")

    assert final.status_code == 302
    assert final["Location"] == f"{sok.home}thanks/"
    response = Response.objects.get()
    assert response.state == "submitted"
    assert response.answers == {
        "heard": "yes",
        "where": ["tv"],
        "age": 34,
        "trust": {"asean": "4", "media": "1"},
        "area": "KH",
        "comment": "Clean air, please.",
    }
    assert response.area == "KH"
    assert response.consent_version == "1"


def test_nobody_is_asked_without_consent(sok):
    refused = sok.client.post(sok.home, {"language": "en"})

    assert refused.status_code == 422
    assert "Please tick the box" in refused.content.decode()
    assert sok.client.get(sok.address)["Location"] == sok.home
    assert not Response.objects.exists()


def test_a_page_behind_a_filter_is_skipped_and_stored_as_not_asked(sok):
    sok.begin()
    after = sok.post("first", {"heard": "no"})
    sok.post("third", {"area": "TH"})

    assert after["Location"].endswith("?page=third")
    answers = Response.objects.get().answers
    assert answers["age"] == answers["trust"] == answers["where"] == "-7"
    assert "comment" not in answers


def test_turning_back_keeps_what_the_filter_hid_until_it_is_handed_in(sok):
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["web"]})
    sok.post("second", {"age": "40", "trust/asean": "4", "trust/media": "4"})
    sok.post("first", {"heard": "no"})
    assert Response.objects.get().answers["age"] == 40

    sok.post("first", {"heard": "yes", "where": ["web"]})
    sok.post("third", {"area": "KH"})

    assert Response.objects.get().answers["age"] == 40


def test_going_back_keeps_the_answers_of_the_page_one_leaves(sok):
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    back = sok.post("second", {"age": "51"}, action="back")

    assert back["Location"].endswith("?page=first")
    assert 'value="51"' in sok.client.get(sok.address, {"page": "second"}).content.decode()


def test_nobody_jumps_over_an_unanswered_page(sok):
    sok.begin()

    ahead = sok.client.get(sok.address, {"page": "third"})

    assert ahead["Location"].endswith("?page=first")


def test_a_wrong_answer_is_explained_in_the_respondents_language(sok):
    sok.begin("th")
    sok.post("first", {"heard": "yes", "where": ["tv"]}, language="th")
    refused = sok.post("second", {"age": "7", "trust/asean": "4"}, language="th")

    html = refused.content.decode()
    assert refused.status_code == 422
    assert "โปรดกรอกตัวเลขตั้งแต่ 15 ถึง 120" in html
    assert "โปรดเลือกคำตอบสำหรับ “ไทย Media”" in html
    assert 'value="7"' in html
    assert 'lang="th"' in html


def test_text_in_a_number_is_shown_again_with_a_sentence(sok):
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    refused = sok.post("second", {"age": "old", "trust/asean": "4", "trust/media": "1"})

    assert refused.status_code == 422
    assert "Please write a number" in refused.content.decode()
    assert 'value="old"' in refused.content.decode()


@pytest.mark.parametrize("typed", ["៣៤", "๓๔", "၃၄", " 34 "])
def test_digits_of_other_scripts_are_numbers_too(sok, typed):
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    sok.post("second", {"age": typed, "trust/asean": "4", "trust/media": "1"})

    assert Response.objects.get().answers["age"] == 34


def with_weight(found: dict) -> dict:
    """The second page begins with a number that takes two digits after the point."""
    weight = {"code": "weight", "kind": "number", "label": {"en": "Weight", "th": "น้ำหนัก"}}
    found["pages"][1]["questions"].insert(0, weight | {"decimals": 2})
    return found


@pytest.mark.parametrize(("typed", "kept"), [("61.25", 61.25), ("61,2500", 61.25), ("61.0", 61)])
def test_a_number_is_kept_as_it_was_written(typed, kept):
    sok = Respondent(make_wave(questionnaire=make_questionnaire(document=with_weight(document()))))
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    sok.post("second", {"weight": typed, "age": "34", "trust/asean": "4", "trust/media": "1"})

    assert Response.objects.get().answers["weight"] == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("61.257", "Please write fewer digits after the decimal point: at most 2."),
        ("61.0000000001", "Please write fewer digits after the decimal point: at most 2."),
        ("61.", "Please write a number, such as 34."),
    ],
)
def test_a_number_with_too_many_digits_after_the_point_is_not_rounded_in_silence(typed, sentence):
    sok = Respondent(make_wave(questionnaire=make_questionnaire(document=with_weight(document()))))
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    refused = sok.post(
        "second", {"weight": typed, "age": "34", "trust/asean": "4", "trust/media": "1"}
    )

    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    assert f'value="{typed}"' in refused.content.decode()


def test_who_is_asked_nothing_reads_why_and_hands_nothing_in():
    found = document()
    for page in found["pages"]:
        page["relevant"] = {"op": "false", "args": []}
    sok = Respondent(make_wave(questionnaire=make_questionnaire(document=found)))

    begun = sok.client.post(sok.home, {"consent": "yes", "language": "en"}, follow=True)

    assert begun.status_code == 409
    assert "No question here is for you" in begun.content.decode()
    assert "None of the questions of this survey applies to you." in begun.content.decode()
    assert not Response.objects.filter(state="submitted").exists()


def test_switching_the_language_midway_keeps_typed_and_stored_answers(sok):
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    switched = sok.post("second", {"age": "29", "trust/asean": "4"}, switch="th")

    html = switched.content.decode()
    assert switched.status_code == 200
    assert "ไทย How old?" in html
    assert 'value="29"' in html
    assert "ถัดไป" in html
    answers = Response.objects.get().answers
    assert answers["heard"] == "yes"
    assert answers["age"] == 29
    # The next page speaks the language chosen.
    assert "ไทย First" in sok.client.get(sok.address, {"page": "first"}).content.decode()


def test_a_double_click_gives_one_response_and_the_same_receipt(sok):
    sok.begin()
    sok.post("first", {"heard": "no"})
    key = sok.key("third")
    cookies = sok.client.cookies.output()

    first = sok.post("third", {"area": "KH"}, key=key)
    again = Client()
    again.cookies.load(cookies.replace("Set-Cookie: ", ""))
    second = again.post(
        sok.address, {"page": "third", "key": key, "action": "next", "q/area": "KH"}
    )

    assert first["Location"] == second["Location"] == f"{sok.home}thanks/"
    assert Response.objects.count() == 1
    receipt = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
    shown = [
        receipt.search(client.get(f"{sok.home}thanks/").content.decode()).group()
        for client in (sok.client, again)
    ]
    assert shown[0] == shown[1]


def test_handing_in_again_after_reloading_is_one_response(sok):
    sok.answer_all()
    sok.client.get(f"{sok.home}thanks/")
    sok.client.get(f"{sok.home}thanks/")

    assert Response.objects.count() == PageKey.objects.count() == 1


def test_who_has_answered_is_told_so(sok):
    sok.answer_all()

    page = sok.client.get(sok.home).content.decode()
    sok.client.post(sok.home, {"consent": "yes"})

    assert "You have already answered" in page
    assert Response.objects.count() == 1


def test_an_answer_to_a_question_that_was_not_asked_is_ignored_and_noted(sok):
    sok.begin()
    sok.post("first", {"heard": "no", "age": "99", "nonsense": "1"})
    sok.post("third", {"area": "KH", "age": "99"})

    response = Response.objects.get()
    assert response.answers["age"] == "-7"
    assert response.paradata["strangers"] == ["age", "nonsense"]
    assert response.flags.filter(kind="tampered").exists()


def test_a_code_that_does_not_exist_is_refused(sok):
    sok.begin()
    refused = sok.post("first", {"heard": "perhaps"})

    assert refused.status_code == 422
    assert "heard" not in Response.objects.get().answers


@pytest.fixture(params=[0, 3600])
def moment(request, settings) -> None:
    """Pages show the wave as it is now, and as this process read it an hour ago."""
    settings.MOMENT = request.param
    frame._public_wave.forget()


@pytest.mark.usefixtures("moment")
@pytest.mark.parametrize(("state", "sentence"), [("closed", "has closed"), ("paused", "paused")])
def test_a_wave_that_stops_meanwhile_says_so_hands_nothing_in_and_loses_nothing(
    sok, state, sentence
):
    sok.begin()
    sok.post("first", {"heard": "no"})
    key = sok.key("third")
    services.move_wave(wave=sok.wave, to=state, at=timezone.now(), reason="Enough answers")

    refused = sok.post("third", {"area": "KH"}, key=key)

    assert refused.status_code == 409
    assert sentence in refused.content.decode()
    assert Response.objects.get().state == "started"
    assert not PageKey.objects.exists()
    services.move_wave(wave=sok.wave, to="collecting", at=timezone.now(), reason="Go on")
    page = sok.client.get(sok.address, {"page": "third"}).content.decode()
    assert re.search(r'value="KH" checked', page)


@pytest.mark.usefixtures("moment")
def test_nobody_begins_after_a_wave_has_closed_whatever_the_first_page_showed(sok):
    assert "consent" in sok.client.get(sok.home).content.decode()
    services.move_wave(wave=sok.wave, to="closed", at=timezone.now(), reason="Enough answers")

    refused = sok.begin()

    assert refused.status_code == 409
    assert "has closed" in refused.content.decode()
    assert not Response.objects.exists()


@pytest.mark.usefixtures("moment")
def test_nobody_begins_by_the_open_link_once_a_wave_is_by_invitation(sok):
    assert "consent" in sok.client.get(sok.home).content.decode()
    Wave.objects.update(takes_open_link=False, takes_invited=True)

    refused = sok.begin()

    assert refused.status_code == 403
    assert not Response.objects.exists()


@pytest.mark.usefixtures("moment")
def test_a_wave_deleted_meanwhile_says_that_it_takes_no_answers(sok):
    assert "consent" in sok.client.get(sok.home).content.decode()
    Wave.objects.all().delete()

    assert sok.begin().status_code in (404, 409)


def test_a_wave_past_its_closing_time_takes_no_answers_even_before_the_clock_job(sok):
    sok.begin()
    Wave.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    assert sok.client.get(sok.address).status_code == 409
    assert "has closed" in sok.client.get(sok.home).content.decode()


def test_a_paused_wave_says_that_it_is_paused(sok):
    sok.begin()
    services.move_wave(wave=sok.wave, to="paused", at=timezone.now(), reason="A mistake in Thai")

    assert "paused" in sok.client.get(sok.address).content.decode()


def at_the_last_page(sok) -> str:
    sok.begin()
    sok.post("first", {"heard": "no"})
    return sok.key("third")


def hand_in_comment(sok, comment: bytes):
    """A browser's form whose comment holds exactly these bytes."""
    fields = {"page": "third", "key": at_the_last_page(sok), "action": "next", "q/area": "KH"}
    body = urlencode([*fields.items(), ("q/comment", comment)])
    return sok.client.generic(
        "POST", sok.address, body, content_type="application/x-www-form-urlencoded"
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("emoji 👩‍🌾 and family 👨‍👩‍👧", "emoji 👩‍🌾 and family 👨‍👩‍👧"),
        ("right\u200fto\u200eleft \u202eevil", "right\u200fto\u200eleft \u202eevil"),
        ("bell\x07 and\x1b escape", "bell and escape"),
        ("lone \ud83d surrogate", "lone \ufffd\ufffd\ufffd surrogate"),
        ("ភាសាខ្មែរ\r\nថ្មី", "ភាសាខ្មែរ\nថ្មី"),
    ],
)
def test_any_text_is_stored_as_a_reader_sees_it(sok, typed, kept):
    final = hand_in_comment(sok, typed.encode("utf-8", "surrogatepass"))

    assert final.status_code == 302
    assert Response.objects.get().answers["comment"] == kept


def test_the_character_nul_is_refused_with_a_page_and_nothing_is_lost(sok):
    refused = hand_in_comment(sok, b"null\x00byte")

    assert refused.status_code == 400
    assert "could not be understood" in refused.content.decode()
    assert Response.objects.get().answers == {"heard": "no"}


def test_a_megabyte_of_text_is_refused_with_its_length(sok):
    refused = sok.answer_all(comment="a" * 1_000_000)

    assert refused.status_code == 422
    assert "1000000 characters" in refused.content.decode()
    assert Response.objects.get().state == "started"


def test_bytes_that_are_no_text_break_nothing(sok):
    sok.begin()
    key = sok.key("first")
    answer = sok.client.generic(
        "POST",
        sok.address,
        b"page=first&key=" + key.encode() + b"&q/heard=\xff\xfe&q/where=%ff",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 422


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_a_wrong_content_type_is_answered_with_a_page(sok, kind):
    sok.begin()

    assert sok.client.generic("POST", sok.address, b"{}", content_type=kind).status_code == 400


@pytest.mark.parametrize("key", ["", "nonsense", "a:b:c", "\x00"])
def test_a_tampered_page_key_is_refused(sok, key):
    sok.begin()

    refused = sok.client.post(sok.address, {"page": "first", "key": key, "q/heard": "yes"})

    assert refused.status_code == 400
    assert Response.objects.get().answers == {}


def test_another_respondents_page_key_is_refused(sok):
    sok.begin()
    other = Respondent(sok.wave)
    other.begin()

    refused = other.post("first", {"heard": "no"}, key=sok.key("first"))

    assert refused.status_code == 400


def test_a_tampered_cookie_begins_nothing_of_anybody_else(sok):
    sok.begin()
    for name in sok.client.cookies:
        if name.startswith("suara-r-"):
            sok.client.cookies[name] = "somebody:else:forged"

    assert sok.client.get(sok.address)["Location"] == sok.home


def test_hostile_texts_of_editors_are_shown_as_text(sok):
    page = sok.client.get(sok.home).content.decode()
    sok.begin()
    questions = sok.client.get(sok.address).content.decode()

    assert "<script>alert" not in page + questions
    assert "&lt;script&gt;" in page


def test_starting_anew_on_a_shared_phone_forgets_what_was_begun(sok):
    sok.begin()
    sok.post("first", {"heard": "yes", "where": ["tv"]})
    assert "You have begun" in sok.client.get(sok.home).content.decode()

    sok.client.post(sok.home, {"action": "restart"})

    assert not Response.objects.exists()
    assert "You have begun" not in sok.client.get(sok.home).content.decode()


def test_the_receipt_withdraws_the_answers(sok):
    sok.answer_all(comment="Delete me")
    thanks = sok.client.get(f"{sok.home}thanks/").content.decode()
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", thanks).group()

    wrong = sok.client.post(f"{sok.home}withdraw/", {"code": "AAAA-BBBB-CCCC"})
    right = sok.client.post(f"{sok.home}withdraw/", {"code": code.lower().replace("-", " ")})

    assert wrong.status_code == 422
    assert "deleted" in right.content.decode()
    response = Response.objects.get()
    assert (response.state, response.answers) == ("withdrawn", {})


@pytest.mark.parametrize("state", ["drafted", "archived"])
def test_a_wave_nobody_may_see_is_not_found(state):
    wave = make_wave(state=state)

    assert Client().get(f"/surveys/{wave.slug}/").status_code == 404


def test_the_list_shows_open_waves_with_a_fixed_number_of_queries(
    client, django_assert_max_num_queries
):
    for _number in range(6):
        make_wave()
    make_wave(state="drafted", title="Hidden one")

    with django_assert_max_num_queries(14):
        page = client.get("/surveys/").content.decode()

    assert page.count("/surveys/wave-") == 6
    assert "Hidden one" not in page


def test_a_page_is_light_and_needs_few_queries(sok, django_assert_max_num_queries):
    import gzip

    sok.begin()
    with django_assert_max_num_queries(6):
        page = sok.client.get(sok.address)

    assert len(gzip.compress(page.content)) < 6_000


def test_a_honeypot_is_flagged_and_not_refused(sok):
    sok.begin()
    sok.post("first", {"heard": "no"}, website="http://spam.example")
    final = sok.post("third", {"area": "KH"})

    assert final.status_code == 302
    assert Response.objects.get().flags.filter(kind="honeypot").exists()


def test_handing_in_marks_the_figures_as_old(sok):
    sok.answer_all()

    sok.wave.refresh_from_db()
    assert sok.wave.stale_at is not None


def test_the_first_page_weighs_less_than_30_kb_in_all(sok):
    """Page, styles, scripts and the letters of the languages' names, compressed as on the wire."""
    import gzip

    from django.contrib.staticfiles import finders

    html = sok.client.get(sok.home).content
    files = set(re.findall(r'(?:src|href)="/static/([^"]+)"', html.decode()))
    files |= {"surveys/names/thai.woff2"}
    weights = {
        name: len(gzip.compress(open(finders.find(name), "rb").read())) for name in sorted(files)
    }

    assert "surveys/surveys.css" in weights
    assert len(gzip.compress(html)) + sum(weights.values()) < 30_000, weights


def test_two_tabs_that_save_different_pages_lose_neither_answer(sok):
    wave = Wave.objects.get()
    services.start(wave=wave, secret="Sok", language="en", at=timezone.now())
    for page, answer in (
        ("first", "q/heard=yes&q/where=tv"),
        ("second", "q/age=34&q/trust/asean=4&q/trust/media=1"),
        ("third", "q/area=KH"),
    ):
        services.save_page(
            wave=wave,
            secret="Sok",
            page_code=page,
            posted=QueryDict(answer),
            language="en",
            at=timezone.now(),
        )

    answers = Response.objects.get().answers
    assert (answers["age"], answers["area"], answers["heard"]) == (34, "KH", "yes")


def test_sending_a_page_costs_few_queries_and_never_reads_the_questionnaire_again(sok):
    """The wave, the unfinished row, its lock and its update; nothing per question."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sok.begin()
    key = sok.key("first")

    with CaptureQueriesContext(connection) as seen:
        sok.post("first", {"heard": "yes", "where": ["tv"]}, key=key)

    asked = [query["sql"] for query in seen.captured_queries]
    assert len([sql for sql in asked if "SAVEPOINT" not in sql]) <= 5, asked
    assert not [sql for sql in asked if '"surveys_questionnaire"."document"' in sql], asked
