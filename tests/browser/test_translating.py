"""A translator works through the grid by keyboard; every wording is saved by itself."""

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Questionnaire
from tests.conftest import user_with_role
from tests.surveys.factories import document, make_questionnaire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(transactional_db, settings) -> Questionnaire:
    from wagtail.models import Locale

    settings.REQUIRE_STAFF_MFA = False
    Locale.objects.get_or_create(language_code="en")
    found = document()
    found["pages"][2]["questions"][0]["label"] = {"en": "You, ${heard}?", "th": "ท่าน ${heard}"}
    return make_questionnaire(state="drafting", document=found)


def sign_in(page: Page, live_server) -> None:
    from django.test import Client

    client = Client()
    client.force_login(user_with_role("survey_manager"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )


def grid(page: Page, draft: Questionnaire) -> None:
    page.goto(f"/office/surveys/questionnaires/{draft.token}/translations/in/th/", timeout=60_000)


def thai(draft: Questionnaire, code: str) -> str:
    return Questionnaire.objects.get(pk=draft.pk).definition.by_code[code].label.get("th", "")


def test_ctrl_enter_saves_and_leads_on_and_a_lost_placeholder_is_told(
    open_page, live_server, draft
):
    page = open_page()
    sign_in(page, live_server)
    grid(page, draft)
    cell = page.locator("[data-cell]", has_text="Heard of it?")
    box = cell.locator("textarea")

    box.fill("เคยได้ยินไหม")
    box.press("Control+Enter")
    expect(cell.locator("[data-state]")).to_have_text("Saved")
    expect(box).not_to_be_focused()
    assert thai(draft, "heard") == "เคยได้ยินไหม"

    other = page.locator("[data-cell]", has_text="You, ${heard}?")
    other.locator("textarea").fill("ท่าน")
    other.locator("textarea").press("Control+Enter")
    expect(other.locator("[data-state]")).to_contain_text("has lost ${heard}")
    other.locator("textarea").press("Escape")
    expect(other.locator("textarea")).to_have_value("ท่าน ${heard}")
    assert thai(draft, "area") == "ท่าน ${heard}"


def test_without_a_script_the_button_of_the_question_saves(open_page, live_server, draft):
    page = open_page(java_script_enabled=False)
    sign_in(page, live_server)
    grid(page, draft)
    form = page.locator("form[data-group]", has_text="Heard of it?").first

    form.locator("textarea").first.fill("เคยไหม")
    form.get_by_role("button", name="Save").click()

    expect(page.locator("textarea", has_text="เคยไหม").first).to_be_visible()
    assert thai(draft, "heard") == "เคยไหม"
