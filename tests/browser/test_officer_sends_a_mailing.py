"""A communications officer writes to a segment, looks at it, sends it and sees who got it."""

import re

from playwright.sync_api import Page, expect

SEGMENT = "Everybody in the registry"
EMAIL, PASSWORD = "communications-officer@suara.example", "suara-demo-2026"


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile(r"/(?!accounts/login)"))


def write_mailing(page: Page, title: str) -> str:
    """Write a mailing in two languages; return the address of its overview."""
    page.goto("/office/campaigns/mailings/new/")
    page.fill("#id_title", title)
    page.select_option("#id_campaign", index=1)
    page.select_option("#id_segment", label=SEGMENT)
    write_text(page, 0, "en", "Hello {salutation}", "Welcome")
    page.get_by_role("button", name="Add Language").click()
    write_text(page, 1, "id", "Halo {salutation}", "Selamat datang")
    page.locator(
        "form[data-edit-form] button[type=submit], footer button[type=submit]"
    ).first.click()
    page.wait_for_url("**/mailings/m/**")
    return page.url


def write_text(page: Page, number: int, language: str, subject: str, heading: str) -> None:
    page.select_option(f"#id_contents-{number}-language", language)
    page.fill(f"#id_contents-{number}-subject", subject)
    form = page.locator(f"#inline_child_contents-{number}")
    form.locator("button.c-sf-add-button").first.click()
    page.get_by_role("option", name="Heading").click()
    form.locator(f"[name=contents-{number}-body-0-value]").fill(heading)


def test_a_mailing_goes_from_the_first_word_to_the_copies_in_the_outbox(demo_desktop: Page):
    page = demo_desktop
    sign_in(page)
    overview = write_mailing(page, "Written in Chromium")

    page.goto(overview + "audience/")
    expect(page.get_by_role("heading", name=re.compile("no consent"))).to_be_visible()
    excluded = page.locator(".mailing-names li").first.inner_text()

    page.goto(overview + "preview/?q=Bambang")
    page.get_by_role("link", name=re.compile("Bambang")).first.click()
    expect(page.locator(".mailing-head")).to_contain_text("Halo")
    frame = page.frame_locator("iframe.mailing-frame")
    expect(frame.get_by_role("heading", name="Selamat datang")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.locator(".mailing-head")).to_contain_text("Hello")

    page.goto(overview)
    page.get_by_role("button", name=re.compile("Send now")).click()
    expect(page.locator("[data-progress-state]")).to_have_text(
        re.compile("completed", re.IGNORECASE), timeout=60_000
    )
    expect(page.locator("[data-progress-percent]")).to_have_text("100")

    page.goto(overview + "recipients/?state=no_consent")
    expect(page.get_by_role("cell", name=excluded).first).to_be_visible()
    page.goto(overview + "recipients/?state=accepted")
    page.get_by_role("link", name="in the outbox").first.click()
    expect(page.frame_locator("iframe").get_by_role("link", name="Unsubscribe")).to_be_visible()
    name = page.locator("p.lead").inner_text().removeprefix("To ").split(" <")[0]

    # One click from the copy, as a mail program does it: no cookie, no token of the site.
    header = page.locator("dt", has_text=re.compile(r"^List-Unsubscribe$")).locator("+ dd")
    address = header.inner_text().strip("<>")
    answer = page.request.post(address, form={"List-Unsubscribe": "One-Click"})
    assert answer.status == 200

    page.goto(write_mailing(page, "The next one") + "audience/")
    expect(page.locator("#unsubscribed")).to_contain_text(name)
