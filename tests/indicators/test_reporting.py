"""A submission's way from draft to ledger, and who may go which step."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from indicators import services
from indicators.errors import NotAllowed, ReasonRequired, WrongState
from indicators.models import Observation, ReportingRound, Revision, Submission
from tests.conftest import user_with_role
from tests.indicators.factories import make_area, make_asean, make_indicator

pytestmark = pytest.mark.django_db

# Grants made for a test begin today.
AT = timezone.now()


@pytest.fixture
def call():
    make_asean("VN", "MM")
    found = ReportingRound.objects.create(
        title="Quarter 4", period="2026-Q4", opens_at=AT, deadline_at=AT + timedelta(days=30)
    )
    found.indicators.add(make_indicator("kpi-16", data_route="national_policy", unit="policies"))
    return found


@pytest.fixture
def linh():
    """The focal point of Viet Nam."""
    make_area("VN")
    return user_with_role("national_focal_point", area="VN")


def begin(call, by, value="3", **more):
    submission = services.start_submission(round=call, by=by, at=AT, **more)
    indicator = call.indicators.get()
    services.save_values(
        submission=submission,
        values=[(indicator, "2026-Q4", Decimal(value), "Ministry of Labour")],
        by=by,
        at=AT,
    )
    return submission


def go(submission, to_state, by, reason=""):
    return services.advance(
        submission=submission, to_state=to_state, by=by, at=AT + timedelta(hours=1), reason=reason
    )


def test_a_value_reaches_the_ledger_only_when_its_submission_is_published(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    go(submission, "nationally_approved", user_with_role("approver"))
    go(submission, "accepted", user_with_role("analyst"))
    assert not Observation.objects.exists()
    administrator = user_with_role("administrator")
    go(submission, "published", administrator)
    row = Observation.objects.get()
    assert (row.area.code, row.period, row.value) == ("VN", "2026-Q4", Decimal(3))
    assert row.source == "reporting:VN"
    assert row.recorded_by == administrator
    assert [step.to_state for step in submission.steps.all()] == [
        "submitted",
        "nationally_approved",
        "accepted",
        "published",
    ]


def test_a_correction_after_publication_leaves_a_revision_with_the_reason(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    administrator = user_with_role("administrator")
    go(submission, "submitted", linh)
    for state in ("nationally_approved", "accepted", "published"):
        go(submission, state, administrator)
    go(submission, "returned", administrator, reason="the policy was counted twice")
    begin(call, linh, value="2", area=make_area("VN"))
    go(submission, "submitted", linh)
    for state in ("nationally_approved", "accepted", "published"):
        go(submission, state, administrator)
    revision = Revision.objects.get()
    assert (revision.before["value"], revision.after["value"]) == ("3", "2")
    assert revision.reason == "the policy was counted twice"


def test_a_focal_point_reports_only_for_the_granted_area(call, linh):
    with pytest.raises(NotAllowed):
        begin(call, linh, area=make_area("MM"))


def test_a_focal_point_cannot_accept_or_publish(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    with pytest.raises(NotAllowed):
        go(submission, "nationally_approved", linh)


def test_a_submission_is_returned_only_with_a_reason(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    approver = user_with_role("approver")
    with pytest.raises(ReasonRequired):
        go(submission, "returned", approver, reason=" ")
    go(submission, "returned", approver, reason="the year is missing")
    assert Submission.objects.get().state == "returned"


def test_values_are_fixed_once_handed_in(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    with pytest.raises(WrongState):
        begin(call, linh, area=make_area("VN"))


def test_an_empty_draft_cannot_be_handed_in(call, linh):
    submission = services.start_submission(round=call, area=make_area("VN"), by=linh, at=AT)
    with pytest.raises(WrongState):
        go(submission, "submitted", linh)


def test_a_step_taken_twice_is_refused(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    with pytest.raises(WrongState):
        go(submission, "submitted", linh)


def test_a_closed_round_takes_nothing(call, linh):
    ReportingRound.objects.update(closed_at=AT)
    with pytest.raises(WrongState):
        begin(call, linh, area=make_area("VN"))
