"""A reporter types an activity in a real browser and meets what other bodies already do."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from indicators.models import Activity, Commitment, Declaration, FollowUp
from tests.conftest import user_with_role
from tests.indicators.workplans import make_activity, make_body, make_tree

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(transactional_db, live_server, client):
    """Sign a page's browser in as Dara, who reports for SOMHD."""
    from wagtail.models import Locale

    Locale.objects.get_or_create(language_code="en")
    make_body("SOMHD")
    client.force_login(user_with_role("sectoral_body_reporter", body="SOMHD"))

    def sign_in(page):
        name, cookie = "sessionid", client.cookies["sessionid"].value
        page.context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
        return page

    return sign_in


def test_check_29_similar_activities_appear_while_typing_and_saving_is_then_one_press(
    signed_in, desktop
):
    tree = make_tree()
    make_activity("Exchange of community health volunteers", "SOMSWD", on=[tree["b-2-1"]])
    page = signed_in(desktop)
    page.goto("/office/indicators/activities/new/")
    hints = page.locator("[data-overlaps]")
    expect(hints).to_contain_text("Nothing similar")
    page.get_by_label("Title").fill("Health volunteers in the community")
    expect(hints).to_contain_text("Similar words: health, volunteers, community")
    page.get_by_label("Find a measure").fill("b-2-1")
    page.locator("[data-measure]", has_text="Measure b-2-1").get_by_role("checkbox").check()
    expect(hints).to_contain_text("Also contributes to B-2-1")
    expect(page.locator("[data-measure]", has_text="Measure b-2-2")).to_be_hidden()
    page.get_by_label("Main type").select_option("outreach")
    page.get_by_role("button", name="Save the activity").click()
    expect(page).to_have_title(re.compile("Health volunteers in the community"))
    made = Activity.objects.get(lead_body__acronym="SOMHD")
    assert [node.key for node in made.measures.all()] == ["b-2-1"]


def test_without_scripts_the_first_press_shows_them_and_the_second_saves(signed_in, open_page):
    tree = make_tree()
    make_activity("Peer review", "SOMSWD", on=[tree["b-2-1"]])
    page = signed_in(open_page(java_script_enabled=False))
    page.goto("/office/indicators/activities/new/")
    page.get_by_label("Title").fill("Handbook")
    page.get_by_label("Main type").select_option("research")
    page.get_by_label("Find a measure").fill("b-2-1")
    page.get_by_role("button", name="Find").click()
    page.locator("[data-measure]", has_text="Measure b-2-1").get_by_role("checkbox").check()
    page.get_by_role("button", name="Save the activity").click()
    expect(page.get_by_role("alert")).to_contain_text("other bodies do something like this")
    expect(page.locator("[data-overlaps]")).to_contain_text("Peer review")
    assert not Activity.objects.filter(title="Handbook").exists()
    page.get_by_role("button", name="Save the activity").click()
    expect(page).to_have_title(re.compile("Handbook"))
    assert Activity.objects.get(title="Handbook").measures.count() == 1


def test_no_screen_of_tool_1_and_tool_2_shuts_anybody_out(signed_in, open_page):
    tree = make_tree()
    own = make_activity("Handbook", "SOMHD", on=[tree["b-2-1"]], year_from=2025, status="ongoing")
    make_activity("Peer review", "SOMSWD", on=[tree["b-2-1"]], status="completed")
    declaration = Declaration.objects.create(
        title="On care", adopted_on="2024-10-09", adopted_by="Leaders", source="Its text"
    )
    commitment = Commitment.objects.create(declaration=declaration, text="Train", due_year=2025)
    commitment.responsible_bodies.add(make_body("SOMHD"))
    action = FollowUp.objects.create(commitment=commitment, body=make_body("SOMHD"), what="Train")
    office = "/office/indicators"
    page = signed_in(open_page(width=390))
    wrong = []
    for address in (
        f"{office}/activities/",
        f"{office}/activities/{own.token}/",
        f"{office}/activities/{own.token}/edit/",
        f"{office}/activities/quarter/",
        f"{office}/activities/tables/",
        f"{office}/declarations/",
        f"{office}/commitments/{commitment.token}/",
        f"{office}/actions/{action.token}/edit/",
        "/indicators/frameworks/blueprint/activities/",
    ):
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
        found = Axe().run(page, context="main")
        for one in found.response["violations"]:
            wrong.append(f"{address} {one['id']}: {one['nodes'][0]['html'][:160]}")
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if page.evaluate(width):
            wrong.append(f"{address} is wider than the phone")
    assert not wrong, "\n".join(wrong)
