"""A phone that loses its connection: what was answered is kept on it, and sent once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from surveys.models import PageKey, Response
from tests.browser.test_answering import _site, begin, go_on  # noqa: F401 (a fixture)
from tests.servers import wait_until
from tests.surveys.factories import make_wave

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = "Kept on this phone, will be sent"


def is_guarded(page: Page) -> bool:
    """Whether the service worker leads this page and has the page without a connection laid in."""
    return page.evaluate(
        """async () => {
            if (!navigator.serviceWorker.controller) return false;
            for (const name of await caches.keys()) {
                const store = await caches.open(name);
                for (const entry of await store.keys()) {
                    if (new URL(entry.url).pathname.endsWith("/offline/")) return true;
                }
            }
            return false;
        }"""
    )


def wait_for_guard(page: Page) -> None:
    wait_until(lambda: is_guarded(page), seconds=30, what="no service worker")


def left_on_the_phone(page: Page) -> int:
    """How many pages of answers are written down in this browser."""
    return page.evaluate(
        """async () => {
            let many = 0;
            for (const { name } of await indexedDB.databases()) {
                const opened = await new Promise((resolve) => {
                    const opening = indexedDB.open(name);
                    opening.onsuccess = () => resolve(opening.result);
                });
                if (opened.objectStoreNames.contains("posts")) {
                    many += await new Promise((resolve) => {
                        const asking = opened.transaction("posts").objectStore("posts").count();
                        asking.onsuccess = () => resolve(asking.result);
                    });
                }
                opened.close();
            }
            return many;
        }"""
    )


def answer_first_page(page: Page) -> None:
    page.get_by_label("Yes").check()
    page.get_by_label("Television").check()


def test_check_24_losing_the_connection_on_next_keeps_the_page_and_sends_it_by_itself(phone):
    begin(phone, make_wave())
    wait_for_guard(phone)
    answer_first_page(phone)
    phone.context.set_offline(True)
    go_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("No connection")
    expect(phone.get_by_text(KEPT)).to_be_visible()
    assert left_on_the_phone(phone) == 1

    phone.context.set_offline(False)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Second")
    assert Response.objects.get().answers["where"] == ["tv"]
    assert left_on_the_phone(phone) == 0


def test_check_24_nothing_is_lost_by_a_reload_without_a_connection(phone):
    begin(phone, make_wave())
    wait_for_guard(phone)
    answer_first_page(phone)
    phone.context.set_offline(True)
    go_on(phone)
    expect(phone.get_by_text(KEPT)).to_be_visible()
    phone.reload()

    expect(phone.get_by_text(KEPT)).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Second")
    assert Response.objects.get().answers == {"heard": "yes", "where": ["tv"]}


def test_the_last_page_sent_without_a_connection_becomes_one_response(phone):
    begin(phone, make_wave())
    wait_for_guard(phone)
    phone.get_by_label("No", exact=True).check()
    go_on(phone)
    phone.get_by_label("Cambodia").check()
    phone.context.set_offline(True)
    phone.locator(".respondent__buttons .respondent__next").dblclick()
    expect(phone.get_by_text(KEPT)).to_be_visible()
    phone.context.set_offline(False)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Response.objects.get().state == "submitted"
    assert PageKey.objects.count() == 1


def test_check_24_a_page_whose_answer_got_lost_is_sent_again_and_counts_once(phone):
    """The server has stored the page, but the phone never heard so."""
    begin(phone, make_wave())
    wait_for_guard(phone)
    phone.get_by_label("No", exact=True).check()
    go_on(phone)
    phone.get_by_label("Cambodia").check()
    sent = []

    def lose_the_answer(route) -> None:
        if route.request.method != "POST" or sent:
            route.continue_()
            return
        sent.append(route.fetch(max_redirects=0).status)
        route.abort("connectionreset")

    phone.context.route("**/answer/**", lose_the_answer)
    go_on(phone)

    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert sent == [302]
    assert Response.objects.count() == PageKey.objects.count() == 1


def test_what_is_typed_is_saved_without_pressing_anything(phone):
    begin(phone, make_wave())
    answer_first_page(phone)
    go_on(phone)
    phone.get_by_label("How old?").fill("34")

    expect(phone.get_by_role("status")).to_have_text("Saved")
    response = Response.objects.get()
    assert response.answers["age"] == 34
    assert response.last_page == "second"
    phone.reload()
    expect(phone.get_by_label("How old?")).to_have_value("34")


def test_what_is_typed_without_a_connection_is_kept_and_said_to_be(phone):
    begin(phone, make_wave())
    wait_for_guard(phone)
    answer_first_page(phone)
    go_on(phone)
    phone.context.set_offline(True)
    phone.get_by_label("How old?").fill("34")
    expect(phone.get_by_role("status")).to_have_text(KEPT)

    phone.context.set_offline(False)
    phone.reload()
    expect(phone.get_by_label("How old?")).to_have_value("34")
    assert left_on_the_phone(phone) == 0


def test_the_browsers_own_back_button_loses_nothing(phone):
    begin(phone, make_wave())
    answer_first_page(phone)
    go_on(phone)
    phone.get_by_label("How old?").fill("41")
    expect(phone.get_by_role("status")).to_have_text("Saved")
    phone.go_back()
    expect(phone.get_by_label("Television")).to_be_checked()
    phone.go_forward()

    expect(phone.get_by_label("How old?")).to_have_value("41")


def test_a_shared_phone_shows_nothing_after_handing_in(phone):
    begin(phone, make_wave())
    wait_for_guard(phone)
    phone.get_by_label("No", exact=True).check()
    go_on(phone)
    phone.get_by_label("Cambodia").check()
    phone.get_by_label("Comment").fill("My name is Sok")
    go_on(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")

    def is_clean() -> bool:
        return phone.evaluate(
            """async () => (await indexedDB.databases()).length === 0
                && (await caches.keys()).length === 0
                && (await navigator.serviceWorker.getRegistrations()).length === 0"""
        )

    wait_until(is_clean, seconds=15, what="something of the answers stays on the phone")
    phone.go_back()
    phone.wait_for_load_state()
    assert "Sok" not in phone.content()
    expect(phone.get_by_role("heading", name="Third")).to_have_count(0)


def test_a_wave_that_pauses_meanwhile_takes_the_page_later(phone):
    wave = make_wave()
    begin(phone, wave)
    wait_for_guard(phone)
    answer_first_page(phone)
    phone.context.set_offline(True)
    go_on(phone)
    expect(phone.get_by_text(KEPT)).to_be_visible()
    type(wave).objects.update(state="paused")
    phone.context.set_offline(False)
    expect(phone.get_by_text(re.compile("paused"))).to_be_visible()
    assert left_on_the_phone(phone) == 1

    type(wave).objects.update(state="collecting")
    phone.goto(f"/surveys/{wave.slug}/answer/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Second")
    assert Response.objects.get().answers["where"] == ["tv"]


@pytest.fixture
def restartable(browser, live_server, tmp_path) -> Callable[[], BrowserContext]:
    """A browser with a folder of its own: `restartable()` closes it and starts it again."""
    from tests.browser.conftest import FLAGS

    running: list[BrowserContext] = []

    def start() -> BrowserContext:
        while running:
            running.pop().close()
        kind = browser.browser_type
        context = kind.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path="/usr/bin/chromium",
            args=[*FLAGS, "--no-sandbox"],
            base_url=live_server.url,
            viewport={"width": 390, "height": 844},
        )
        context.set_default_timeout(20_000)
        running.append(context)
        return context

    yield start
    while running:
        running.pop().close()


def test_check_24_a_restart_of_the_browser_loses_nothing(restartable):
    wave = make_wave()
    page = restartable().pages[0]
    begin(page, wave)
    wait_for_guard(page)
    answer_first_page(page)
    page.context.set_offline(True)
    go_on(page)
    expect(page.get_by_text(KEPT)).to_be_visible()

    page = restartable().pages[0]
    page.goto(f"/surveys/{wave.slug}/answer/")

    expect(page.get_by_role("heading", level=1)).to_have_text("Second")
    assert Response.objects.get().answers == {"heard": "yes", "where": ["tv"]}
    assert left_on_the_phone(page) == 0
