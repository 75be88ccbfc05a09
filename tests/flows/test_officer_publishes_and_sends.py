"""Story 3: a communications officer publishes a page, sends a mailing and sees who got it."""

import re

import pytest
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from campaigns.engine import tick
from campaigns.models import Campaign, Mailing
from cms.models import HomePage
from engagement.models import Consent, Person, Segment
from indicators.models import Area, Indicator
from surveys.models import Wave
from tests.flows.browsing import Browser, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

OFFICER, PASSWORD = "communications-officer@suara.example", "suara-demo-2026"
SEGMENT = "Everybody in the registry"


@pytest.fixture
def officer() -> Browser:
    """The demonstration's communications officer, signed in by the site's own form."""
    browser = Browser()
    browser.sign_in(OFFICER, PASSWORD)
    assert browser.address == "/office/"
    return browser


def code_of(secret: str) -> str:
    """What an authenticator app shows at the moment."""
    return auth.format_hotp_value(
        auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time()))
    )


def write_page(officer: Browser, slug: str) -> None:
    """Create and publish a page with a figure and a survey, through Wagtail's own form."""
    home = HomePage.objects.get()
    address = reverse("wagtailadmin_pages:add", args=["cms", "standardpage", home.pk])
    assert officer.get(address).status_code == 200
    body = [
        (
            "figure",
            {
                "indicator": Indicator.objects.get(slug="kpi-22").pk,
                "area": "ASEAN",
                "heading": "Heard of ASEAN",
            },
        ),
        (
            "survey",
            {
                "wave": Wave.objects.get(slug="asean-awareness-2026").pk,
                "text": "Five minutes",
                "label": "Answer the questions",
            },
        ),
    ]
    answer = officer.post(
        address,
        nested_form_data(
            {
                "title": "What people know",
                "slug": slug,
                "lead": "A figure and a question.",
                "body": streamfield(body),
                "comments": inline_formset([]),
                "action-publish": "action-publish",
            }
        ),
    )
    assert answer.status_code == 302, answer.context and answer.context["form"].errors


def write_mailing(officer: Browser, title: str) -> Mailing:
    """Write a mailing in English and Indonesian to everybody in the registry."""
    texts = [
        {
            "language": language,
            "subject": f"{greeting} {{salutation}}",
            "preheader": "",
            "body": streamfield([("heading", heading)]),
        }
        for language, greeting, heading in (
            ("en", "Hello", "Welcome"),
            ("id", "Halo", "Selamat datang"),
        )
    ]
    answer = officer.post(
        reverse("mailings:add"),
        nested_form_data(
            {
                "title": title,
                "campaign": Campaign.objects.get(is_demonstration=True).pk,
                "segment": Segment.objects.get(name=SEGMENT).pk,
                "purpose": "campaigns",
                "default_language": "en",
                "sender_name": "Suara",
                "reply_to": OFFICER,
                "contents": inline_formset(texts),
            }
        ),
    )
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    return Mailing.objects.get(title=title)


def at_step(officer: Browser, mailing: Mailing, step: str, query: str = "") -> Browser:
    """Open one of the mailing's own pages."""
    officer.open(reverse(f"mailings:{step}", args=[mailing.token]) + query)
    assert officer.status == 200
    return officer


def send_now(officer: Browser, mailing: Mailing) -> None:
    """Press the button, and let the engine work until nothing is open."""
    at_step(officer, mailing, "overview")
    assert "disabled" not in str(officer.page.select_one("form[action$='/do/start/'] button"))
    officer.send("form[action$='/do/start/']")
    assert "Sending has begun" in officer.text
    for _second in range(10):
        tick(at=timezone.now())


def names_under(page, reason: str) -> list[str]:
    """Who is left out for a reason, as the audience page lists them."""
    return [words_of(item) for item in page.select(f"#{reason} .mailing-names li")]


def a_recipient() -> Person:
    """Somebody who may be written to and whose record asks for Indonesian."""
    agreed = Consent.objects.current(purpose="campaigns", channel="email").values("person")
    area = Area.objects.get(code="ID")
    return Person.objects.filter(pk__in=agreed, language="id", area=area).order_by("pk").first()


