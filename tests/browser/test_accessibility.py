"""Every kind of question by keyboard and for screen readers, on the smallest phone, in the dark."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from surveys.models import Response, Wave
from tests.browser.test_answering import _site  # noqa: F401 (a fixture)
from tests.surveys.factories import choice, make_questionnaire, make_wave, texts

pytestmark = pytest.mark.django_db(transaction=True)

LONG_WORDS = {
    "en": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "th": "การมีส่วนร่วมของประชาชนในการพัฒนาสังคมและวัฒนธรรมอาเซียนอย่างยั่งยืน",
}
BURMESE = "အာဆီယံလူမှုယဉ်ကျေးမှုအသိုက်အဝန်းဆိုင်ရာပြည်သူလူထုပူးပေါင်းပါဝင်ဆောင်ရွက်မှု"


def question(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": kind, "label": texts(f"The {kind} question")} | more


CHOICES = [choice("a", "Apple"), choice("b", "Banana"), choice("c", "Cherry")]


def every_kind() -> dict[str, Any]:
    """Two pages with each kind of question that people answer."""
    return {
        "schema": 1,
        "languages": ["en", "th", "my"],
        "default_language": "en",
        "title": texts("Every kind"),
        "pages": [
            {
                "code": "choosing",
                "title": texts("Choosing"),
                "questions": [
                    question("note", "note"),
                    question("single", "single", required=True, choices=CHOICES),
                    question("menu", "single", appearance="minimal", choices=CHOICES,
                             label=texts("The menu question"), required=True),
                    question("multiple", "multiple", required=True, hint=texts("As many as apply"),
                             choices=[*CHOICES, choice("-9", "Don't know", missing="-9")]),
                    question("scale", "scale", minimum=0, maximum=10, required=True,
                             minimum_label=texts("Not at all"), maximum_label=texts("Wholly")),
                    question("rank", "rank", choices=CHOICES),
                    question("matrix", "matrix", required=True,
                             rows=[{"code": "x", "label": texts("Row X")},
                                   {"code": "y", "label": LONG_WORDS | {"my": BURMESE}}],
                             choices=[choice("1", "Never"), choice("2", "Sometimes"),
                                      choice("3", "Often"), choice("4", "Always")]),
                ],
            },
            {
                "code": "writing",
                "title": texts("Writing"),
                "questions": [
                    question("number", "number", required=True, minimum=1, maximum=120),
                    question("text", "text", max_length=50),
                    question("essay", "text", appearance="multiline",
                             label=texts("The essay question")),
                    question("date", "date"),
                    question("time", "time"),
                    question("datetime", "datetime"),
                    question("agree", "consent", required=True),
                ],
            },
        ],
    }  # fmt: skip


@pytest.fixture
def wave() -> Wave:
    return make_wave(
        questionnaire=make_questionnaire(document=every_kind()), area_question="single"
    )


def start(page: Page, wave: Wave) -> None:
    page.goto(f"/surveys/{wave.slug}/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Begin").click()


def go_on(page: Page) -> None:
    page.locator(".respondent__buttons .respondent__next").click()


def violations(page: Page) -> list[tuple[str, list]]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def sideways(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def answer_choosing(page: Page) -> None:
    page.get_by_role("group", name="The single question").get_by_label("Banana").check()
    page.get_by_label("The menu question").select_option("b")
    page.get_by_role("group", name="The multiple question").get_by_label("Apple").check()
    page.get_by_role("group", name="The scale question").get_by_label("7").check()
    for row in page.get_by_role("radiogroup").all():
        row.get_by_label("Often").check()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_check_23_a_machine_finds_no_barrier_on_any_kind_of_question(
    open_page, wave, colours, width
):
    page = open_page(width=width, color_scheme=colours)
    page.goto(f"/surveys/{wave.slug}/")
    found = {"landing": violations(page)}
    start(page, wave)
    go_on(page)
    expect(page.get_by_role("alert")).to_be_visible()
    found["choosing, with errors"] = violations(page)
    overflow = [sideways(page)]
    answer_choosing(page)
    go_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Writing")
    found["writing"] = violations(page)
    go_on(page)
    expect(page.get_by_role("alert")).to_be_visible()
    found["writing, with errors"] = violations(page)
    overflow.append(sideways(page))

    assert {name: each for name, each in found.items() if each} == {}
    assert overflow == [0, 0]


def test_check_23_errors_are_announced_linked_and_named_at_their_question(open_page, wave):
    page = open_page(width=390)
    start(page, wave)
    go_on(page)

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error"))
    links = summary.get_by_role("link")
    assert links.count() == 6
    for link in links.all():
        target = page.locator(link.get_attribute("href"))
        expect(target).to_have_count(1)
        described = target.get_attribute("aria-describedby") or ""
        named = [page.locator(f"#{name}") for name in described.split()]
        assert any("errorlist" in each.get_attribute("class") for each in named), described
    links.last.click()
    expect(page.get_by_role("radiogroup").last).to_be_focused()


def test_check_23_each_row_of_a_grid_is_a_labelled_group_and_a_card_on_a_phone(open_page, wave):
    page = open_page(width=320)
    start(page, wave)
    rows = page.get_by_role("radiogroup")

    expect(rows).to_have_count(2)
    expect(rows.first).to_have_accessible_name("Row X")
    boxes = [choice.bounding_box() for choice in rows.first.locator("label").all()]
    assert len({round(box["x"]) for box in boxes}) == 1, (
        "The answers of a card stand in one column."
    )
    assert all(box["height"] >= 44 for box in boxes)


def test_check_23_targets_are_large_enough(open_page, wave):
    page = open_page(width=320)
    start(page, wave)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, select, .choices label, .scale__points label, .matrix__choices label")]
            .filter((node) => node.offsetParent && !node.closest(".visually-hidden, .skip-link, footer p"))
            .filter((node) => !node.matches(".visually-hidden, .skip-link"))
            .map((node) => [node.textContent.trim().slice(0, 30), node.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24)
            .map(([text]) => text)"""
    )

    assert small == []
    answers = page.locator(".choices label, .scale__points label, .matrix__choices label")
    assert min(each.bounding_box()["height"] for each in answers.all()) >= 44


