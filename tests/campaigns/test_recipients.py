"""What the links of a copy do, and what they never do."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from campaigns import audiences
from campaigns.engine import tick
from campaigns.models import Link, LinkClick
from engagement.models import Consent
from tests.campaigns.factories import AT, make_mailing, make_person, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(outbox):
    make_person("Amina", address="amina@people.example")
    mailing = start(make_mailing())
    for step in range(3):
        tick(at=AT + timedelta(seconds=step))
    return mailing.deliveries.get()


def address_in(outbox, header="List-Unsubscribe"):
    [name] = outbox.names()
    url = outbox.read(name)[header].strip("<>")
    return re.sub(r"^https?://[^/]+", "", url)


def bare_client():
    return Client(enforce_csrf_checks=True)


def test_one_click_from_a_copy_removes_the_person_from_the_next_mailing(outbox, delivery):
    answer = bare_client().post(address_in(outbox), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    following = audiences.count(make_mailing(), at=AT)
    assert [(e.reason, e.count) for e in following.exclusions] == [("unsubscribed", 1)]
    assert following.recipients == 0


def test_the_form_encoded_one_click_of_the_standard_is_understood(outbox, delivery):
    answer = bare_client().post(
        address_in(outbox),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert not Consent.objects.current(purpose="campaigns").exists()


def test_repeating_it_is_harmless(outbox, delivery):
    for _ in range(3):
        bare_client().post(address_in(outbox), {"List-Unsubscribe": "One-Click"})
    assert Consent.objects.filter(state="withdrawn").count() == 1


def test_whoever_shares_the_mailbox_is_out_too(outbox, delivery):
    make_person("Boris", address="AMINA@people.example")
    bare_client().post(address_in(outbox), {"List-Unsubscribe": "One-Click"})
    assert audiences.count(make_mailing(), at=AT).recipients == 0


def test_opening_every_link_changes_nothing(outbox, delivery):
    [name] = outbox.names()
    html = outbox.read(name).get_body(("html",)).get_content()
    paths = [re.sub(r"^https?://[^/]+", "", url) for url in re.findall(r'href="([^"]+)"', html)]
    assert len(paths) >= 5
    for path in [*paths, address_in(outbox)]:
        for method in ("get", "head"):
            assert getattr(bare_client(), method)(path).status_code in (200, 302), path
    assert Consent.objects.current(purpose="campaigns").count() == 1
    assert LinkClick.objects.filter(is_machine=False).count() == 0


def test_a_post_without_the_words_of_the_standard_changes_nothing(outbox, delivery):
    answer = bare_client().post(address_in(outbox), {"something": "else"})
    assert answer.status_code == 422
    assert Consent.objects.current(purpose="campaigns").count() == 1


@pytest.mark.parametrize(
    "path", ["/u/nobody/", "/preferences/nobody/", "/mailings/nobody/", "/l/a/b/"]
)
def test_an_unknown_token_is_not_found(path):
    assert bare_client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/u/preview/", "/preferences/preview/", "/mailings/preview/"])
def test_links_of_a_preview_do_nothing(path):
    assert bare_client().get(path).status_code == 200
    assert "preview" in bare_client().get(path).content.decode()
    if path == "/u/preview/":
        answer = bare_client().post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not Consent.objects.exists()


def test_the_redirect_leads_only_to_links_of_that_mailing(outbox, delivery):
    link = Link.objects.get(url="https://example.org/plan")
    answer = bare_client().get(f"/l/{link.token}/{delivery.token}/?to=https://evil.example")
    assert answer["Location"] == "https://example.org/plan"
    assert bare_client().get(f"/l/{link.token}/someone-else/").status_code == 404


def test_a_click_long_after_the_arrival_is_a_persons(outbox, delivery, monkeypatch):
    link = Link.objects.first()
    agent = {"HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140"}
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(minutes=5))
    bare_client().get(f"/l/{link.token}/{delivery.token}/", **agent)
    delivery.refresh_from_db()
    assert delivery.clicked_at
    assert delivery.shown_state == "clicked"


def test_preferences_are_kept_with_wording_and_evidence(outbox, delivery):
    path = f"/preferences/{delivery.token}/"
    assert bare_client().get(path).status_code == 200
    answer = bare_client().post(path, {"purposes": ["events"], "language": "id"})
    assert answer.status_code == 200
    given = Consent.objects.current(purpose="events").get()
    assert "preference page" in given.evidence
    assert given.wording
    assert not Consent.objects.current(purpose="campaigns").exists()
    delivery.person.refresh_from_db()
    assert delivery.person.language == "id"


def test_a_tampered_choice_is_refused_and_nothing_is_stored(outbox, delivery):
    before = Consent.objects.count()
    answer = bare_client().post(f"/preferences/{delivery.token}/", {"purposes": ["everything"]})
    assert answer.status_code == 422
    assert Consent.objects.count() == before


def test_the_copy_can_be_read_in_the_browser_without_scripts(outbox, delivery):
    page = bare_client().get(f"/mailings/{delivery.token}/")
    assert page.status_code == 200
    assert "script-src" not in page["Content-Security-Policy"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "Amina" in page.content.decode()
