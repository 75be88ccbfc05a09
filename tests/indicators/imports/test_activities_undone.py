"""An applied work plan taken back: all of it but what somebody touched since, in one step."""

from datetime import date, timedelta

import pytest
from django.forms import model_to_dict
from django.urls import reverse
from django.utils import timezone

from indicators import services
from indicators.imports import queue, staging
from indicators.models import Activity, Commitment, Declaration, Import
from tests.indicators.factories import AT
from tests.indicators.imports.conftest import Way
from tests.indicators.imports.files import csv_file
from tests.indicators.workplans import make_activity, make_body, make_tree, reporter_of

pytestmark = pytest.mark.django_db
PLAN = (
    "title,lead,with,status,type,measures,funding",
    "Training,SOMHD,,completed,policy,B-2-2,JAIF",
    "Study,SOMHD,ACDM,ongoing,research,B-2-1,",
    "Fair,SOMHD,,,outreach,,",
)


@pytest.fixture
def plan():
    """Amina reports for SOMHD, which has one activity already; she imports a plan of three."""
    make_body("ACDM")
    nodes = make_tree()
    # Entered long ago without the day, as nobody could enter it today.
    make_activity(
        "Training",
        support=["ACDM"],
        on=[nodes["b-2-1"], nodes["b-2"]],
        further_types=["groundwork"],
        status="withdrawn",
        source="Plan 2024",
    )
    return Way(reporter_of("SOMHD"), kind="activities")


@pytest.fixture
def maryam():
    """She reports for SOMHD, too."""
    return reporter_of("SOMHD")


def named(title):
    return Activity.objects.get(title=title)


def everything_of(activity):
    found = model_to_dict(activity)
    for name in ("supporting_bodies", "measures"):
        found[name] = sorted(one.pk for one in found[name])
    return found


def today():
    return timezone.now().date().isoformat()


def change(activity, *, by, **facts):
    services.save_activity(
        activity=activity,
        facts=facts,
        supporting_bodies=activity.supporting_bodies.all(),
        measures=activity.measures.all(),
        version=activity.version,
        by=by,
        at=timezone.now(),
    )


def left(imported: Import) -> dict[int, str]:
    """Row to the sentence why it was left."""
    return {
        row.number: row.problems[0][2] % row.problems[0][3]
        for row in imported.rows.exclude(problems=[])
    }


def test_what_it_added_goes_and_what_it_changed_is_to_the_letter_what_it_was(plan):
    before = everything_of(named("Training"))
    applied = plan.load(csv_file(*PLAN))
    assert Activity.objects.count() == 3
    undone = plan.undo(applied)
    assert (undone.state, undone.sentence) == ("undone", "")
    held = Activity.objects.get()
    assert everything_of(held) == before
    latest = held.history.first()
    assert (latest.history_user, latest.history_change_reason) == (plan.by, "wrong file")
    gone = Activity.history.filter(title="Study", history_type="-").get()
    assert (gone.history_user, gone.history_change_reason) == (plan.by, "wrong file")


def test_what_somebody_changed_since_is_named_row_by_row_and_left_alone(plan, maryam):
    applied = plan.load(csv_file(*PLAN))
    change(named("Study"), by=maryam, funding="JAIF")
    undone = plan.undo(applied)
    assert undone.state == "undone"
    assert undone.sentence.startswith("1 of 3 rows were changed since the import")
    assert left(undone) == {3: f"{maryam} changed it on {today()}."}
    assert named("Study").funding == "JAIF"
    assert named("Training").status == "withdrawn"
    assert not Activity.objects.filter(title="Fair").exists()


def test_an_entry_that_was_confirmed_or_followed_up_since_is_left_alone(plan, maryam):
    applied = plan.load(csv_file(*PLAN))
    tokens = [named("Training").token]
    services.change_statuses(changes=[], confirmed=tokens, by=maryam, at=timezone.now())
    declaration = Declaration.objects.create(title="Declaration", adopted_on=date(2025, 5, 1))
    commitment = Commitment.objects.create(declaration=declaration, text="Train them")
    commitment.responsible_bodies.add(make_body("SOMHD"))
    commitment.follow_ups.create(body=make_body("SOMHD"), what="A study", activity=named("Study"))
    undone = plan.undo(applied)
    assert left(undone) == {
        2: f"{maryam} confirmed on {today()} that it is right.",
        3: "Follow-up of a declaration refers to it.",
    }
    assert {one.title for one in Activity.objects.all()} == {"Training", "Study"}
    assert commitment.follow_ups.get().activity == named("Study")


