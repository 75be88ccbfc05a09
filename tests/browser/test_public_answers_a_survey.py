"""Story 1: a member of the public answers on a phone, and the published figure moves."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.servers import wait_until

WAVE = "/surveys/asean-awareness-2026/"
SECONDS_TO_PUBLISH = 10


def published_count(page: Page, path: str) -> int:
    """The n beside the newest awareness figure, as a visitor of `path` reads it."""
    page.goto(path)
    shown = page.locator(".figure", has_text=re.compile(r"n\s*=")).first.inner_text()
    return int(re.search(r"n\s*=\s*([\d,. ]+\d|\d)", shown)[1].replace(",", "").replace(" ", ""))


def choose(page: Page, **answers: str) -> None:
    """Tick a radio button or a box by its question's code and its choice's code."""
    for code, choice in answers.items():
        page.locator(f'input[name="q/{code}"][value="{choice}"]').check()


def choose_area(page: Page, area: str) -> None:
    menu = page.locator('select[name="q/area"]')
    if menu.count():
        menu.select_option(area)
    else:
        choose(page, area=area)


def following(page: Page) -> None:
    page.locator('.respondent__buttons button[value="next"]').click()
    page.wait_for_load_state()


def fill_the_pages(page: Page, *, heard: str, skipped_shown: bool) -> None:
    """From the first page of questions to the end, having `heard` of ASEAN or not."""
    choose_area(page, "ID")
    choose(page, age_group="25-34", sex="F", locality="urban")
    following(page)
    choose(page, heard=heard)
    follow_up = page.locator('[data-question="understanding"]')
    if heard == "yes":
        expect(follow_up).to_be_visible()
        choose(page, understanding="3")
        page.locator('input[name="q/sources"][value="web"]').check()
    elif not skipped_shown:
        expect(follow_up).to_be_hidden()
    following(page)
    choose(page, identity="3", benefit_country="benefited", benefit_me="not", hope="3")
    following(page)
    choose(page, satisfaction="4")
    for row in ("asean", "government", "local", "media"):
        page.locator(f'input[name="q/trust/{row}"][value="3"]').check()
    following(page)
    choose(page, education="secondary")
    following(page)


def open_languages(page: Page) -> None:
    """Thirteen languages are folded away behind the current one."""
    page.locator(".respondent__languages summary").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_answer_on_a_phone_moves_the_published_figure_within_ten_seconds(open_demo, scripts):
    page = open_demo(width=390, height=844, is_mobile=True, java_script_enabled=scripts)
    before = published_count(page, "/indicators/kpi-22/")

    page.goto(WAVE)
    open_languages(page)
    page.get_by_role("link", name="Bahasa Indonesia").or_(
        page.get_by_role("button", name="Bahasa Indonesia")
    ).first.click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    page.locator("#consent").check()
    page.locator("form.respondent__begin button[type=submit]").click()
    expect(page.get_by_text("Di mana Anda tinggal?").first).to_be_visible()
    fill_the_pages(page, heard="no", skipped_shown=not scripts)

    expect(page).to_have_url(re.compile(r"/thanks/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Terima kasih")
    expect(page.locator(".receipt")).to_be_visible()

    wait_until(
        lambda: published_count(page, "/indicators/kpi-22/") == before + 1,
        seconds=SECONDS_TO_PUBLISH,
        what=f"KPI 22 still shows n = {before}",
    )
    assert published_count(page, "/") == before + 1, "The home page shows an older figure."
    assert re.search(r"\d+\.\d to \d+\.\d|\d+,\d", page.locator(".figure").first.inner_text()), (
        "The figure stands without its interval."
    )


def test_every_page_of_the_survey_fits_a_small_phone(open_demo):
    page = open_demo(width=320, height=640, is_mobile=True)
    page.goto(WAVE)

    def fits() -> bool:
        return page.evaluate("document.documentElement.scrollWidth <= 320")

    assert fits()
    page.locator("#consent").check()
    page.locator("form.respondent__begin button[type=submit]").click()
    choose_area(page, "TH")
    choose(page, age_group="55+", sex="M", locality="rural")
    assert fits()
    following(page)
    choose(page, heard="no")
    assert fits()
    following(page)
    choose(page, identity="3", benefit_country="benefited", benefit_me="not", hope="3")
    following(page)
    assert page.locator('input[name="q/trust/asean"]').first.is_visible()
    assert fits(), "The matrix is wider than a 320 px screen."


def test_switching_the_language_keeps_what_was_just_ticked(demo_phone):
    demo_phone.goto(WAVE)
    demo_phone.locator("#consent").check()
    demo_phone.locator("form.respondent__begin button[type=submit]").click()
    choose_area(demo_phone, "VN")
    choose(demo_phone, age_group="15-24")
    open_languages(demo_phone)
    demo_phone.get_by_role("button", name="Tiếng Việt").click()

    expect(demo_phone.locator("html")).to_have_attribute("lang", "vi")
    expect(demo_phone.locator('input[name="q/age_group"][value="15-24"]')).to_be_checked()
