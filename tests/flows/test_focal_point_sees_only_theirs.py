"""Story 5: Viet Nam's focal point sees what is Viet Nam's; everybody else not even a hint."""

import csv
import re

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone

from engagement.models import Comment, Person, Registration
from indicators import services
from indicators.models import Area, Indicator, ReportingRound, Submission
from surveys.models import Response, Wave
from tests.conftest import user_with_role
from tests.flows.browsing import Browser, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

PEOPLE_FILE = django_settings.BASE_DIR / "engagement" / "demonstration" / "people.csv"
WAVE = "asean-awareness-2026"
NOWHERE = 987_654_321


@pytest.fixture
def focal_point() -> Browser:
    """The demonstration's focal point of Viet Nam, who has the role by way of a post."""
    browser = Browser()
    browser.sign_in("national-focal-point@suara.example", "suara-demo-2026")
    assert browser.address == "/office/"
    return browser


@pytest.fixture
def stranger() -> Browser:
    """Somebody with an account and no role."""
    browser = Browser()
    browser.force_login(user_with_role("stranger"))
    return browser


@pytest.fixture
def indonesias() -> Submission:
    """What Indonesia's focal point has begun to report."""
    by = user_with_role("national_focal_point", area="ID")
    return services.start_submission(
        round=ReportingRound.objects.get(is_demonstration=True, closed_at=None),
        area=Area.objects.get(code="ID"),
        body=None,
        by=by,
        at=timezone.now(),
    )


def listed(browser: Browser, address: str) -> list[str]:
    """The first words of every line of an office list, through all of its pages."""
    found: list[str] = []
    for number in range(1, 100):
        browser.open(f"{address}?p={number}")
        assert browser.status == 200
        rows = [words_of(one.td.a) for one in browser.page.select("table.listing tbody tr")]
        if not rows or rows == found[-len(rows) :]:
            return found
        found += rows
    raise AssertionError(f"{address} does not end.")


def in_the_file(area: str) -> set[str]:
    """The invented people of one state, as the demonstration's file names them."""
    with PEOPLE_FILE.open(encoding="utf-8", newline="") as file:
        return {row["name"] for row in csv.DictReader(file) if row["area"] == area}


def answer_to(browser: Browser, address: str) -> tuple[int, str, str]:
    """Status, destination and page, without the words of the address and what is random."""
    answer = browser.get(address)
    changing = r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"'
    page = re.sub(changing, "", answer.content.decode())
    to = answer.headers.get("Location", "")
    return answer.status_code, to.replace(address, ""), page.replace(address, "")


def hidden_and_missing(submission: Submission) -> list[tuple[str, str]]:
    """Pairs of office addresses: of a record that is not Viet Nam's, and of none at all."""
    elsewhere = Registration.objects.exclude(area__code="VN").first()
    comment = Comment.objects.exclude(area__code="VN").exclude(area=None).first()
    person = Person.objects.filter(display_name__in=in_the_file("ID")).first()
    pairs = [
        (reverse(f"registry_people:{screen}", args=[pk]) for pk in (person.pk, NOWHERE))
        for screen in ("inspect", "edit", "history", "add_consent")
    ]
    pairs += [
        (reverse(f"registrations:{screen}", args=[pk]) for pk in (elsewhere.pk, NOWHERE))
        for screen in ("inspect", "history")
    ]
    pairs.append(reverse("comments:inspect", args=[pk]) for pk in (comment.pk, NOWHERE))
    tokens = (submission.token, "x" * len(submission.token))
    pairs.append(reverse("indicators_office:submission", args=[token]) for token in tokens)
    return [tuple(pair) for pair in pairs]


def test_the_people_listed_are_those_of_viet_nam(focal_point):
    names = listed(focal_point, reverse("registry_people:index"))
    assert len(names) == len(set(names))
    assert set(names) == in_the_file("VN")
    other = sorted(in_the_file("ID"))[0]
    focal_point.open(reverse("registry_people:index") + f"?q={other}")
    assert focal_point.status == 200
    assert not focal_point.page.select("table.listing tbody tr")


