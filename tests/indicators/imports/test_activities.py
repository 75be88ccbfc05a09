"""Work plans from a spreadsheet: found again, written by their own body, one entry of history each."""

import io

import pytest

from indicators.exports import csv_bytes, xlsx_bytes
from indicators.models import Activity
from tests.conftest import user_with_role
from tests.indicators.imports.conftest import Way, counts, problems
from tests.indicators.imports.files import csv_file, workbook
from tests.indicators.workplans import make_activity, make_body, make_tree, reporter_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """A reporter of SOMHD on the way of a work plan, and the measures of a blueprint."""
    make_body("ACDM")
    make_tree()
    return Way(reporter_of("SOMHD"), kind="activities")


def test_a_work_plan_becomes_activities_connected_to_their_measures(plan):
    checked = plan.check(
        workbook(
            ["Work plan of SOMHD 2026"],
            ["Activity", "Lead", "With", "Status", "Type", "Further types", "Measures", "Years",
             "Funding"],
            ["Nurses' training", "SOMHD", "ACDM; somhd", "In progress", "Capacity building",
             "public outreach; groundwork", "B-2-1, blueprint:B-2-2", "2026-2028", "JAIF"],
            ["A study", "somhd", None, None, "research", None, "b-2", 2026, None],
        ),
        "plan.xlsx",
    )  # fmt: skip
    assert problems(checked) == []
    assert counts(checked) == (2, 0, 0, 0)
    assert plan.apply(checked, reason="").state == "applied"
    training = Activity.objects.get(title="Nurses' training")
    assert (training.status, training.type) == ("ongoing", "capacity_building")
    assert training.further_types == ["outreach", "groundwork"]
    assert [body.acronym for body in training.supporting_bodies.all()] == ["ACDM"]
    assert {node.key for node in training.measures.all()} == {"b-2-1", "b-2-2"}
    assert (training.year_from, training.year_to, training.funding) == (2026, 2028, "JAIF")
    assert training.history.get().history_user == plan.by
    study = Activity.objects.get(title="A study")
    assert (study.status, study.year_from, study.year_to) == ("planned", 2026, 2026)


def test_a_row_changes_the_activity_it_is_about_and_keeps_what_the_file_lacks(plan):
    held = make_activity("Training", support=["ACDM"], funding="JAIF", year_from=2025)
    lines = ["title,lead,status", "Training,SOMHD,completed"]
    checked = plan.check(csv_file(*lines))
    assert counts(checked) == (0, 1, 0, 0)
    plan.apply(checked, reason="Report of the quarter")
    held.refresh_from_db()
    assert (held.status, held.funding, held.year_from) == ("completed", "JAIF", 2025)
    assert held.supporting_bodies.get().acronym == "ACDM"
    latest = held.history.first()
    assert (latest.history_user, latest.history_change_reason) == (plan.by, "Report of the quarter")
    assert counts(plan.check(csv_file(*lines))) == (0, 0, 1, 0)


def test_a_reference_finds_an_activity_whose_title_changes(plan):
    held = make_activity("Training")
    plan.load(csv_file("reference,title", f"{held.token},Training of nurses"))
    held.refresh_from_db()
    assert held.title == "Training of nurses"
    unknown = plan.check(csv_file("reference,title", "nothing,x"))
    assert "No activity has the reference" in problems(unknown)[0][3]


def test_of_two_with_one_title_the_source_or_the_reference_decides(plan):
    first = make_activity("Training", source="Plan 2025")
    make_activity("Training", source="Plan 2026")
    unclear = plan.check(csv_file("title,lead,status", "Training,SOMHD,ongoing"))
    assert "2 activities are called so" in problems(unclear)[0][3]
    plan.load(csv_file("title,lead,status,source", "Training,SOMHD,ongoing,Plan 2025"))
    first.refresh_from_db()
    assert first.status == "ongoing"
    assert Activity.objects.filter(status="ongoing").count() == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_exported_list_loads_back_with_0_changes(form):
    from indicators.backoffice.activities import HEADERS, activity_rows

    nodes = make_tree()
    make_activity(
        "=Training",
        support=["ACDM"],
        on=[nodes["b-2-1"], nodes["b-2"]],
        further_types=["policy", "groundwork"],
        description="Two\nlines",
        status_since="2026-05-31",
        year_from=2025,
        year_to=2026,
        source="Plan",
    )
    make_activity("Given up", "ACDM", status="withdrawn", withdrawn_reason="merged")
    way = Way(user_with_role("administrator"), kind="activities")
    rows = activity_rows(Activity.objects.all())
    data = (csv_bytes if form == "csv" else xlsx_bytes)(HEADERS, rows)
    checked = way.check(io.BytesIO(data), f"activities.{form}")
    assert problems(checked) == []
    assert counts(checked) == (0, 0, 2, 0)


