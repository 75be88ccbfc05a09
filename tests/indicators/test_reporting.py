"""A submission's way from draft to ledger, and who may go which step."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from engagement.roles import ensure_roles
from indicators import services
from indicators.errors import NotAllowed, ReasonRequired, UnusableValue, WrongState
from indicators.models import Observation, ReportingRound, Revision, Submission, SubmissionStep
from indicators.services import Entry
from tests.conftest import user_with_role
from tests.engagement.factories import make_grant, make_holding, make_person, make_post, make_user
from tests.indicators.factories import make_area, make_asean, make_indicator
from tests.indicators.rounds import enter, make_body, make_round

pytestmark = pytest.mark.django_db

# Grants made for a test begin today.
AT = timezone.now()


@pytest.fixture
def call():
    make_asean("VN", "MM")
    indicator = make_indicator("kpi-16", data_route="national_policy", unit="policies")
    return make_round({indicator: [make_area("VN"), make_area("MM")]})


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
        entries=[Entry(indicator, "2026-Q4", Decimal(value), note="Ministry of Labour")],
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


def test_who_hands_in_can_take_it_back_until_it_is_approved(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    go(submission, "drafting", linh)
    begin(call, linh, value="4", area=make_area("VN"))
    go(submission, "submitted", linh)
    go(submission, "nationally_approved", user_with_role("approver"))
    with pytest.raises(WrongState):
        go(submission, "drafting", linh)


def test_nobody_approves_what_they_handed_in_themselves(call):
    make_area("VN")
    both = user_with_role("administrator", area="VN")
    submission = begin(call, both, area=make_area("VN"))
    go(submission, "submitted", both)
    with pytest.raises(NotAllowed, match="handed these values in yourself"):
        go(submission, "nationally_approved", both)
    assert "nationally_approved" not in {
        step.to_state for step in services.possible_steps(submission, both, AT)
    }


def test_who_approves_for_one_country_does_not_approve_for_another(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    with pytest.raises(NotAllowed):
        go(submission, "nationally_approved", user_with_role("approver", area="MM"))
    go(submission, "nationally_approved", user_with_role("approver", area="VN"))


def test_a_body_is_returned_by_who_accepts_it(call):
    body = make_body()
    call = make_round({make_indicator("kpi-3", unit="activities"): [body]})
    dara = user_with_role("sectoral_body_reporter", body="SOMHD")
    submission = services.start_submission(round=call, body=body, by=dara, at=AT)
    enter(submission, call.indicators.get(), "3", dara)
    go(submission, "submitted", dara)
    go(submission, "returned", user_with_role("analyst"), reason="name the activities")
    assert Submission.objects.get().state == "returned"


def test_nothing_is_handed_in_while_a_value_asked_for_is_missing(call, linh):
    second = make_indicator("kpi-6d", data_route="national_policy", framework=_framework(call))
    call = make_round({call.indicators.get(): [make_area("VN")], second: [make_area("VN")]})
    submission = services.start_submission(round=call, area=make_area("VN"), by=linh, at=AT)
    enter(submission, call.indicators.get(slug="kpi-16"), "3", linh)
    with pytest.raises(WrongState, match="1 of the values asked for are missing"):
        go(submission, "submitted", linh)
    enter(submission, second, None, linh, status="L", note="never counted")
    go(submission, "submitted", linh)


def test_no_data_reaches_the_ledger_with_its_reason(call, linh):
    submission = services.start_submission(round=call, area=make_area("VN"), by=linh, at=AT)
    enter(submission, call.indicators.get(), None, linh, status="L", note="never counted")
    go(submission, "submitted", linh)
    administrator = user_with_role("administrator")
    for state in ("nationally_approved", "accepted", "published"):
        go(submission, state, administrator)
    row = Observation.objects.get()
    assert (row.value, row.status, row.provenance["note"]) == (None, "L", "never counted")


@pytest.mark.parametrize(
    ("value", "status", "note", "why"),
    [
        ("-1", "A", "", "below zero"),
        ("2.5", "A", "", "not a whole number"),
        ("123456789012345", "A", "", "too large"),
        ("3", "L", "lost", "Take one of the two away"),
        (None, "L", " ", "Say why there is no data"),
        (None, "A", "see report", "Give a value"),
    ],
)
def test_what_cannot_stand_is_refused_with_a_sentence(call, linh, value, status, note, why):
    submission = services.start_submission(round=call, area=make_area("VN"), by=linh, at=AT)
    with pytest.raises(UnusableValue, match=why):
        enter(submission, call.indicators.get(), value, linh, status=status, note=note)
    assert not submission.values.exists()


def test_a_period_after_the_rounds_year_is_refused(call, linh):
    submission = services.start_submission(round=call, area=make_area("VN"), by=linh, at=AT)
    with pytest.raises(UnusableValue, match="lies after"):
        enter(submission, call.indicators.get(), "3", linh, period="2027")


def test_nothing_is_entered_for_what_was_not_asked(call, linh):
    other = make_indicator("kpi-9", framework=_framework(call))
    submission = services.start_submission(round=call, area=make_area("VN"), by=linh, at=AT)
    with pytest.raises(WrongState, match="does not ask"):
        enter(submission, other, "3", linh)


def test_who_is_not_asked_begins_nothing(call):
    make_area("TH")
    with pytest.raises(NotAllowed, match="for nothing"):
        services.start_submission(
            round=call,
            area=make_area("TH"),
            by=user_with_role("national_focal_point", area="TH"),
            at=AT,
        )


def test_a_draft_rests_when_the_round_closes_and_a_returned_one_is_corrected(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    ReportingRound.objects.update(closed_at=AT)
    with pytest.raises(WrongState, match="is closed"):
        begin(call, linh, value="4", area=make_area("VN"))
    go(submission, "submitted", linh)
    go(submission, "returned", user_with_role("approver"), reason="twice")
    begin(call, linh, value="4", area=make_area("VN"))
    assert submission.values.get().value == 4


def test_what_was_published_is_corrected_but_never_made_to_vanish(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    administrator = user_with_role("administrator")
    go(submission, "submitted", linh)
    for state in ("nationally_approved", "accepted", "published"):
        go(submission, state, administrator)
    go(submission, "returned", administrator, reason="counted twice")
    indicator = call.indicators.get()
    for entry in ({"value": None, "note": ""}, {"value": "3", "period": "2025"}):
        with pytest.raises(UnusableValue, match="was published"):
            enter(submission, indicator, entry.pop("value"), linh, **entry)
    enter(submission, indicator, None, linh, status="O", note="not one policy after all")
    go(submission, "submitted", linh)
    for state in ("nationally_approved", "accepted", "published"):
        go(submission, state, administrator)
    assert (Observation.objects.get().value, Revision.objects.get().reason) == (
        None,
        "counted twice",
    )


def test_each_step_keeps_the_post_in_words(call):
    make_area("VN")
    ensure_roles()
    user = make_user("linh@people.example")
    post = make_post("National focal point, Viet Nam", area="VN")
    make_grant(post=post, area="VN", role="national_focal_point")
    make_holding(post, make_person("Linh", user=user))
    submission = begin(call, user, area=make_area("VN"))
    go(submission, "submitted", user)
    go(submission, "nationally_approved", user_with_role("approver"))
    assert [step.acting_as for step in submission.steps.all()] == [
        "National focal point, Viet Nam",
        "Approver",
    ]
    assert submission.changes.get().acting_as == "National focal point, Viet Nam"


def test_the_reasons_cannot_be_deleted_with_their_submission(call, linh):
    submission = begin(call, linh, area=make_area("VN"))
    go(submission, "submitted", linh)
    with pytest.raises(ProtectedError):
        Submission.objects.get().delete()
    assert SubmissionStep.objects.exists()


def _framework(call):
    return call.indicators.first().framework
