"""A focal point on a phone: reads what is asked, types a value by keyboard alone, hands it in."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from indicators.models import Submission
from tests.conftest import user_with_role
from tests.indicators.factories import (
    make_area,
    make_asean,
    make_estimate,
    make_indicator,
    record_values,
)
from tests.indicators.rounds import make_round

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def round_of_two(settings):
    settings.REQUIRE_STAFF_MFA = False
    make_asean("VN", "MM")
    share = make_indicator(
        "kpi-5a", title="Social protection coverage", unit="percent", data_route="national_policy"
    )
    record_values(make_estimate("kpi-5a", "MM", "2025", "48.2"))
    return make_round({share: [make_area("VN"), make_area("MM")]})


def signed_in(page: Page, live_server, role: str, **limits: str) -> Page:
    client = Client()
    client.force_login(user_with_role(role, **limits))
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def violations(page: Page) -> list[tuple[str, list]]:
    found = Axe().run(page, context="main").response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


def sideways(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_check_29_a_value_is_entered_on_a_phone_by_keyboard(phone, live_server, round_of_two):
    page = signed_in(phone, live_server, "national_focal_point", area="VN")
    page.goto(reverse("indicators_office:asked"))
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_role("button", name="Report for Area VN").press("Enter")
    expect(page.get_by_text("What others report")).to_be_visible()
    expect(page.get_by_text("48.2")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    page.get_by_label("Value", exact=True).focus()
    page.keyboard.type("172,4")
    page.get_by_role("button", name="Save the draft").press("Enter")
    expect(page.get_by_text("lies outside 0 to 100")).to_be_visible()
    assert (violations(page), sideways(page)) == ([], 0)
    value = page.get_by_label("Value", exact=True)
    expect(value).to_have_value("172,4")
    value.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("72,4")
    page.get_by_label("Source, or why there is no data").focus()
    page.keyboard.type("Census of 2026")
    page.get_by_role("button", name="Save and hand in").press("Enter")
    expect(page.get_by_role("button", name="Take back into a draft")).to_be_visible()
    handed_in = Submission.objects.get()
    assert (handed_in.state, str(handed_in.values.get().value)) == ("submitted", "72.400000")


def test_the_board_and_the_forms_of_a_round_fit_a_phone(phone, live_server, round_of_two):
    page = signed_in(phone, live_server, "analyst")
    board = reverse("indicators_office:round", args=[round_of_two.token])
    for path in (board, f"{board}edit/", f"{board}asked/", reverse("indicators_office:round_new")):
        page.goto(path)
        assert (violations(page), sideways(page)) == ([], 0), path
    page.goto(board)
    table = page.get_by_role("region", name=re.compile("Who has given what"))
    table.focus()
    before = table.evaluate("box => box.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.rounds__scroll').scrollLeft > before", arg=before
    )