def test_the_registrations_and_comments_listed_are_those_of_viet_nam(focal_point):
    for name, model in (("registrations", Registration), ("comments", Comment)):
        shown = listed(focal_point, reverse(f"{name}:index"))
        theirs = model.objects.filter(area__code="VN")
        assert 0 < len(shown) == theirs.count() < model.objects.count()


def test_the_responses_listed_are_those_given_in_viet_nam(focal_point):
    wave = Wave.objects.get(slug=WAVE)
    address = reverse("surveys_office:responses", args=[wave.token])
    shown = 0
    for number in (1, 2):
        focal_point.open(f"{address}?p={number}")
        rows = focal_point.page.select("table.fieldwork__table tbody tr")
        assert {words_of(row.select("td")[2]) for row in rows} == {"VN"}
        shown += len(rows)
    given = Response.objects.submitted().filter(wave=wave, area="VN")
    assert shown == given.count() > 50
    focal_point.open(f"{address}?area=ID")
    assert "ID" not in {words_of(cell) for cell in focal_point.page.select("td")}
    assert focal_point.get(reverse("surveys_office:export", args=[wave.token])).status_code == 404


def test_reporting_is_for_viet_nam_and_what_others_report_is_not_shown(focal_point, indonesias):
    focal_point.open(reverse("indicators_office:rounds"))
    focal_point.follow("Quarterly reporting")
    assert "Report for Viet Nam" in focal_point.text
    assert "Indonesia" not in focal_point.text
    begin = "form[action$='/start/']"
    fields = focal_point.page.select(f"{begin} input[name=area]")
    assert [field["value"] for field in fields] == ["VN"]

    start = reverse("indicators_office:start", args=[indonesias.round.token])
    assert focal_point.post(start, {"area": "MY"}).status_code == 404

    focal_point.send(begin)
    own = Submission.objects.get(area__code="VN", round=indonesias.round)
    assert focal_point.address == reverse("indicators_office:submission", args=[own.token])
    focal_point.open(reverse("indicators_office:round", args=[own.round.token]))
    [row] = focal_point.page.select("table.board tbody tr")
    assert "Viet Nam" in words_of(row)


def test_what_is_not_theirs_is_no_more_there_than_what_does_not_exist(focal_point, indonesias):
    for hidden, missing in hidden_and_missing(indonesias):
        answer = answer_to(focal_point, hidden)
        assert answer[0] == 404, hidden
        assert answer == answer_to(focal_point, missing), hidden
        assert "site-header" in answer[2] and "Go to the back office" in answer[2]
    step = reverse("indicators_office:step", args=[indonesias.token])
    assert focal_point.post(step, {"to": "submitted"}).status_code == 404
    indonesias.refresh_from_db()
    assert indonesias.state == Submission.State.DRAFTING


def test_strangers_and_visitors_learn_nothing_about_what_there_is(stranger, indonesias):
    wave = Wave.objects.get(slug=WAVE)
    pairs = hidden_and_missing(indonesias)
    pairs.append(
        tuple(
            reverse("surveys_office:responses", args=[token])
            for token in (wave.token, "x" * len(wave.token))
        )
    )
    for browser in (stranger, Browser()):
        for hidden, missing in pairs:
            answer = answer_to(browser, hidden)
            assert answer[0] in {302, 404}, hidden
            assert answer == answer_to(browser, missing), hidden


def test_unpublished_things_of_the_public_site_are_not_hinted_at(stranger):
    quiet = Indicator.objects.filter(is_published=False).first()
    open_wave = Wave.objects.get(slug=WAVE)
    Wave.objects.filter(pk=open_wave.pk).update(state=Wave.State.DRAFTED)
    token = Registration.objects.first().token
    pairs = [
        (f"/indicators/{quiet.slug}/", "/indicators/no-such-thing/"),
        (f"/indicators/{quiet.slug}/export.csv", "/indicators/no-such-thing/export.csv"),
        (f"/surveys/{WAVE}/", "/surveys/no-such-thing/"),
        (f"/registrations/{token[::-1]}/", f"/registrations/{'x' * len(token)}/"),
    ]
    for browser in (stranger, Browser()):
        for hidden, missing in pairs:
            answer = answer_to(browser, hidden)
            assert answer[0] == 404, hidden
            assert answer == answer_to(browser, missing), hidden
