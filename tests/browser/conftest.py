"""A real Chromium against a real server, at the width of a phone and of a desk.

`phone` and `desktop` look at the test's own live server. `demo_phone` and `demo_desktop` look at
the demonstration as `make run` starts it, with its worker and outbox; those windows are watched
for script errors, Content-Security-Policy violations and server errors.
"""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.stack import Stack, demonstration
from tests.servers import wait_until

# On a busy machine a page may take longer than Playwright's five seconds; that is no failure.
expect.set_options(timeout=20_000)

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(tryfirst=True)  # Before the names of groups are read off the items.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs Chromium, and runs one after the other in one process."""
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.needs_chromium)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The installed Chromium, started once."""
    from tests.availability import obtain

    # Playwright keeps an event loop in this thread, which Django would otherwise refuse.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=obtain(request.config, "needs_chromium"),
            args=[*FLAGS, *(["--no-sandbox"] if root else [])],
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def until_answered() -> Iterator[Callable[[], object]]:
    """Waits until the live server has answered everything: a page's last words may come late, and
    the database is put back under the feet of whoever still writes."""
    under_way: set[int] = set()

    def begin(**_signal) -> None:
        under_way.add(threading.get_ident())

    def end(**_signal) -> None:
        under_way.discard(threading.get_ident())

    request_started.connect(begin)
    request_finished.connect(end)
    yield lambda: wait_until(lambda: not under_way, seconds=20, what="the last request")
    request_started.disconnect(begin)
    request_finished.disconnect(end)


@pytest.fixture
def open_page(browser: Browser, live_server, until_answered) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser context of its own: `open_page(width=390, java_script_enabled=False)`.

    Relative addresses lead to the live server. A script error on any page fails the test.
    """
    contexts, errors = [], []

    def open_it(*, width: int = 1280, height: int = 900, **options) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(15_000)
        return page

    yield open_it
    for context in contexts:
        context.close()
    until_answered()
    assert errors == [], "Scripts failed in the browser."


@pytest.fixture
def phone(open_page) -> Page:
    """A page as a phone shows it."""
    return open_page(width=390, height=844, is_mobile=True, has_touch=True)


@pytest.fixture
def desktop(open_page) -> Page:
    """A page as a desk shows it."""
    return open_page()


@pytest.fixture(scope="package")
def stack(loaded_folder: Path) -> Iterator[Stack]:
    """The running demonstration, started once for all stories; it would go on working after them."""
    with demonstration(loaded_folder) as running:
        yield running


@pytest.fixture
def open_demo(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """Open a watched window on the demonstration: `open_demo(width=390, is_mobile=True)`."""
    contexts, complaints = [], []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
        page.on("console", lambda message: _note_console(message, complaints))
        page.on("response", lambda response: _note_response(response, complaints))

    def open_it(*, width: int = 1280, height: int = 900, **options) -> Page:
        context = browser.new_context(
            base_url=stack.url, viewport={"width": width, "height": height}, **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on("page", watch)
        return context.new_page()

    yield open_it
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained: " + "; ".join(complaints)


def _note_console(message, complaints: list[str]) -> None:
    expected = "the server responded with a status of 4" in message.text
    if message.type == "error" and not expected:
        complaints.append(f"console: {message.text}")


def _note_response(response, complaints: list[str]) -> None:
    if response.status >= 500:
        complaints.append(f"{response.status} {response.url}")


@pytest.fixture
def demo_phone(open_demo) -> Page:
    """The demonstration as a phone shows it."""
    return open_demo(width=390, height=844, is_mobile=True, has_touch=True)


@pytest.fixture
def demo_desktop(open_demo) -> Page:
    """The demonstration as a desk shows it."""
    return open_demo()


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """Sign a demonstration role in: `sign_in(page, "communications_officer")`."""

    def sign_in_(page: Page, role: str) -> None:
        page.goto("/accounts/login/")
        page.fill("input[name=login]", f"{role.replace('_', '-')}@suara.example")
        page.fill("input[name=password]", "suara-demo-2026")
        page.click("main form button[type=submit]")
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    return sign_in_
