"""A farmer's phone answers a survey: skips while typing, another language, and no script at all."""

import re

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Response
from tests.surveys.factories import make_wave

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _site(transactional_db):
    from wagtail.models import Locale, Site
    from wagtail.models import Page as WagtailPage

    Locale.objects.get_or_create(language_code="en")
    root = WagtailPage.objects.filter(depth=1).first() or WagtailPage.add_root(
        title="Root", slug="root"
    )
    Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": root}
    )


def begin(page: Page, wave) -> None:
    page.goto(f"/surveys/{wave.slug}/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Begin").click()


def go_on(page: Page) -> None:
    page.locator(".respondent__buttons .respondent__next").click()


def test_a_follow_up_appears_while_typing_and_its_answer_survives_hiding(phone):
    begin(phone, make_wave())
    follow_up = phone.get_by_role("group", name=re.compile("Where"))

    expect(follow_up).to_be_hidden()
    phone.get_by_label("Yes").check()
    expect(follow_up).to_be_visible()
    phone.get_by_label("Television").check()
    phone.get_by_label("No", exact=True).check()
    expect(follow_up).to_be_hidden()
    phone.get_by_label("Yes").check()
    expect(phone.get_by_label("Television")).to_be_checked()


@pytest.mark.parametrize("with_script", [True, False])
def test_the_whole_way_on_a_phone_with_a_change_of_language(open_page, with_script):
    wave = make_wave()
    page = open_page(width=390, height=844, java_script_enabled=with_script)
    begin(page, wave)
    page.get_by_label("Yes").check()
    page.get_by_label("Television").check()
    page.get_by_role("button", name="ไทย").click()
    expect(page.get_by_label("ไทย Television")).to_be_checked()
    go_on(page)
    page.get_by_label("ไทย How old?").fill("34")
    for group in page.get_by_role("radiogroup").all():
        group.get_by_label("ไทย Much").check()
    go_on(page)
    page.get_by_label("ไทย Cambodia").check()
    go_on(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("ขอบคุณ")
    response = Response.objects.get()
    assert response.state == "submitted"
    assert response.language == "th"
    assert response.answers["trust"] == {"asean": "4", "media": "4"}
    assert response.paradata.get("script", False) is with_script


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_scrolls_sideways_and_a_machine_finds_no_barrier(open_page, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(width=width)
    begin(page, make_wave())
    go_on(page)
    found = {"first": Axe().run(page)}
    page.get_by_label("Yes").check()
    page.get_by_label("Television").check()
    go_on(page)
    go_on(page)
    found["second"] = Axe().run(page)

    sideways = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert sideways == 0
    violations = {
        name: [(v["id"], [n["target"] for n in v["nodes"]]) for v in result.response["violations"]]
        for name, result in found.items()
    }
    assert violations == {"first": [], "second": []}


def test_the_enter_key_goes_on_and_does_not_change_the_language(phone):
    begin(phone, make_wave())
    phone.get_by_label("Yes").check()
    phone.get_by_label("Television").check()
    go_on(phone)
    phone.get_by_label("How old?").fill("34")
    for group in phone.get_by_role("radiogroup").all():
        group.get_by_label("Much").check()
    phone.get_by_label("How old?").press("Enter")

    expect(phone.get_by_role("heading", level=1)).to_have_text("Third")


def test_a_double_click_on_the_last_button_is_one_response(phone):
    begin(phone, make_wave())
    phone.get_by_label("No", exact=True).check()
    go_on(phone)
    phone.get_by_label("Cambodia").check()
    phone.locator(".respondent__buttons .respondent__next").dblclick()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Response.objects.count() == 1
