"""What a respondent meets: conditions, calculated values, earlier answers in texts, random orders."""

import html
import re

import pytest

from surveys.models import Response
from tests.surveys.documents import choice, condition, document, household, page, question
from tests.surveys.factories import make_questionnaire, make_wave
from tests.surveys.test_answering import Respondent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


def respondent(content) -> Respondent:
    found = Respondent(make_wave(questionnaire=make_questionnaire(document=content)))
    found.begin()
    return found


def read(answer) -> str:
    """The words of a page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def dara() -> Respondent:
    return respondent(household())


def reach_reasons(dara: Respondent, name: str = "Dara", born: str = "1990") -> None:
    dara.post("place", {"country": "KH", "province": "SR"}, shown=["country", "province"])
    dara.post("person", {"name": name, "born": born, "work": "Farmer"})


def finish(dara: Respondent, **more):
    dara.post("reasons", {"why": ["a", "b"]})
    return dara.post("end", {"more": "no"} | more)


def test_check_3_what_a_crafted_post_sends_for_calculated_and_hidden_questions_is_never_stored(
    dara,
):
    dara.post("place", {"country": "KH", "province": "SR"})
    dara.post("person", {"born": "2015", "age": "99", "adult": "true", "work": "Farmer"})
    dara.post("reasons", {"why": ["a"], "why_other": "sneaked in", "hello": "x"})
    dara.post("end", {"age": "99", "sum": "x"})

    response = Response.objects.get()
    assert response.state == "submitted"
    assert (response.answers["age"], response.answers["adult"]) == (11, False)
    assert response.answers["work"] == response.answers["why_other"] == "-7"
    assert response.paradata["strangers"] == ["adult", "age", "hello", "sum"]
    assert not {"hello", "sum"} & set(response.answers)


def test_check_5_an_answer_behind_a_filter_is_kept_under_way_and_not_asked_at_submission(dara):
    reach_reasons(dara)
    dara.post("person", {"name": "Dara", "born": "2015"})
    under_way = Response.objects.get().answers
    finish(dara)

    assert under_way["work"] == "Farmer"
    assert Response.objects.get().answers["work"] == "-7"


def test_check_5_who_comes_back_to_the_filter_finds_the_follow_up_as_it_was_left(dara):
    reach_reasons(dara)
    dara.post("person", {"name": "Dara", "born": "2015"})
    dara.post("person", {"name": "Dara", "born": "1990", "work": "Farmer"})
    finish(dara)

    answers = Response.objects.get().answers
    assert (answers["age"], answers["adult"], answers["work"]) == (36, True, "Farmer")


def test_check_7_answers_and_texts_survive_every_change_of_language(dara):
    reach_reasons(dara)
    thai = dara.post("reasons", {"why": ["a", "other"], "why_other": "ដី"}, switch="th")
    english = dara.post("reasons", {"why": ["a", "other"], "why_other": "ដី"}, switch="en")
    dara.post("reasons", {"why": ["a", "other"], "why_other": "ដី"}, language="th")
    last = dara.client.get(dara.address, {"page": "end"})
    dara.post("end", {"more": ""}, language="th")

    assert "ไทย Dear Dara, you are 36 and live in ไทย Siem Reap." in read(thai)
    assert "Dear Dara, you are 36 and live in Siem Reap." in read(english)
    assert "ไทย Airและไทย Other. ដី" in read(last)
    answers = Response.objects.get().answers
    assert (answers["why"], answers["why_other"], answers["province"]) == (
        ["a", "other"],
        "ដី",
        "SR",
    )
    assert "ขอบคุณ Dara" in read(dara.client.get(f"{dara.home}thanks/"))


def test_a_dont_know_runs_through_a_calculation(dara):
    dara.post("place", {"country": "KH", "province": "SR"})
    dara.post("person", {"born/missing": "-9", "name": "Dara"})
    shown = dara.client.get(dara.address, {"page": "reasons"})
    finish(dara)

    answers = Response.objects.get().answers
    assert (answers["born"], answers["age"], answers["adult"]) == ("-9", "-9", False)
    assert "Dear Dara, you are  and live in" in read(shown)


def test_an_answer_that_looks_like_a_reference_or_like_code_stays_what_it_is(dara):
    reach_reasons(dara, name="${age} <b>{{ why }}</b>")
    shown = dara.client.get(dara.address, {"page": "reasons"})

    assert "Dear ${age} <b>{{ why }}</b>, you are 36" in html.unescape(shown.content.decode())
    assert "<b>" not in shown.content.decode()


def test_a_choice_of_another_branch_is_refused_and_the_list_is_there_without_a_script(dara):
    shown = read(dara.client.get(dara.address, follow=True))
    refused = dara.post("place", {"country": "TH", "province": "SR"})
    mended = dara.post("place", {"country": "TH", "province": "BK"})

    assert "Phnom Penh" in shown and "Bangkok" in shown
    assert refused.status_code == 422
    assert "This answer does not fit" in read(refused)
    assert mended.status_code == 302


def test_a_choice_whose_condition_is_on_an_earlier_page_is_not_even_shown():
    content = household()
    province = content["pages"][0]["questions"].pop()
    content["pages"].insert(1, page("province", province))
    dara = respondent(content)
    dara.post("place", {"country": "TH"})

    shown = read(dara.client.get(dara.address, {"page": "province"}))

    assert "Bangkok" in shown and "Phnom Penh" not in shown


def test_an_other_needs_its_words_and_nobody_else_is_asked_for_them(dara):
    reach_reasons(dara)
    wanting = dara.post("reasons", {"why": ["other"]}, shown=["why", "why_other"])
    without = dara.post("reasons", {"why": ["a"]}, shown=["why", "why_other"])

    assert wanting.status_code == 422
    assert "why_other? Please answer this question." in read(wanting)
    assert without.status_code == 302


PREFILLED = document(
    page(
        "one",
        question("size", "number", default=4),
        question("means", "multiple", default=["b"], choices=[choice("a", "A"), choice("b", "B")]),
        question("at", "time", default="08:30"),
        question("office", "text", read_only=True, default="Jakarta"),
        question("far", "text", relevant=condition("${office} = 'Jakarta'")),
    ),
    page("two", question("note", "note", "At ${at} in ${office}"), question("end", "text")),
)


def test_a_default_is_shown_and_is_no_answer_until_it_is_sent():
    dara = respondent(PREFILLED)
    shown = dara.client.get(dara.address, follow=True).content.decode()

    assert Response.objects.get().answers == {}
    assert 'name="q/size" value="4"' in shown
    assert re.search(r'name="q/means" value="b" checked', shown)
    assert 'type="time"' in shown and 'value="08:30"' in shown
    assert "Jakarta" in shown and 'name="q/office"' not in shown


def test_a_default_that_somebody_empties_does_not_come_back():
    dara = respondent(PREFILLED)
    names = ["size", "means", "at", "far"]
    dara.post("one", {"size": "", "at": "9:1"}, shown=names)
    dara.post("one", {"size": "", "at": "09:05"}, shown=names)
    shown = dara.client.get(dara.address, {"page": "one"}).content.decode()
    dara.post("two", {"end": "x"})

    assert 'name="q/size" value=""' in shown
    assert not re.search(r'name="q/means" value="b" checked', shown)
    answers = Response.objects.get().answers
    assert "size" not in answers and "means" not in answers
    assert answers["at"] == "09:05"


def test_a_read_only_question_answers_by_itself_and_cannot_be_changed():
    dara = respondent(PREFILLED)
    dara.post("one", {"size": "3", "office": "Hanoi", "far": "no"})
    shown = read(dara.client.get(dara.address, {"page": "two"}))
    dara.post("two", {"end": ""})

    response = Response.objects.get()
    assert (response.answers["office"], response.answers["far"]) == ("Jakarta", "no")
    assert response.paradata["strangers"] == ["office"]
    assert "in Jakarta" in shown


TIMES = document(
    page(
        "one",
        question("opened", "time", required=True),
        question("closed", "time", constraint=condition(". > ${opened}")),
        question("visit", "datetime", constraint=condition(". <= now()")),
    )
)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"opened": "25:00"}, "hours:minutes, such as 08:30"),
        ({"opened": "08:30", "visit": "2026-02-30T10:00"}, "a date and a time, such as"),
        ({"opened": "08:30", "closed": "08:30"}, "does not fit"),
        ({"opened": "08:30", "visit": "9999-01-01T00:00"}, "does not fit"),
    ],
)
def test_a_time_that_is_none_or_does_not_fit_is_explained(answers, sentence):
    refused = respondent(TIMES).post("one", answers)

    assert refused.status_code == 422
    assert sentence in read(refused)


def test_times_are_kept_to_the_minute():
    respondent(TIMES).post(
        "one", {"opened": "08:30:59", "closed": "17:00", "visit": "2024-02-29T23:59"}
    )

    assert Response.objects.get().answers == {
        "opened": "08:30",
        "closed": "17:00",
        "visit": "2024-02-29T23:59",
    }


@pytest.mark.parametrize("typed", ["-9", "-9.0", "-8,96", "-7.04"])
def test_a_number_that_would_read_as_a_missing_code_is_refused_however_it_is_written(typed):
    content = document(page("one", question("t", "number", decimals=1, required=True)))
    refused = respondent(content).post("one", {"t": typed})

    assert refused.status_code == 422
    assert "t" not in Response.objects.get().answers


def test_an_anonymous_wave_stores_no_moment_that_a_calculation_took():
    content = document(
        page(
            "one",
            question("end", "text"),
            question("done", "calculate", calculation=condition("now()")),
        )
    )
    dara = respondent(content)
    dara.post("one", {"end": "x"})

    assert Response.objects.get().answers["done"].endswith("T00:00:00")


def mixed() -> dict:
    """Four pages, two of which change places, with questions, rows and choices in random order."""
    numbers = [choice(str(number), f"Number {number}") for number in range(8)]
    rows = [{"code": f"r{number}", "label": {"en": f"Row {number}"}} for number in range(8)]
    many = [question(f"m{number}", "text") for number in range(8)]
    return document(
        page("start", question("first", "text")),
        page("a", *many, rotation="themes", question_order="random"),
        page(
            "b",
            question("pick", "single", choices=numbers, choice_order="random"),
            rotation="themes",
        ),
        page(
            "c",
            question("grid", "matrix", rows=rows, row_order="random", choices=numbers[:2]),
            rotation="themes",
        ),
        page("end", question("last", "text")),
        seed=11,
    )


def way_through(dara: Respondent) -> list[str]:
    """The pages in the order this respondent meets them, each sent empty."""
    seen, here = [], "start"
    while here:
        seen.append(here)
        answer = dara.post(here, {})
        here = answer["Location"].partition("?page=")[2]
    return seen


def test_random_orders_are_stable_over_back_reload_and_language_and_stored_as_shown():
    dara = respondent(mixed())
    dara.post("start", {})

    def shown() -> tuple:
        pages = {
            code: dara.client.get(dara.address, {"page": code}).content.decode() for code in "abc"
        }
        return (
            re.findall(r'data-question="(m\d)"', pages["a"]),
            re.findall(r'name="q/pick" value="(\d)"', pages["b"]),
            list(dict.fromkeys(re.findall(r'name="q/grid/(r\d)"', pages["c"]))),
        )

    before = shown()
    dara.post("start", {}, language="th")
    assert shown() == before
    order = way_through(dara)

    stored = Response.objects.get().shown_order
    assert (stored["/page/a"], stored["pick"], stored["grid/rows"]) == before
    assert stored["/pages"] == order
    assert order[0] == "start" and order[-1] == "end" and sorted(order[1:4]) == ["a", "b", "c"]


def test_respondents_meet_different_orders_and_the_ends_stay():
    orders = {tuple(way_through(respondent(mixed()))) for _person in range(12)}

    assert len(orders) > 1
    assert {(order[0], order[-1], len(order)) for order in orders} == {("start", "end", 5)}


def test_going_back_goes_to_the_page_shown_before():
    dara = respondent(mixed())
    order = way_through(dara)[1:4]
    again = respondent(mixed())
    again.post("start", {})
    second = again.client.get(again.address, {"page": "nowhere"}, follow=True)
    here = re.search(r'name="page" value="(\w+)"', second.content.decode()).group(1)

    assert here in order
    assert again.post(here, {}, action="back")["Location"].endswith("?page=start")
