"""Takes the pictures of the README and the guides, with the demonstration running.

`.venv/bin/python -m docs.screenshots`, where nobody has changed anything in it yet. Another address than http://127.0.0.1:8000 is given as the first argument.
"""

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests import servers

IMAGES = Path(__file__).parent / "images"
PASSWORD = "suara-demo-2026"  # noqa: S105  (the demonstration's, printed at every start)
# What anybody sees: the picture, then the addresses to follow: a path, the words of a link on the
# page before, or a place on it to scroll to.
PUBLIC = {
    "analyst": ["/indicators/kpi-22/"],
    "asean-mean": ["/indicators/neighbours-health-volunteers/", ".ledger-head"],
    "member-state": ["/indicators/areas/VN/?framework=neighbours"],
    "what-changed": ["/indicators/changes/"],
    "report": ["/indicators/reports/", "first report", "#results"],
}
# The picture, the role that signs in, and what it follows.
OFFICE = {
    "communications-officer": (
        "communications-officer",
        ["/office/campaigns/mailings/", "Opening letter"],
    ),
    "engagement-officer": ("engagement-officer", ["/office/registrations/"]),
    "survey-manager": ("survey-manager", ["/office/surveys/waves/", "ASEAN awareness 2026"]),
    "national-focal-point": ("national-focal-point", ["/office/stakeholders/people/"]),
    "sectoral-body-reporter": ("sectoral-body-reporter", ["/office/indicators/activities/"]),
    "reporting-round": ("analyst", ["/office/indicators/rounds/", "Quarterly reporting"]),
    "approver": ("approver", ["/office/"]),
    "administrator": ("administrator", ["/office/users/"]),
}
# Where what matters stands below the first 800 pixels.
HEIGHTS = {"reporting-round": 1100}


def main(base: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=servers.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, steps in PUBLIC.items():
            page = _window(browser, base, viewport={"width": 1280, "height": 1000})
            _follow(page, steps)
            _save(page, name)
        _survey_on_a_phone(browser, base)
        for name, (role, steps) in OFFICE.items():
            height = HEIGHTS.get(name, 800)
            page = _window(browser, base, viewport={"width": 1280, "height": height})
            _sign_in(page, role)
            _follow(page, steps)
            _save(page, name)
        browser.close()


def _window(browser: Browser, base: str, **options) -> Page:
    page = browser.new_context(base_url=base, **options).new_page()
    page.set_default_timeout(30_000)
    return page


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    # Screens have few colours: a palette of them takes a third of the bytes.
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"docs/images/{name}.png", page.url)  # noqa: T201
    page.context.close()


def _survey_on_a_phone(browser: Browser, base: str) -> None:
    page = _window(browser, base, viewport={"width": 390, "height": 844}, is_mobile=True)
    page.goto("/surveys/asean-awareness-2026/?language=th")
    page.locator("#consent").check()
    page.locator("form.respondent__begin button[type=submit]").click()
    _save(page, "public")


def _sign_in(page: Page, role: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{role}@suara.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


def _follow(page: Page, steps: list[str]) -> None:
    for step in steps:
        if step.startswith("/"):
            page.goto(step)
        elif step.startswith(("#", ".")):
            page.evaluate("place => document.querySelector(place).scrollIntoView()", step)
        else:
            page.locator("main a", has_text=step).first.click()
            page.wait_for_load_state()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
