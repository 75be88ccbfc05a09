"""Work plans are written by their own bodies, in one step, over nothing that was not read."""

from datetime import date, timedelta

import pytest

from engagement.models import Grant
from engagement.roles import ROLES
from indicators.errors import EditedMeanwhile, InvalidEntry, NotAllowed, ReasonRequired
from indicators.models import Activity
from indicators.services import StatusChange, change_statuses, save_activity
from tests.conftest import user_with_role
from tests.indicators.workplans import make_activity, make_body, make_tree, reporter_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    from django.utils import timezone

    return timezone.now()


@pytest.fixture
def dara():
    """Dara, who reports for SOMHD."""
    return reporter_of("SOMHD")


@pytest.fixture
def save(dara, now):
    """Dara saves an activity of SOMHD; anything may be said otherwise."""

    def run(activity=None, *, support=(), on=(), version=None, by=dara, at=now, **facts):
        if activity is None:
            facts = {
                "title": "Exchange",
                "type": "outreach",
                "lead_body": make_body("SOMHD"),
            } | facts
        return save_activity(
            activity=activity,
            facts=facts,
            supporting_bodies=[make_body(word) for word in support],
            measures=on,
            version=version,
            by=by,
            at=at,
        )

    return run


def test_an_activity_and_its_connections_are_one_entry_of_the_history(save, dara):
    tree = make_tree()
    made = save(support=["ACW", "SOMY"], on=[tree["b-2"], tree["b-2-1"]])
    first = made.history.get()
    assert (first.history_type, first.history_user) == ("+", dara)
    assert first.supporting_bodies.count() == 2
    assert first.measures.count() == 2
    save(made, title="Exchange of nurses", support=["ACW"], on=[tree["b-2"]])
    newest = made.history.first()
    assert (made.history.count(), newest.title) == (2, "Exchange of nurses")
    assert (newest.supporting_bodies.count(), newest.measures.count()) == (1, 1)


def test_the_lead_is_not_kept_among_those_who_support(save):
    assert not save(support=["SOMHD"]).supporting_bodies.exists()


def test_a_new_status_is_dated_today_unless_another_day_is_given(save, now):
    made = save(status="ongoing")
    assert made.status_since == now.date()
    made = save(made, status="completed", status_since=date(2026, 3, 1))
    assert made.status_since == date(2026, 3, 1)
    made = save(made, title="Another title")
    assert made.status_since == date(2026, 3, 1)


def test_a_withdrawal_needs_its_reason_and_keeps_the_row(save):
    made = save()
    with pytest.raises(ReasonRequired, match="Say why “Exchange” was withdrawn"):
        save(made, status="withdrawn", withdrawn_reason="  ")
    made.refresh_from_db()
    assert made.status == "planned"
    save(made, status="withdrawn", withdrawn_reason="Merged with another.")
    assert Activity.objects.get().withdrawn_reason == "Merged with another."


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"year_from": 2027, "year_to": 2026}, "year_to", "ends in 2026, before its first year"),
        ({"year_from": 26}, "year_from", "The year 26 of"),
        ({"year_to": 20260}, "year_to", "is not between 1967 and 2100"),
        ({"title": "  "}, "title", "Give the activity a title"),
        ({"status": "done"}, "status", "“done” is no status"),
        ({"type": "party"}, "type", "Choose the main type"),
    ],
)
def test_what_cannot_be_is_refused_with_the_value_and_its_field(save, facts, field, said):
    with pytest.raises(InvalidEntry, match=said) as refused:
        save(**facts)
    assert refused.value.field == field
    assert not Activity.objects.exists()


def test_a_status_of_a_day_to_come_is_refused(save, now):
    with pytest.raises(InvalidEntry, match="that day is still to come"):
        save(status="completed", status_since=now.date() + timedelta(days=1))


def test_another_bodys_work_plan_is_not_written(save):
    theirs = make_activity("Drill", "ACDM")
    with pytest.raises(NotAllowed, match="You do not report for ACDM today"):
        save(theirs, title="Ours")
    own = make_activity("Ours", "SOMHD")
    with pytest.raises(NotAllowed, match="ACDM"):
        save(own, lead_body=make_body("ACDM"))


