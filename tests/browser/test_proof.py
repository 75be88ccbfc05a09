"""The proof of work in a real browser: nobody who runs our script notices it."""

import pytest
from playwright.sync_api import Page, expect

from surveys.models import Response
from tests.browser.test_answering import _site, begin, go_on  # noqa: F401 (a fixture)
from tests.surveys.factories import make_wave

pytestmark = pytest.mark.django_db(transaction=True)


def answer_all(page: Page) -> None:
    page.get_by_label("No", exact=True).check()
    go_on(page)
    page.get_by_label("Cambodia").check()
    go_on(page)


def test_the_browser_proves_its_work_beside_the_questions(phone):
    begin(phone, make_wave(protection="always"))
    answer_all(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    response = Response.objects.get()
    assert response.paradata["proof"] == "work"
    assert not response.flags.filter(kind="lower_trust").exists()


def test_who_is_asked_at_the_end_is_let_through_by_the_script(phone):
    """The wave was made stricter after this browser had sent its pages without a proof."""
    wave = make_wave(protection="off")
    begin(phone, wave)
    phone.get_by_label("No", exact=True).check()
    go_on(phone)
    phone.get_by_label("Cambodia").check()
    type(wave).objects.update(protection="always")
    go_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Response.objects.get().paradata["proof"] == "work"


def test_check_20_without_a_script_a_sum_and_a_short_wait_lead_through(open_page):
    page = open_page(width=390, java_script_enabled=False)
    begin(page, make_wave(protection="always"))
    answer_all(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("One last step")

    for _try in range(20):
        first, second = page.locator("label[for=sum]").inner_text().split(" is ")[1][:-1].split("+")
        page.locator("#sum").fill(str(int(first) + int(second)))
        page.get_by_role("button", name="Send my answers").click()
        if page.get_by_role("heading", level=1).inner_text() == "Thank you":
            break
    assert Response.objects.get().paradata["proof"] == "question"
