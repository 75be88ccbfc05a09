"""Reading a person's mail in the outbox page, as somebody trying the demonstration does."""

import re

from playwright.sync_api import Page

from tests.servers import wait_until


def open_newest_mail(page: Page, address: str, *, subject: str = "", seconds: float = 15) -> None:
    """Open the newest message to `address` whose subject contains `subject`, once it is there."""

    def arrived() -> bool:
        page.goto(f"/outbox/?q={address}")
        return page.locator(".mail-list a", has_text=re.compile(subject, re.I)).count() > 0

    wait_until(arrived, seconds=seconds, what=f"no mail about {subject!r} to {address}")
    page.locator(".mail-list a", has_text=re.compile(subject, re.I)).first.click()
    page.wait_for_load_state()


def link_in_mail(page: Page, pattern: str) -> str:
    """The first address in the opened message's text part that matches `pattern`."""
    for address in page.locator(".mail-text a").evaluate_all("links => links.map(a => a.href)"):
        if re.search(pattern, address):
            return address
    raise AssertionError(f"No link like {pattern!r} in the mail at {page.url}.")