def test_only_the_own_bodys_activities_are_written(plan):
    make_activity("Theirs", "ACDM")
    own = make_activity("Ours")
    checked = plan.check(
        csv_file(
            "reference,title,lead,status,type",
            ",Theirs,ACDM,completed,outreach",
            ",New,ACDM,planned,outreach",
            f"{own.token},Ours,ACDM,planned,outreach",
            ",Ours too,SOMHD,planned,outreach",
        )
    )
    assert counts(checked) == (1, 0, 0, 3)
    assert {sentence for *_place, sentence in problems(checked)} == {
        "You do not report for ACDM today."
    }


def test_a_term_that_ended_between_check_and_application_writes_nothing(plan):
    from engagement.models import Grant

    checked = plan.check(csv_file("title,lead,type", "New,SOMHD,outreach", "Other,SOMHD,policy"))
    from indicators.services import imports

    imports.ask_to_apply(imported=checked, by=plan.by)
    Grant.objects.all().delete()
    stopped = plan.go_on(checked)
    assert stopped.state == "failed"
    assert "You do not report for SOMHD today" in stopped.sentence
    assert not Activity.objects.exists()


def test_every_bad_row_of_a_work_plan_is_named(plan):
    checked = plan.check(
        csv_file(
            "title;lead;with;status;type;measures;from year;to year;why withdrawn;status since",
            ";SOMHD;;;outreach;;;;;",
            "A;;;;outreach;;;;;",
            "B;SOMDH;;;outreach;;;;;",
            "C;SOMHD;NOBODY;;outreach;;;;;",
            "D;SOMHD;;soon;outreach;;;;;",
            "E;SOMHD;;;party;;;;;",
            "F;SOMHD;;;;;;;;",
            "G;SOMHD;;;outreach;B-9;;;;",
            "H;SOMHD;;;outreach;;2027;2026;;",
            "I;SOMHD;;;outreach;;26;;;",
            "J;SOMHD;;withdrawn;outreach;;;;;",
            "K;SOMHD;;;outreach;;;;;31.5.2026",
            "L;SOMHD;;;outreach;;;;;2096-01-01",
            f"{'M' * 301};SOMHD;;;outreach;;;;;",
            "N;SOMHD;;;outreach;;;;;",
            "n;SOMHD;;;outreach;;;;;",
        )
    )
    assert counts(checked) == (0, 0, 0, 16)
    told = {row: (column, sentence) for row, column, _value, sentence in problems(checked)}
    assert told[4] == ("lead", "“SOMDH” is not known. Did you mean “SOMHD”?")
    assert told[9][1].startswith("“B-9” is not known") or told[9][1].startswith("No measure")
    assert told[10] == ("to year", "The activity ends in 2026, before its first year 2027.")
    assert told[12] == ("why withdrawn", "Say why the activity was withdrawn.")
    assert {row: column for row, (column, _sentence) in told.items()} == {
        2: "title", 3: "lead", 4: "lead", 5: "with", 6: "status", 7: "type", 8: "type",
        9: "measures", 10: "to year", 11: "from year", 12: "why withdrawn", 13: "status since",
        14: "status since", 15: "title", 16: "", 17: "",
    }  # fmt: skip


def test_an_activity_changed_meanwhile_stops_the_whole_file(plan):
    held = make_activity("Training")
    checked = plan.check(
        csv_file("title,lead,status,type", "Training,SOMHD,ongoing,", "New,SOMHD,,policy")
    )
    Activity.objects.filter(pk=held.pk).update(version=7, funding="JAIF")
    stopped = plan.apply(checked)
    assert stopped.state == "checked"
    assert "was changed by somebody else" in stopped.sentence
    assert Activity.objects.count() == 1


def test_a_reporter_sees_own_imports_alone_and_no_import_of_values(client_for, plan):
    from django.urls import reverse

    checked = plan.check(csv_file("title,lead,type", "New,SOMHD,outreach"))
    page = reverse("indicators_office:import", args=[checked.token])
    other = client_for("sectoral_body_reporter", body="ACDM")
    assert other.get(page).status_code == 404
    kinds = other.get(reverse("indicators_office:imports")).context["kinds"]
    assert [kind.name for kind in kinds] == ["activities"]
    assert client_for("administrator").get(page).status_code == 200
    assert client_for("sectoral_body_reporter").get(page).status_code == 404