def test_a_second_factor_is_offered_and_has_to_be_set_up_where_the_office_asks_for_it(
    officer, settings
):
    officer.open("/accounts/2fa/")
    assert officer.status == 200
    assert officer.page.select_one("a[href*='/2fa/totp/activate']")

    settings.REQUIRE_STAFF_MFA = True
    officer.open("/office/")
    assert officer.address == "/accounts/2fa/"
    assert "needs a second factor" in officer.text
    officer.follow("Activate")
    officer.send(password=PASSWORD)
    [secret] = set(re.findall(r"\b[A-Z2-7]{32}\b", str(officer.page.main)))
    officer.send(code=code_of(secret))
    assert officer.get("/office/").status_code == 200

    again = Browser()
    again.sign_in(OFFICER, PASSWORD)
    assert again.address.startswith("/accounts/2fa/authenticate/")
    assert again.get("/office/").status_code == 302


def test_a_wrong_password_is_refused_in_a_sentence():
    browser = Browser()
    browser.sign_in(OFFICER, "guessed")
    assert "password you specified are not correct" in browser.text
    assert browser.get("/office/").status_code == 302


def test_the_officer_publishes_a_page_with_a_figure_and_a_survey(officer):
    write_page(officer, "what-people-know")

    visitor = Browser()
    visitor.open("/what-people-know/")
    assert visitor.status == 200
    [figure] = [one for one in visitor.page.select(".figure") if "Heard of ASEAN" in words_of(one)]
    assert re.search(r"\d+\.\d % .*\d+\.\d to \d+\.\d.* n = ", words_of(figure))
    visitor.follow("Answer the questions")
    assert visitor.page.select_one("form.respondent__begin")


def test_the_preview_is_a_real_stakeholders_copy_in_both_languages(officer):
    mailing, person = write_mailing(officer, "Two languages"), a_recipient()
    for language, subject, heading in (
        ("id", "Halo", "Selamat datang"),
        ("en", "Hello", "Welcome"),
    ):
        query = f"?person={person.token}&language={language}"
        at_step(officer, mailing, "preview", query)
        head = words_of(officer.page.select_one(".mailing-head"))
        assert person.display_name in head and subject in head
        assert "{salutation}" not in head
        frame = officer.page.select_one("iframe.mailing-frame")["src"]
        assert heading in officer.get(frame).content.decode()


def test_everybody_of_the_segment_is_counted_once_with_a_reason(officer):
    mailing = write_mailing(officer, "Counted")
    page = at_step(officer, mailing, "audience").page
    rows = [
        (words_of(row.th), int(words_of(row.td))) for row in page.select(".mailing-sum tbody tr")
    ]
    total, *exclusions, (_label, recipients) = rows
    assert exclusions and recipients
    assert total[1] == recipients + sum(number for _reason, number in exclusions)
    assert names_under(page, "no_consent")


def test_a_mailing_goes_out_and_a_click_in_a_copy_leaves_that_person_out_of_the_next(officer):
    mailing, person = write_mailing(officer, "The first letter"), a_recipient()
    at_step(officer, mailing, "audience")
    left_out = names_under(officer.page, "no_consent")
    assert person.display_name not in left_out
    send_now(officer, mailing)

    told = officer.get(reverse("mailings:progress", args=[mailing.token])).json()
    assert (told["percent"], told["is_running"]) == (100, False), told
    assert told["done"] == told["total"] > 0
    bar = at_step(officer, mailing, "overview").page.select_one("progress#mailing-progress")
    assert bar["value"] == bar["max"] == str(told["total"])

    at_step(officer, mailing, "recipients", "?state=no_consent")
    assert left_out[0] in officer.text and "no consent" in officer.text
    at_step(officer, mailing, "recipients", f"?q={person.display_name}")
    officer.follow("in the outbox")
    assert officer.page.h1.get_text(strip=True).startswith("Halo")
    assert person.display_name in officer.text
    shown = officer.get(officer.page.select_one("iframe")["src"]).content.decode()
    assert "Selamat datang" in shown

    headers = {
        words_of(key): words_of(key.find_next_sibling("dd"))
        for key in officer.page.select(".mail-headers dt")
    }
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [address] = re.findall(r"<(https?://[^>]+)>", headers["List-Unsubscribe"])
    mail_program = Client(enforce_csrf_checks=True)
    path = "/" + address.split("/", 3)[3]
    assert mail_program.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not mail_program.cookies

    following = write_mailing(officer, "The next letter")
    page = at_step(officer, following, "audience").page
    assert any(person.display_name in each for each in names_under(page, "unsubscribed"))
    send_now(officer, following)
    at_step(officer, following, "recipients", f"?q={person.display_name}")
    assert "in the outbox" not in officer.text
    assert "unsubscribed" in officer.text
