"""A survey manager builds a questionnaire by clicking, looks at it on a phone, and is not overrun."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Questionnaire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]


@pytest.fixture
def site(transactional_db):
    """A Wagtail site: the frame of the public pages asks for its settings."""
    from wagtail.models import Locale, Page, Site

    Locale.objects.get_or_create(language_code="en")
    root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")
    Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": root}
    )


@pytest.fixture
def manager_page(site, open_page, client_for, live_server) -> Callable[..., Page]:
    """Open a window in which the same survey manager is signed in."""
    key = client_for("survey_manager").cookies["sessionid"].value

    def open_it(**options) -> Page:
        page = open_page(**options)
        page.set_default_timeout(60_000)  # the first page of the back office is slow to start
        page.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return page

    return open_it


def saved(page: Page) -> None:
    expect(page.locator("[data-saved-state]")).to_contain_text(re.compile("Saved"))


def add_question(page: Page, label: str, kind: str) -> None:
    page.fill("#add-label", label)
    page.locator(".add__kinds").get_by_role("button", name=kind, exact=True).click()
    expect(page.locator("#f-label")).to_have_value(label)


def add_page(page: Page, title: str) -> None:
    page.click("#add-page")
    expect(page.locator("#f-title")).to_have_value("")
    page.fill("#f-title", title)
    saved(page)
    expect(page.locator(".outline")).to_contain_text(title)


def choices(page: Page, *labels: str) -> None:
    for number, label in enumerate(labels):
        page.fill(f"#choice-{number}", label)
    saved(page)


def test_a_three_page_questionnaire_with_a_skip_is_built_by_clicking(manager_page):
    page = manager_page()
    page.goto("/office/surveys/new/")
    page.fill("#id_title", "River survey")
    page.fill("#id_code", "RIVER")
    page.fill("#id_population", "Residents aged 15 and over")
    page.check("input[name=languages][value=km]")
    page.get_by_role("button", name="Create the survey").click()

    # Page 1: a filter.
    page.fill("#f-title", "Fishing")
    saved(page)
    add_question(page, "Do you fish?", "One answer")
    choices(page, "Yes", "No")
    # Page 2, only for those who fish.
    add_page(page, "Boats")
    page.get_by_role("link", name="Add a condition").click()
    page.click("#rule-add-")
    page.select_option("[id='ref-0']", "fish")
    page.select_option("[id='value-0']", "1")
    expect(page.locator("#condition-text")).to_have_value("${fish} = '1'")
    add_question(page, "How many boats?", "Number")
    # Page 3.
    add_page(page, "The end")
    add_question(page, "Anything else?", "Text")

    draft = Questionnaire.objects.get(survey__code="RIVER")
    asked = [(one.code, [q.code for q in one.questions]) for one in draft.definition.pages]
    assert [codes for _page, codes in asked] == [["fish"], ["many_boats"], ["anything_else"]]
    assert draft.document["pages"][1]["relevant"]["op"] == "="

    # In the preview, in two languages.
    page.locator(".outline").get_by_role("link", name=re.compile("Do you fish")).click()
    phone = page.frame_locator("iframe[data-frame]:not(.is-coming)")
    expect(phone.get_by_text("Do you fish?")).to_be_visible()
    page.locator(".builder__language").get_by_role("link", name="ខ្មែរ").click()
    expect(page.locator("#f-label")).to_have_attribute("lang", "km")
    page.fill("#f-label", "តើអ្នកនេសាទទេ?")
    saved(page)
    expect(phone.get_by_text("តើអ្នកនេសាទទេ?")).to_be_visible()
    expect(phone.locator("html")).to_have_attribute("lang", "km")

    # A second window has the draft open while the first deletes a question and takes it back.
    second = manager_page()
    second.clock.install()
    second.goto(page.url)
    expect(second.locator("#f-label")).to_be_visible()
    page.locator(".outline").get_by_role("link", name=re.compile("How many boats")).click()
    expect(page.locator("#f-code")).to_have_value("many_boats")
    page.click("#q-delete")
    expect(page.locator(".outline")).not_to_contain_text("How many boats")
    expect(page.locator("[data-toast]")).to_contain_text("Undo brings it back")
    page.click("#undo")
    expect(page.locator(".outline")).to_contain_text("How many boats")

    second.fill("#f-label", "តើអ្នកធ្លាប់នេសាទទេ?")
    second.clock.run_for(1_000)
    expect(second.locator(".builder__conflict")).to_contain_text("How many boats?")
    expect(second.locator("#f-label")).to_have_value("តើអ្នកធ្លាប់នេសាទទេ?")

    def stored() -> str:
        draft.refresh_from_db()
        return draft.document["pages"][0]["questions"][0]["label"]["km"]

    # Whoever was slower goes on typing and changes nothing before deciding; nor is it lost.
    second.fill("#f-label", "តើអ្នកនេសាទរាល់ថ្ងៃទេ?")
    second.clock.run_for(5_000)
    expect(second.locator("[data-saved-state]")).to_contain_text("Not saved")
    second.locator(".outline").get_by_role("link", name=re.compile("Anything else")).click()
    expect(second.locator("#f-label")).to_have_value("តើអ្នកនេសាទរាល់ថ្ងៃទេ?")
    assert stored() == "តើអ្នកនេសាទទេ?"
    second.click("#keep-mine")
    saved(second)
    assert stored() == "តើអ្នកនេសាទរាល់ថ្ងៃទេ?"

    # Trying it out: whoever does not fish is not asked about boats.
    trying = manager_page()
    trying.goto(f"/office/surveys/questionnaires/{draft.token}/edit/try/?language=en")
    trying.get_by_label("No").check()
    trying.get_by_role("button", name="Next").last.click()
    expect(trying.get_by_text("Anything else?")).to_be_visible()
