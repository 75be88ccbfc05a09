"""Takes the README's pictures: `.venv/bin/python -m docs.screenshots` with the demonstration running.

Another address than http://127.0.0.1:8000 is given as the first argument.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests import servers

IMAGES = Path(__file__).parent / "images"
PASSWORD = "suara-demo-2026"  # noqa: S105  (the demonstration's, printed at every start)
# Role, then the addresses to follow: a path, or the words of a link on the page before.
OFFICE = {
    "communications-officer": ["/office/campaigns/mailings/", "Opening letter"],
    "engagement-officer": ["/office/registrations/"],
    "survey-manager": ["/office/surveys/waves/", "ASEAN awareness 2026"],
    "national-focal-point": ["/office/stakeholders/people/"],
    "sectoral-body-reporter": ["/office/indicators/activities/"],
    "approver": ["/office/"],
    "administrator": ["/office/users/"],
}


def main(base: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=servers.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        _indicator(browser, base)
        _survey_on_a_phone(browser, base)
        for role, steps in OFFICE.items():
            _office(browser, base, role, steps)
        browser.close()


def _window(browser: Browser, base: str, **options) -> Page:
    page = browser.new_context(base_url=base, **options).new_page()
    page.set_default_timeout(30_000)
    return page


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png", page.url)  # noqa: T201
    page.context.close()


def _indicator(browser: Browser, base: str) -> None:
    page = _window(browser, base, viewport={"width": 1280, "height": 1000})
    page.goto("/indicators/kpi-22/")
    _save(page, "analyst")


def _survey_on_a_phone(browser: Browser, base: str) -> None:
    page = _window(browser, base, viewport={"width": 390, "height": 844}, is_mobile=True)
    page.goto("/surveys/asean-awareness-2026/")
    page.get_by_text("ไทย", exact=True).first.click()
    page.locator("#consent").check()
    page.locator("form.respondent__begin button[type=submit]").click()
    _save(page, "public")


def _office(browser: Browser, base: str, role: str, steps: list[str]) -> None:
    page = _window(browser, base, viewport={"width": 1280, "height": 800})
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{role}@suara.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    for step in steps:
        if step.startswith("/"):
            page.goto(step)
        else:
            page.locator("main a", has_text=step).first.click()
            page.wait_for_load_state()
    _save(page, role)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
