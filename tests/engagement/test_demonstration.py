"""The made-up rounds and reports: played by people with the right to, and apart from what is real."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from engagement.demonstration import logins, registry, reporting
from engagement.models import Grant, User
from indicators import demonstration
from indicators.demonstration.neighbours import SLUG
from indicators.errors import PdfNotAvailable
from indicators.models import (
    Observation,
    Report,
    ReportingRound,
    Revision,
    Submission,
    SubmissionStep,
    ValueChange,
)
from indicators.pages import news
from indicators.reporting.board import board
from indicators.reports import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("played")]

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def play(at: datetime) -> None:
    demonstration.load(at=at)
    registry.load(at=at)
    logins.load(at=at)
    reporting.load(at=at)


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker):
    """What the tests look at, loaded once for the module and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        play(AT)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def played(once, db):
    pass


@pytest.fixture
def reported(played, monkeypatch):
    """The reports, made without the printer, which takes seconds."""

    def without_pango(html):
        raise PdfNotAvailable("The library Pango is missing.")

    monkeypatch.setattr(pdf, "write", without_pango)
    reporting.load_reports()


def value_of_asean(slug: str, period: str) -> Observation:
    return Observation.objects.get(indicator__slug=slug, area__code="ASEAN", period=period)


def test_a_round_is_closed_and_what_areas_and_a_body_handed_in_is_published(played):
    closed = ReportingRound.objects.get(closed_at__isnull=False)
    published = closed.submissions.filter(state=Submission.State.PUBLISHED)
    assert {str(one.area or one.body) for one in published} == {
        "Brunei Darussalam", "Indonesia", "Malaysia", "Philippines", "Singapore", "SOMHD",
        "Thailand", "Viet Nam",
    }  # fmt: skip
    [waiting] = closed.submissions.exclude(state=Submission.State.PUBLISHED)
    assert (waiting.area.code, waiting.state) == ("KH", Submission.State.RETURNED)
    assert "of the whole country" in waiting.steps.last().reason
    focal_point = User.objects.get(email="national-focal-point-th@suara.example")
    handed_in = SubmissionStep.objects.get(
        submission__round=closed, submission__area__code="TH", to_state=Submission.State.SUBMITTED
    )
    assert handed_in.by == focal_point
    assert handed_in.acting_as == "National ASCC focal point, Thailand"


def test_asean_s_value_is_a_mean_of_those_who_answered_of_the_ten_of_that_year(played):
    mean = value_of_asean("neighbours-health-volunteers", "2025")
    told = mean.provenance
    assert (told["method"], len(mean.members), len(told["set"])) == ("mean", 7, 10)
    assert set(told["without"]) == {"KH", "LA", "MM"}
    assert told["set_on"] < "2025-10-26", "Timor-Leste was no member in the middle of the year."
    weighted = value_of_asean("neighbours-whom-to-call", "2025")
    assert weighted.population_vintage == "World Bank 2025, all, 2024"


def test_below_the_minimum_of_members_there_is_no_value_for_asean(played):
    refused = value_of_asean("neighbours-older-persons-visited", "2025")
    assert (refused.value, refused.status, refused.provenance["needed"]) == (None, "L", 8)
    assert len(refused.members) == 4


def test_everything_played_is_marked_and_no_real_indicator_has_a_value_of_it(played):
    assert not ReportingRound.objects.filter(is_demonstration=False).exists()
    ours = Observation.objects.filter(indicator__framework__slug=SLUG)
    assert not ours.filter(is_demonstration=False).exists()
    assert not Observation.objects.exclude(pk__in=ours).exclude(source__startswith="document:")
    assert not Revision.objects.exists()


def test_the_open_round_is_past_its_deadline_with_values_at_every_step(played):
    call = ReportingRound.objects.get(closed_at=None)
    found = board(call, User.objects.get(email=logins.address("analyst")), at=AT)
    assert found.is_past
    late = {str(line.whom) for line in found.lines if line.is_late}
    assert {"Indonesia", "Viet Nam"} <= late
    assert not {"Thailand", "Malaysia", "ACDM"} & late
    assert {line.state for line in found.lines} >= {
        "not_begun", *(set(Submission.State.values) - {Submission.State.PUBLISHED})
    }  # fmt: skip


def test_a_correction_after_the_report_is_what_has_changed_since(reported):
    second, first = Report.objects.order_by("-number")
    assert (first.is_published, second.is_published) == (True, False)
    [(found, is_whole)] = [news.since(first.as_of, AnonymousUser())]
    assert is_whole
    [volunteers] = [one for one in found if one.changed]
    percent = "\N{NO-BREAK SPACE}%"
    assert {(one.area, one.before, one.after) for one in volunteers.changed} == {
        ("Thailand", f"66.3{percent}", f"61.8{percent}"),
        ("ASEAN", f"63.1{percent}", f"62.4{percent}"),
    }
    assert "Two provinces were counted twice." in second.html
    assert "Two provinces were counted twice." not in first.html


def test_to_play_again_changes_nothing(reported):
    def everything() -> list:
        return [
            list(Observation.objects.order_by("pk").values()),
            list(Report.objects.order_by("pk").values()),
            *(
                model.objects.count()
                for model in (
                    Grant, ReportingRound, Revision, Submission, SubmissionStep, User, ValueChange
                )
            ),
        ]  # fmt: skip

    before = everything()
    play(AT + timedelta(days=40))
    reporting.load_reports()
    assert everything() == before
