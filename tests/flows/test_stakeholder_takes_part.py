"""Story 2: finding a consultation, registering, the calendar file, cancelling, the next in line."""

import re

import pytest

from engagement.models import Event, Registration
from tests.flows.browsing import Browser, link_in_mail, open_newest_mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

EVENT = "Regional consultation: measures of the ASCC Results Framework"
State = Registration.State


def seats() -> tuple[int, int]:
    """How many seats the consultation has, and how many people hold one or an offer of one."""
    event = Event.objects.get(title=EVENT)
    held = Registration.objects.filter(event=event, state__in=[State.CONFIRMED, State.OFFERED])
    return sum(pool.capacity for pool in event.pools.all()), held.count()


def ask_for_a_place(name: str, address: str) -> Browser:
    """Find the event in the list, fill the form in, and open the letter that comes."""
    browser = Browser()
    browser.open("/consultations/")
    browser.follow(re.escape(EVENT))
    browser.follow("^(Register|Join the waiting list)$")
    browser.send("form.form", name=name, address=address, consent="on")
    assert browser.page.h1.get_text(strip=True) == "Look into your mail"
    open_newest_mail(browser, address)
    return browser


def take_part(name: str, address: str) -> Browser:
    """Register and confirm by the mailed link; the browser then shows the own registration."""
    browser = ask_for_a_place(name, address)
    browser.open(link_in_mail(browser, r"/registrations/.+/confirm"))
    browser.send("main form[method=post]")
    return browser


def calendar_of(browser: Browser) -> str:
    """The calendar file offered on the registration's page, with its folded lines joined."""
    link = browser.page.find("a", string="Calendar file")
    answer = browser.get(link["href"])
    assert answer.headers["Content-Type"].startswith("text/calendar")
    return answer.content.decode().replace("\r\n ", "")


def test_the_mailed_link_alone_holds_no_place():
    wulan = ask_for_a_place("Wulan", "wulan@respondents.example")
    link, before = link_in_mail(wulan, r"/registrations/.+/confirm"), seats()
    for _visit in range(2):
        wulan.open(link)
        assert "No place is held yet" in wulan.text
    assert seats() == before


def test_a_confirmed_place_comes_with_a_calendar_file_of_its_time_zone():
    wulan = take_part("Wulan", "wulan@respondents.example")
    assert "Your place is confirmed" in wulan.text
    calendar = calendar_of(wulan)
    assert "BEGIN:VTIMEZONE" in calendar and "TZID:Asia/Jakarta" in calendar
    assert re.search(r"DTSTART;TZID=Asia/Jakarta:\d{8}T090000", calendar)

    open_newest_mail(wulan, "wulan@respondents.example")
    attached = wulan.page.select_one('a[href*="/attachments/"]')
    assert attached.get_text().endswith(".ics")
    letter = wulan.get(attached["href"]).content.decode()
    assert "BEGIN:VTIMEZONE" in letter.replace("\r\n ", "")


def test_a_cancelled_seat_is_offered_and_mailed_to_the_next_in_line():
    wulan = take_part("Wulan", "wulan@respondents.example")
    capacity, held = seats()
    assert held == capacity
    bima = take_part("Bima Áé <b>bold</b>", "bima@respondents.example")
    assert "You are number 1 on the waiting list" in bima.text
    assert "Bima Áé <b>bold</b>" in bima.text, "The name is shown as text."
    bimas_place = bima.address

    wulan.follow("Cancel my registration")
    wulan.send("main form[method=post]")
    assert "This registration has ended" in wulan.text
    assert wulan.get(f"{wulan.address}calendar.ics").status_code == 404

    open_newest_mail(bima, "bima@respondents.example", subject="seat")
    bima.open(link_in_mail(bima, r"/registrations/"))
    assert bima.address == bimas_place
    assert "A seat is kept for you" in bima.text
    bima.send("form[action$='/offer/']", answer="accept")
    assert "Your place is confirmed" in bima.text
    assert seats() == (capacity, capacity)
