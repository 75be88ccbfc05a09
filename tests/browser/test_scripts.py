"""Khmer, Lao, Burmese, Thai and Tamil are drawn on machines without a font for them."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from surveys.models import Wave
from tests.availability import obtain
from tests.surveys.factories import awareness_document, make_questionnaire, make_wave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]

# Each script's own files; the first holds no more than the language's name.
FILES = {
    "th": {"thai.woff2", "noto-sans-thai.woff2"},
    "km": {"khmer.woff2", "noto-sans-khmer.woff2"},
    "lo": {"lao.woff2", "noto-sans-lao.woff2"},
    "my": {"myanmar.woff2", "noto-sans-myanmar-400.woff2", "noto-sans-myanmar-700.woff2"},
    "ta": {"tamil.woff2", "noto-sans-tamil.woff2"},
}


@pytest.fixture
def site(transactional_db):
    from wagtail.models import Locale, Site
    from wagtail.models import Page as WagtailPage

    Locale.objects.get_or_create(language_code="en")
    root = WagtailPage.objects.filter(depth=1).first() or WagtailPage.add_root(
        title="Root", slug="root"
    )
    Site.objects.get_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": root}
    )


@pytest.fixture
def bare_browser(request, browser: Browser, tmp_path: Path):
    """Chromium on a machine that has fonts for Latin letters only."""
    folders = [
        folder
        for name in ("dejavu", "liberation")
        if (folder := Path("/usr/share/fonts/truetype") / name).is_dir()
    ]
    if not folders:
        pytest.skip("This machine has no font of Latin letters alone.")
    settings = tmp_path / "fonts.conf"
    listed = "".join(f"<dir>{folder}</dir>" for folder in folders)
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig>{listed}<cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    bare = browser.browser_type.launch(
        executable_path=obtain(request.config, "needs_chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        env=os.environ | {"FONTCONFIG_FILE": str(settings)},
    )
    yield bare
    bare.close()


def awareness() -> Wave:
    return make_wave(questionnaire=make_questionnaire(document=awareness_document()))


def open_in(browser: Browser, address: str, language: str) -> tuple[Page, set[str]]:
    """The page at phone width, and the names of the font files it fetched."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=language)
    page, fetched = context.new_page(), set()
    page.on(
        "requestfinished",
        lambda request: (
            fetched.add(request.url.rpartition("/")[2]) if request.url.endswith(".woff2") else None
        ),
    )
    page.goto(address)
    page.evaluate("document.fonts.ready.then(() => true)")
    return page, fetched


@pytest.mark.parametrize("language", FILES)
def test_a_machine_without_the_script_fetches_its_letters_and_no_others(
    bare_browser, live_server, language
):
    wave = awareness()
    page, fetched = open_in(bare_browser, f"{live_server.url}/surveys/{wave.slug}/", language)

    assert page.evaluate("document.documentElement.lang") == language
    assert fetched == FILES[language]
    failed = "[...document.fonts].filter((face) => face.status === 'error').length"
    assert page.evaluate(failed) == 0


def test_a_page_in_latin_letters_fetches_no_font(bare_browser, live_server):
    wave = awareness()
    _page, fetched = open_in(bare_browser, f"{live_server.url}/surveys/{wave.slug}/", "id-ID")

    assert fetched == set()


def test_the_list_of_languages_shows_each_name_in_its_letters_once_opened(
    bare_browser, live_server
):
    wave = awareness()
    page, fetched = open_in(bare_browser, f"{live_server.url}/surveys/{wave.slug}/", "en")
    page.locator(".respondent__languages summary").click()
    page.evaluate("document.fonts.ready.then(() => true)")

    page.get_by_role("link", name="ខ្មែរ").wait_for()
    assert fetched == {f"{name}.woff2" for name in ("thai", "khmer", "lao", "myanmar", "tamil")}
    page.get_by_role("link", name="ខ្មែរ").click()
    page.wait_for_url("**language=km")
    assert page.evaluate("document.documentElement.lang") == "km"
