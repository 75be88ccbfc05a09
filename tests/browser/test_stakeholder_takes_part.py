"""Story 2: registering for a consultation, the calendar file, cancelling, and the next in line."""

import re

from playwright.sync_api import Page, expect

from tests.browser.outbox import link_in_mail, open_newest_mail

EVENT = "/consultations/results-framework-regional-consultation/"


def register(page: Page, *, name: str, address: str) -> None:
    """Find the event from the list, fill the form, and confirm by the mailed link."""
    page.goto("/consultations/")
    page.get_by_role("link", name=re.compile("Regional consultation: measures")).click()
    page.get_by_role("link", name=re.compile("^(Register|Join the waiting list)$")).first.click()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail address").fill(address)
    page.locator("input[name=consent]").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

    open_newest_mail(page, address)
    page.goto(link_in_mail(page, r"/registrations/.+/confirm"))
    page.get_by_role("button", name="Yes, ask for my place").click()
    page.wait_for_load_state()


def test_a_cancelled_seat_is_offered_to_the_next_in_line(open_demo):
    wulan, bima = open_demo(width=390, height=844, is_mobile=True), open_demo()

    register(wulan, name="Wulan", address="wulan@respondents.example")
    expect(wulan.get_by_text("Your place is confirmed")).to_be_visible()
    wulans_place = wulan.url
    with wulan.expect_download() as download:
        wulan.get_by_role("link", name="Calendar file").click()
    calendar = download.value.path().read_text(encoding="utf-8")
    assert "BEGIN:VTIMEZONE" in calendar and "TZID:Asia/Jakarta" in calendar
    assert re.search(r"DTSTART;TZID=Asia/Jakarta:\d{8}T090000", calendar)

    register(bima, name="Bima Áé <b>bold</b>", address="bima@respondents.example")
    expect(bima.get_by_text("You are number 1 on the waiting list")).to_be_visible()
    expect(bima.get_by_text("Bima Áé <b>bold</b>").first).to_be_visible()
    bimas_place = bima.url

    wulan.goto(wulans_place)
    wulan.get_by_role("link", name="Cancel my registration").click()
    wulan.get_by_role("button", name="Yes, cancel it").click()
    expect(wulan.get_by_text("This registration has ended")).to_be_visible()

    open_newest_mail(bima, "bima@respondents.example", subject="seat")
    bima.goto(bimas_place)
    expect(bima.get_by_text("A seat is kept for you")).to_be_visible()
    bima.get_by_role("button", name="Accept the seat").click()
    expect(bima.get_by_text("Your place is confirmed")).to_be_visible()


def test_opening_the_mailed_link_alone_changes_nothing(demo_phone):
    demo_phone.goto(EVENT)
    demo_phone.get_by_role(
        "link", name=re.compile("^(Register|Join the waiting list)$")
    ).first.click()
    demo_phone.get_by_label("Your name").fill("Sari")
    demo_phone.get_by_label("E-mail address").fill("sari@respondents.example")
    demo_phone.locator("input[name=consent]").check()
    demo_phone.get_by_role("button", name="Send", exact=True).click()
    open_newest_mail(demo_phone, "sari@respondents.example")
    link = link_in_mail(demo_phone, r"/registrations/.+/confirm")
    for _visit in range(2):
        demo_phone.goto(link)
        expect(demo_phone.get_by_text("No place is held yet")).to_be_visible()