def test_the_right_ends_with_the_grant(save, dara, now):
    made = save()
    yesterday = now.date() - timedelta(days=1)
    Grant.objects.filter(user=dara).update(
        valid_from=yesterday - timedelta(days=9), valid_to=yesterday
    )
    with pytest.raises(NotAllowed):
        save(made, title="Too late")


def test_an_administrator_writes_every_work_plan(save):
    theirs = make_activity("Drill", "ACDM")
    save(theirs, title="Joint drill", by=user_with_role("administrator"))
    theirs.refresh_from_db()
    assert theirs.title == "Joint drill"


def test_two_editors_do_not_overwrite_each_other_and_see_both_values(save, dara):
    made = save()
    save(made, title="Maly's title", by=user_with_role("administrator"), version=1)
    with pytest.raises(EditedMeanwhile, match="saved “Maly's title” while") as refused:
        save(made, title="Dara's title", version=1)
    (conflict,) = refused.value.conflicts
    assert (conflict.label, conflict.theirs, conflict.sent) == (
        "title",
        "Maly's title",
        "Dara's title",
    )
    made.refresh_from_db()
    assert (made.title, made.version) == ("Maly's title", 2)


def test_no_role_may_delete_what_is_only_ever_withdrawn():
    kept = ("activity", "declaration", "commitment", "followup")
    for name, role in ROLES.items():
        for model in kept:
            assert f"indicators.delete_{model}" not in role.permissions, name


def test_a_quarters_statuses_are_set_together_and_everything_looked_at_is_stamped(dara, now):
    first, second, third = (make_activity(f"Activity {n}") for n in range(3))
    number = change_statuses(
        changes=[
            StatusChange(first.token, 1, "completed", since=date(2026, 9, 30)),
            StatusChange(second.token, 1, "withdrawn", reason="No funds."),
            StatusChange(third.token, 1, "planned"),
        ],
        confirmed=[first.token, second.token, third.token],
        by=dara,
        at=now,
    )
    assert number == 2
    for one in (first, second, third):
        one.refresh_from_db()
    assert (first.status, first.status_since) == ("completed", date(2026, 9, 30))
    assert (second.status, second.withdrawn_reason) == ("withdrawn", "No funds.")
    assert {one.confirmed_on for one in (first, second, third)} == {now.date()}
    assert first.history.order_by("history_id").last().history_user == dara
    assert (first.version, third.version) == (2, 1)


def test_one_wrong_row_leaves_the_whole_quarter_as_it_was(dara, now):
    first, second = make_activity("First"), make_activity("Second")
    with pytest.raises(ReasonRequired, match="“Second”"):
        change_statuses(
            changes=[
                StatusChange(first.token, 1, "completed"),
                StatusChange(second.token, 1, "withdrawn"),
            ],
            confirmed=[first.token],
            by=dara,
            at=now,
        )
    first.refresh_from_db()
    assert (first.status, first.confirmed_on) == ("planned", None)


def test_the_quarter_of_another_body_is_neither_changed_nor_stamped(dara, now):
    theirs = make_activity("Drill", "ACDM")
    with pytest.raises(NotAllowed):
        change_statuses(changes=[StatusChange(theirs.token, 1, "completed")], by=dara, at=now)
    change_statuses(changes=[], confirmed=[theirs.token], by=dara, at=now)
    theirs.refresh_from_db()
    assert theirs.confirmed_on is None


def test_an_unknown_address_is_refused_with_a_sentence(dara, now):
    with pytest.raises(InvalidEntry, match="No activity has the address “nowhere”"):
        change_statuses(changes=[StatusChange("nowhere", 1, "ongoing")], by=dara, at=now)


def test_a_status_that_somebody_changed_meanwhile_is_not_overwritten(dara, now, save):
    made = save()
    save(made, status="ongoing")
    with pytest.raises(EditedMeanwhile):
        change_statuses(
            changes=[StatusChange(made.token, 1, "withdrawn", reason="x")], by=dara, at=now
        )
