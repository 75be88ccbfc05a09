"""Check 4: the same answers make the same way, with a script and without, on one page and many."""

import re

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Response
from tests.browser.test_answering import _site, begin, go_on  # noqa: F401 (the site is a fixture)
from tests.surveys.documents import choice, condition, household, question
from tests.surveys.factories import make_questionnaire, make_wave

pytestmark = pytest.mark.django_db(transaction=True)


def one_page() -> dict:
    """The same questions, all at once."""
    content = household()
    questions = [part for page in content["pages"] for part in page["questions"]]
    return content | {"pages": [content["pages"][0] | {"questions": questions}]}


def open_survey(page: Page, content: dict) -> None:
    begin(page, make_wave(questionnaire=make_questionnaire(document=content)))


def ask(page: Page, code: str):
    return page.locator(f'[data-question="{code}"]')


GROWN_UP = {
    "country": "KH",
    "province": "SR",
    "name": "Dara",
    "born": 1990,
    "work": "Farmer",
    "why": ["a", "other"],
    "why_other": "ដី",
}
CHILD = {"country": "TH", "province": "BK", "name": "Mai", "born": 2015, "why": ["b"]}
STORED = {
    "grown up": GROWN_UP | {"age": 36, "adult": True},
    "child": CHILD | {"age": 11, "adult": False, "work": "-7", "why_other": "-7"},
}


def answer(page: Page, answers: dict) -> None:
    """Answer what is on the screen, in the order of the questionnaire."""
    for code, value in answers.items():
        section = ask(page, code)
        if not section.count():
            continue
        for one in value if isinstance(value, list) else [value]:
            chosen = section.locator(f'input[value="{one}"]:not([type=hidden])')
            if chosen.count():
                chosen.check()
            else:
                section.locator("input:not([type=hidden])").first.fill(str(one))


@pytest.mark.parametrize("who", ["grown up", "child"])
@pytest.mark.parametrize("with_script", [True, False])
@pytest.mark.parametrize("layout", [household, one_page])
def test_check_4_the_same_answers_are_stored_with_and_without_a_script_on_one_page_or_many(
    open_page, layout, with_script, who
):
    page = open_page(width=390, height=844, java_script_enabled=with_script)
    open_survey(page, layout())
    for _page in range(len(layout()["pages"])):
        answer(page, GROWN_UP if who == "grown up" else CHILD)
        go_on(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Response.objects.get().answers == STORED[who]


def test_a_cascade_offers_only_what_fits_and_remembers_what_was_chosen_before(phone):
    open_survey(phone, household())
    ask(phone, "country").get_by_label("Cambodia").check()

    expect(ask(phone, "province").get_by_label("Bangkok")).to_be_hidden()
    ask(phone, "province").get_by_label("Siem Reap").check()
    ask(phone, "country").get_by_label("Thailand").check()
    expect(ask(phone, "province").get_by_label("Siem Reap")).to_be_hidden()
    ask(phone, "country").get_by_label("Cambodia").check()
    expect(ask(phone, "province").get_by_label("Siem Reap")).to_be_checked()


def test_a_cascade_of_lists_does_not_show_what_can_no_longer_be_chosen(phone):
    content = household()
    content["pages"][0]["questions"][1]["appearance"] = "minimal"
    open_survey(phone, content)
    ask(phone, "country").get_by_label("Cambodia").check()
    menu = ask(phone, "province").locator("select")
    menu.select_option("SR")
    ask(phone, "country").get_by_label("Thailand").check()
    expect(menu).to_have_value("")
    ask(phone, "country").get_by_label("Cambodia").check()
    expect(menu).to_have_value("SR")


def test_texts_follow_what_is_typed_on_the_same_page(phone):
    open_survey(phone, one_page())
    answer(phone, GROWN_UP)
    hello = ask(phone, "hello")

    expect(hello).to_contain_text("Dear Dara, you are 36 and live in Siem Reap.")
    ask(phone, "name").locator("input:not([type=hidden])").fill("${age} <i>")
    ask(phone, "born").locator("input:not([type=hidden])").first.fill("១៩៨០")
    expect(hello).to_contain_text("Dear ${age} <i>, you are 46 and live in Siem Reap.")
    expect(ask(phone, "sum")).to_contain_text("You said: Air and Other. ដី")


def test_what_the_server_then_says_is_what_the_script_had_said(phone):
    """A text put in while typing reads the same once the page comes from the server."""
    open_survey(phone, one_page())
    answer(phone, GROWN_UP)
    ask(phone, "work").locator("input:not([type=hidden])").fill("")
    before = ask(phone, "hello").inner_text(), ask(phone, "sum").inner_text()
    go_on(phone)

    expect(phone.locator("[data-errors]")).to_be_visible()
    assert (ask(phone, "hello").inner_text(), ask(phone, "sum").inner_text()) == before


def test_conditions_on_ranks_grids_and_dont_knows_are_followed_while_typing(phone):
    ranked = [choice("a", "Air"), choice("b", "Water")]
    rows = [{"code": "r", "label": {"en": "Row"}}]
    content = household()
    content["pages"][0]["questions"] = [
        question("rank", "rank", choices=ranked),
        question("first", "text", relevant=condition("selected-at(${rank}, 0) = 'b'")),
        question("grid", "matrix", rows=rows, choices=ranked),
        question("row", "text", relevant=condition("${grid/r} = 'a'")),
        question("day", "date", choices=[choice("-9", "I do not know")]),
        question("unsure", "text", relevant=condition("${day} = -9")),
    ]
    content["pages"] = content["pages"][:1]
    content["thanks"] = {}
    open_survey(phone, content)
    for code in ("first", "row", "unsure"):
        expect(ask(phone, code)).to_be_hidden()

    ask(phone, "rank").get_by_label("Water").select_option("1")
    ask(phone, "grid").get_by_label(re.compile("Air")).check()
    ask(phone, "day").get_by_label("I do not know").check()

    for code in ("first", "row", "unsure"):
        expect(ask(phone, code)).to_be_visible()
