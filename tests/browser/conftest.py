"""A real Chromium against a real server, at the width of a phone and of a desk."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


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
def open_page(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
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
    assert errors == [], "Scripts failed in the browser."


@pytest.fixture
def phone(open_page) -> Page:
    """A page as a phone shows it."""
    return open_page(width=390, height=844, is_mobile=True, has_touch=True)


@pytest.fixture
def desktop(open_page) -> Page:
    """A page as a desk shows it."""
    return open_page()
