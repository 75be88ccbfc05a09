"""Story 3, first half: an officer makes a page with a live figure and a survey, and publishes it."""

import re

from playwright.sync_api import Page, expect

FIGURE = "KPI 22: ASEAN awareness"
WAVE = "ASEAN awareness 2026"


def add_block(page: Page, kind: str, *, at: int, button: str, choice: str) -> None:
    """Add a block to the end of the body and choose what it shows."""
    page.locator("[data-contentpath=body] button.c-sf-add-button").nth(at).click()
    page.get_by_role("option", name=kind, exact=True).click()
    page.get_by_role("button", name=button, exact=True).last.click()
    page.locator(".modal").get_by_role("link", name=choice, exact=True).click()
    expect(page.locator(".modal.in, .modal.show")).to_have_count(0)
    expect(page.locator("[data-contentpath=body]").get_by_text(choice).last).to_be_visible()


def number_of(page: Page, title: str) -> str:
    """The number in the address of the listed page with that title."""
    link = page.locator("main table a", has_text=re.compile(rf"^\s*{title}\s*$")).first
    return re.search(r"/pages/(\d+)/", link.get_attribute("href"))[1]


def test_a_page_with_a_figure_and_a_survey_is_published(demo_desktop: Page, sign_in):
    page = demo_desktop
    sign_in(page, "communications_officer")
    page.goto("/office/pages/")
    page.goto(f"/office/pages/{number_of(page, 'Home')}/")
    page.goto(f"/office/pages/add/cms/newspage/{number_of(page, 'News')}/")

    page.wait_for_load_state("networkidle")
    page.fill("#id_title", "What the survey says <today>")
    page.press("#id_title", "Tab")  # leaving the title gives the page its address
    expect(page.locator("#id_slug")).to_have_value("what-the-survey-says-today")
    add_block(page, "Key figure", at=0, button="Choose an indicator", choice=FIGURE)
    add_block(page, "Survey", at=-1, button="Choose a survey wave", choice=WAVE)
    page.locator("footer .w-dropdown__toggle, footer [data-w-dropdown-target=toggle]").first.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messages")).to_contain_text("published")

    page.goto("/news/")
    page.get_by_role("link", name="What the survey says <today>").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the survey says <today>")
    expect(page.locator(".figure", has_text="%").first).to_contain_text(re.compile(r"n\s*=\s*\d"))
    expect(page.locator('main a[href*="/surveys/asean-awareness-2026/"]').first).to_be_visible()