def test_an_entry_changed_and_changed_back_is_as_the_import_left_it(plan, maryam):
    applied = plan.load(csv_file(*PLAN))
    change(named("Study"), by=maryam, funding="JAIF")
    change(named("Study"), by=maryam, funding="")
    assert plan.undo(applied).sentence == ""
    assert not Activity.objects.filter(title="Study").exists()


def test_of_two_imports_the_later_is_undone_before_the_earlier(plan):
    first = plan.load(csv_file(*PLAN))
    second = plan.load(csv_file("title,lead,funding", "Study,SOMHD,JAIF", "Other,SOMHD,"))
    assert second.count_bad == 1
    third = plan.load(csv_file("title,lead,funding", "Fair,SOMHD,JAIF"))
    assert [plan.undo(one).sentence for one in (third, second, first)] == ["", "", ""]
    assert named("Training").status == "withdrawn"
    assert Activity.objects.count() == 1


def test_where_everything_was_changed_since_the_import_stays_applied(plan, maryam):
    applied = plan.load(csv_file(*PLAN[:1], PLAN[3]))
    change(named("Fair"), by=maryam, funding="JAIF")
    stopped = plan.undo(applied)
    assert (stopped.state, left(stopped)) == ("applied", {})
    assert stopped.sentence.startswith("Everything that the import wrote was changed")
    assert named("Fair").funding == "JAIF"


def test_a_failure_in_the_midst_of_undoing_changes_nothing_and_can_be_repeated(plan, monkeypatch):
    from indicators.imports.activities import writing

    applied = plan.load(csv_file(*PLAN))
    monkeypatch.setattr(staging, "PIECE", 1)
    monkeypatch.setattr(writing, "put_back_activity", lambda **_: 1 / 0)
    stopped = plan.undo(applied)
    assert stopped.state == "applied"
    assert "could not be finished" in stopped.sentence
    assert {one.status for one in Activity.objects.all()} == {"completed", "ongoing", "planned"}
    monkeypatch.undo()
    assert plan.undo(applied).state == "undone"


def test_whoever_does_not_report_for_the_body_any_more_cannot_undo(plan):
    from engagement.models import Grant
    from indicators.services import imports

    applied = plan.load(csv_file(*PLAN))
    imports.ask_to_undo(imported=applied, by=plan.by, reason="wrong file")
    Grant.objects.all().delete()
    stopped = plan.go_on(applied)
    assert stopped.state == "applied"
    assert "You do not report for SOMHD today" in stopped.sentence
    assert Activity.objects.count() == 3


def test_an_undoing_that_never_ends_leaves_the_import_applied(plan):
    applied = plan.load(csv_file(*PLAN))
    Import.objects.filter(pk=applied.pk).update(state="undoing", attempts=queue.ATTEMPTS)
    queue.run_imports(at=AT + timedelta(hours=1), start=lambda _: None)
    applied.refresh_from_db()
    assert applied.state == "applied"
    assert "never finished" in applied.sentence


def test_the_screen_tells_before_and_after_what_is_left(client_for, plan, maryam):
    applied = plan.load(csv_file(*PLAN))
    change(named("Study"), by=maryam, funding="JAIF")
    client = client_for("administrator")
    page = reverse("indicators_office:import", args=[applied.token])
    asked = client.get(page).content.decode()
    assert f"Row 3, Study: {maryam} changed it on {today()}." in asked
    step = reverse("indicators_office:import_step", args=[applied.token])
    done = client.post(step, {"to": "undo", "reason": "wrong file"}, follow=True)
    html = done.content.decode()
    assert f"{maryam} changed it on {today()}." in html
    assert "Everything is as it was" not in html
    assert Activity.history.filter(title="Fair", history_type="-").get().history_user == client.user


def test_an_import_from_before_it_was_known_how_says_what_to_do(plan):
    applied = plan.load(csv_file(*PLAN))
    for row in applied.rows.all():
        del row.data["confirmed_on"]
        row.save()
    stopped = plan.undo(applied)
    assert stopped.state == "applied"
    assert "import a corrected file" in stopped.sentence
