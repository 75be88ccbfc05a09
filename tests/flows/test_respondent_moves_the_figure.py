"""Story 1: somebody answers the open survey, and the published figure is a new one."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from indicators.models import Observation
from surveys import publishing
from surveys.models import Response
from tests.flows.browsing import Browser, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

WAVE = "/surveys/asean-awareness-2026/"
KPI = "/indicators/kpi-22/"


def observed() -> Observation:
    """KPI 22 in ASEAN as the open wave's answers have it."""
    return Observation.objects.get(
        indicator__slug="kpi-22", area__code="ASEAN", period="2026", breakdown=""
    )


def figure_at(path: str, *, containing: str = "") -> str:
    """The words of the awareness figure that a passer-by reads at `path`."""
    reader = Browser()
    reader.open(path)
    shown = [words_of(one) for one in reader.page.select(".figure")]
    return next(one for one in shown if containing in one and "n =" in one)


def n_of(figure: str) -> int:
    return int(re.search(r"n = ([\d,]+)", figure)[1].replace(",", ""))


def begin_in_indonesian(visitor: Browser) -> None:
    """Open the survey, choose Bahasa Indonesia on its page, agree to take part."""
    visitor.open(WAVE)
    visitor.follow("^Bahasa Indonesia$", within="body")
    assert visitor.page.html["lang"] == "id"
    visitor.send("form.respondent__begin", consent="yes")
    assert "Di mana Anda tinggal?" in visitor.text


def next_page(visitor: Browser, **answers) -> None:
    """Answer the page's questions by their codes and go on."""
    filled = {f"q/{code}": value for code, value in answers.items()}
    visitor.send("form#page-form", action="next", **filled)


def answer_without_having_heard(visitor: Browser) -> None:
    """Every page of somebody in Indonesia who has not heard of ASEAN."""
    next_page(visitor, area="ID", **{"age_group": "25-34"}, sex="F", locality="urban")
    next_page(visitor, heard="no")
    next_page(visitor, identity="3", benefit_country="benefited", benefit_me="not", hope="3")
    trust = {f"trust/{row}": "3" for row in ("asean", "government", "local", "media")}
    next_page(visitor, satisfaction="4", **trust)
    next_page(visitor, education="secondary")


def test_an_answer_with_a_skip_moves_the_figure_on_its_page_and_on_the_home_page():
    before, was = observed(), figure_at(KPI)
    earlier = set(Response.objects.values_list("pk", flat=True))
    assert n_of(was) == n_of(figure_at("/", containing="n =")) == before.n

    visitor = Browser()
    begin_in_indonesian(visitor)
    answer_without_having_heard(visitor)
    assert visitor.address == f"{WAVE}thanks/"
    assert visitor.page.h1.get_text() == "Terima kasih"
    assert visitor.page.select_one(".receipt").get_text()

    [response] = Response.objects.exclude(pk__in=earlier)
    assert (response.state, response.language) == ("submitted", "id")
    assert (response.answers["heard"], response.answers["understanding"]) == ("no", "-7")

    assert publishing.publish_stale(at=timezone.now()) == 1

    now = observed()
    assert now.n == before.n + 1
    assert now.value < before.value, "Somebody who has not heard of ASEAN lowers the share."
    for path in (KPI, "/"):
        shown = figure_at(path)
        assert shown != was
        assert n_of(shown) == before.n + 1
        assert f"{now.value:.1f}" in shown
        assert re.search(r"\d+\.\d to \d+\.\d", shown), f"No interval stands in {shown!r}."
    low, high = re.search(r"(\d+\.\d) to (\d+\.\d)", figure_at(KPI)).groups()
    assert Decimal(low) < now.value < Decimal(high)


def test_nothing_is_published_before_the_answers_are_handed_in():
    before = figure_at(KPI)
    visitor = Browser()
    begin_in_indonesian(visitor)
    next_page(visitor, area="ID", age_group="25-34", sex="F", locality="urban")

    assert publishing.publish_stale(at=timezone.now()) == 0
    assert figure_at(KPI) == before


def test_the_same_browser_is_thanked_and_counted_once():
    visitor = Browser()
    begin_in_indonesian(visitor)
    answer_without_having_heard(visitor)
    count = Response.objects.filter(state="submitted").count()

    visitor.open(WAVE)
    assert visitor.page.select_one("form.respondent__begin input[name=consent]") is None
    assert Response.objects.filter(state="submitted").count() == count


def test_a_page_left_unanswered_is_explained_in_the_respondents_language():
    visitor = Browser()
    begin_in_indonesian(visitor)
    next_page(visitor, area="ID")

    assert visitor.status == 422
    assert visitor.page.html["lang"] == "id"
    assert visitor.page.select("form#page-form [aria-invalid=true], form#page-form .field__error")
    assert (
        "ID"
        in visitor.page.select_one(
            'select[name="q/area"] option[selected], input[name="q/area"][checked]'
        )["value"]
    )
