import pytest
from django.urls import reverse

from cms.views.search import only_words
from tests.cms import factories, markup
from tests.indicators.factories import make_indicator

pytestmark = pytest.mark.django_db


def test_the_language_changes_without_a_script_and_returns_to_the_page(client):
    factories.make_home()
    answer = client.post(reverse("set_language"), {"language": "id", "next": "/search/?q=x"})
    assert answer["Location"] == "/search/?q=x"
    assert '<html lang="id"' in client.get("/search/").content.decode()


def test_the_language_form_leads_nowhere_else(client):
    answer = client.post(
        reverse("set_language"), {"language": "id", "next": "https://elsewhere.example/"}
    )
    assert "elsewhere" not in answer["Location"]


def test_search_finds_pages_indicators_and_events(client):
    home = factories.make_home()
    from cms.models import StandardPage

    factories.make_page(StandardPage, home, title="Mangroves of the region")
    make_indicator("mangrove-cover", title="Mangrove cover")
    factories.make_event(title="Mangroves: a consultation")
    text = client.get("/search/?q=mangrove").content.decode()
    assert "Mangrove cover" in text and "Mangroves: a consultation" in text
    assert "Mangroves of the region" in client.get("/search/?q=mangroves").content.decode()


def test_search_shows_nothing_that_is_not_public(client):
    factories.make_home()
    make_indicator("secret", title="Secret mangrove", is_published=False)
    factories.make_event(title="Restricted mangrove", visibility="restricted")
    factories.make_wave(title="Drafted mangrove", state="drafted")
    assert "mangrove</a>" not in client.get("/search/?q=mangrove").content.decode()


@pytest.mark.parametrize(
    "words", ["", " ", '"', "<b>", "a AND", "NOT", "*", "(", "ก่อน", "x" * 5000, "%", "\\", "\x01"]
)
def test_no_search_brings_an_error(client, words):
    factories.make_home()
    answer = client.get("/search/", {"q": words})
    assert answer.status_code == 200
    assert markup.faults(answer.content.decode()) == []


def test_words_keep_the_marks_that_thai_is_written_with():
    assert only_words('"ก่อน" AND <x>') == "ก่อน and x"


def test_the_style_guide_is_shown_in_debug_only(client, settings):
    settings.DEBUG = True
    answer = client.get("/styleguide/")
    assert answer.status_code == 200
    assert markup.faults(answer.content.decode()) == []
    settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_the_ways_in_are_in_the_design(client, name):
    factories.make_home()
    html = client.get(reverse(name)).content.decode()
    assert "site-header" in html
    assert markup.faults(html) == []


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "mfa_index"])
def test_the_account_pages_are_in_the_design(client_for, name):
    factories.make_home()
    html = client_for("analyst").get(reverse(name)).content.decode()
    assert "site-header" in html
    assert markup.faults(html) == []