@pytest.mark.parametrize("language", ["en", "th", "my"])
def test_words_without_a_gap_stay_inside_a_small_phone(open_page, wave, language):
    page = open_page(width=320)
    page.goto(f"/surveys/{wave.slug}/?language={language}")
    page.get_by_role("checkbox").check()
    page.locator(".respondent__next").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator(".matrix")).to_contain_text((LONG_WORDS | {"my": BURMESE})[language])

    assert sideways(page) == 0


def test_at_twice_the_size_nothing_scrolls_sideways(open_page, wave):
    """200 % on a desk 1280 wide is a page 640 wide; 400 % is one 320 wide."""
    page = open_page(width=640, device_scale_factor=2)
    start(page, wave)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choosing")

    assert sideways(page) == 0


def test_who_wants_less_motion_gets_none(open_page, wave):
    page = open_page(width=390, reduced_motion="reduce")
    start(page, wave)
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")]
            .filter((node) => parseFloat(getComputedStyle(node).transitionDuration) > 0
                || getComputedStyle(node).animationName !== "none").length"""
    )

    assert moving == 0


@pytest.mark.parametrize("with_script", [True, False])
def test_check_23_the_whole_questionnaire_by_keyboard_alone(open_page, wave, with_script):
    """Only Tab, Space, the arrows, Enter and letters; never the mouse, never a script's focus()."""
    page = open_page(width=1280, java_script_enabled=with_script)
    page.goto(f"/surveys/{wave.slug}/")
    keys = page.keyboard

    def focused(what: str) -> str:
        return page.locator(":focus").evaluate(f"node => node.{what} ?? ''")

    def tab_to(name: str, value: str = "") -> None:
        for _press in range(80):
            keys.press("Tab")
            at = page.locator(":focus")
            if at.count() and focused("name") == name and value in ("", focused("value")):
                return
        raise AssertionError(f"Eighty times Tab do not lead to {name} {value}.")

    tab_to("consent")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choosing")

    tab_to("q/single")
    keys.press("Space")
    keys.press("ArrowDown")
    tab_to("q/menu")
    keys.press("ArrowDown")
    tab_to("q/multiple", "b")
    keys.press("Space")
    tab_to("q/scale")
    keys.press("Space")
    for _step in range(7):
        keys.press("ArrowRight")
    tab_to("q/rank/a")
    keys.press("ArrowDown")
    for row in ("x", "y"):
        tab_to(f"q/matrix/{row}")
        keys.press("Space")
        keys.press("ArrowRight")
    tab_to("action", "next")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Writing")

    tab_to("q/number")
    keys.type("34")
    tab_to("q/text")
    keys.type("Clean air")
    tab_to("q/agree")
    keys.press("Space")
    tab_to("action", "next")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")

    answers = Response.objects.get().answers
    assert answers == {
        "single": "b",
        "menu": "a",
        "multiple": ["b"],
        "scale": 7,
        "rank": ["a"],
        "matrix": {"x": "2", "y": "2"},
        "number": 34,
        "text": "Clean air",
        "agree": "yes",
    }
