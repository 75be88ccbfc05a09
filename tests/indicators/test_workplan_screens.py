"""The screens of work plans: everybody reads everything, each body writes its own."""

import csv
import io
import json

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from indicators.models import Activity
from tests.indicators.factories import HOSTILE
from tests.indicators.workplans import make_activity, make_body, make_tree

pytestmark = pytest.mark.django_db

LIST = "/office/indicators/activities/"


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def reporter(client_for):
    """The client of a reporter of SOMHD."""
    make_body("SOMHD")
    return client_for("sectoral_body_reporter", body="SOMHD")


def entry(lead="SOMHD", **values):
    """What the form sends for a new activity."""
    return {
        "title": "Exchange of volunteers",
        "status": "planned",
        "type": "outreach",
        "lead_body": make_body(lead).pk,
    } | values


def shown(answer):
    return [activity.title for activity in answer.context["page_obj"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Aerial survey", "Banner", "Canteens", "Drill"]),
        ("body=ACW", ["Banner", "Canteens"]),
        ("body=ACW&part=lead", ["Canteens"]),
        ("body=ACW&part=support", ["Banner"]),
        ("status=withdrawn", ["Drill"]),
        ("type=policy", ["Canteens"]),
        ("year=2025", ["Banner", "Canteens"]),
        ("year=2031", ["Drill"]),
        ("q=school+meals", ["Canteens"]),
        ("body=nobody&status=lost&type=x&node=999&year=soon&sort=up&p=99", None),
        (f"year={'9' * 400}", None),
    ],
)
def test_the_list_is_filtered_and_what_is_not_understood_filters_nothing(client_for, query, found):
    make_activity("Aerial survey", "ACDM")
    make_activity("Banner", "SOMRI", support=["ACW"], year_from=2024, year_to=2026)
    make_activity(
        "Canteens", "ACW", type="policy", description="School meals", year_from=2025, year_to=2025
    )
    make_activity("Drill", "SOMY", status="withdrawn", withdrawn_reason="Storm", year_from=2031)
    answer = client_for("analyst").get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert sorted(shown(answer)) == (found or ["Aerial survey", "Banner", "Canteens", "Drill"])


def test_a_part_of_the_framework_finds_what_serves_anything_below_it(client_for, tree):
    make_activity("On the measure", on=[tree["b-2-1"]])
    make_activity("On both", on=[tree["b-2-1"], tree["b-2-2"]])
    make_activity("On nothing")
    client = client_for("analyst")
    assert shown(client.get(f"{LIST}?node={tree['b'].pk}&sort=title")) == [
        "On both",
        "On the measure",
    ]
    assert shown(client.get(f"{LIST}?node={tree['b-2-2'].pk}")) == ["On both"]


def test_the_list_is_sorted_by_its_columns_and_goes_on_over_pages(client_for):
    body = make_body("ACW")
    Activity.objects.bulk_create(
        Activity(title=f"Activity {number:03}", type="policy", lead_body=body)
        for number in range(120)
    )
    client = client_for("analyst")
    assert shown(client.get(f"{LIST}?sort=title&p=3"))[0] == "Activity 100"
    assert len(shown(client.get(f"{LIST}?sort=changed"))) == 50


def test_the_rate_counts_each_activity_once_and_leaves_the_withdrawn_out(client_for, tree):
    for status in ("completed", "ongoing", "planned", "withdrawn"):
        make_activity(status, status=status, withdrawn_reason="x", on=list(tree.values()))
    answer = client_for("analyst").get(LIST)
    assert answer.context["counts"].standing == 3
    assert answer.context["rate"] == "66.7"


def test_the_lists_ask_the_same_number_of_queries_for_fifty_as_for_one(
    client_for, tree, django_assert_max_num_queries
):
    for number in range(50):
        make_activity(f"Activity {number}", support=["ACW"], on=[tree["b-2"]])
    client = client_for("analyst")
    client.get(LIST)
    with django_assert_max_num_queries(25):
        client.get(LIST)
    with django_assert_max_num_queries(20):
        client.get(f"{LIST}export.csv")


def test_the_files_hold_the_filtered_list_with_cells_that_are_no_formulas(client_for, tree):
    make_activity("=1+1", "ACW", on=[tree["b-2"]], support=["SOMY"], year_from=2026)
    make_activity("Other", "ACDM")
    client = client_for("analyst")
    text = client.get(f"{LIST}export.csv?body=ACW").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["title"] == "'=1+1"
    assert (row["lead_body"], row["supporting_bodies"]) == ("ACW", "SOMY")
    assert (row["contributes_to"], row["year_from"]) == ("blueprint:B-2", "2026")
    book = load_workbook(io.BytesIO(client.get(f"{LIST}export.xlsx?body=ACW").content))
    assert [cell.value for cell in next(book.active.iter_rows(min_row=2))][1] == "'=1+1"


def test_everybody_on_the_staff_reads_an_activity_of_any_body(client_for):
    theirs = make_activity(f"Training {HOSTILE}", "ACDM", description=HOSTILE)
    for role in ("communications_officer", "national_focal_point", "approver"):
        answer = client_for(role).get(f"{LIST}{theirs.token}/")
        assert answer.status_code == 200
        assert HOSTILE not in answer.content.decode()
        assert "/edit/" not in answer.content.decode()


def test_an_activity_that_was_loaded_in_bulk_has_a_page_without_a_history(client_for):
    body = make_body("ACDM")
    Activity.objects.bulk_create([Activity(title="Loaded", type="policy", lead_body=body)])
    answer = client_for("analyst").get(f"{LIST}{Activity.objects.get().token}/")
    assert "Nothing is recorded." in answer.content.decode()


def test_a_reporter_edits_the_own_bodys_activity_and_no_other(reporter):
    own, other = make_activity("Ours"), make_activity("Theirs", "ACDM")
    assert reporter.get(f"{LIST}{own.token}/edit/").status_code == 200
    assert reporter.get(f"{LIST}{other.token}/edit/").status_code == 404
    assert reporter.post(f"{LIST}{other.token}/edit/", entry("ACDM")).status_code == 404
    moved = entry("ACDM", version=1)
    assert reporter.post(f"{LIST}{own.token}/edit/", moved).status_code == 422
    own.refresh_from_db()
    assert own.lead_body.acronym == "SOMHD"


def test_an_entry_is_saved_with_its_connections_and_its_history_is_on_the_page(reporter, tree):
    data = entry(
        supporting_bodies=[make_body("ACW").pk], measures=[tree["b-2-1"].pk, tree["b-2-2"].pk]
    )
    answer = reporter.post(f"{LIST}new/", data)
    made = Activity.objects.get()
    assert answer.url == f"{LIST}{made.token}/"
    assert made.measures.count() == 2
    data |= {"version": 1, "title": "Exchange of nurses", "measures": [tree["b-2-1"].pk]}
    data["reason"] = "As agreed in Vientiane"
    assert reporter.post(f"{LIST}{made.token}/edit/", data).status_code == 302
    page = reporter.get(f"{LIST}{made.token}/")
    newest, first = page.context["history"]
    assert (newest.who, newest.reason) == (str(reporter.user), "As agreed in Vientiane")
    said = {change.label: (change.before, change.after) for change in newest.changes}
    assert said["title"] == ("Exchange of volunteers", "Exchange of nurses")
    assert said["contributes to"][1] == "B-2-1 Measure b-2-1"
    assert first.kind == "added"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"status": "withdrawn"}, "withdrawn_reason"),
        ({"year_from": "2027", "year_to": "2026"}, "year_to"),
        ({"year_from": "9" * 30}, "year_from"),
        ({"year_from": "1066"}, "year_from"),
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"measures": ["7777777", "abc"]}, "measures"),
        ({"status_since": "2999-01-01"}, "status_since"),
        ({"type": "party"}, "type"),
    ],
)
def test_what_cannot_be_is_answered_beside_its_field_and_nothing_is_saved(reporter, wrong, field):
    answer = reporter.post(f"{LIST}new/", entry(**wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Activity.objects.exists()


def test_check_29_what_other_bodies_do_is_seen_before_anything_is_saved(reporter, tree):
    theirs = make_activity("Handbook", "SOMSWD", on=[tree["b-2-1"]])
    data = entry(measures=[tree["b-2-1"].pk])
    stopped = reporter.post(f"{LIST}new/", data)
    assert stopped.status_code == 200
    assert stopped.context["is_stopped"]
    assert "Also contributes to B-2-1" in stopped.content.decode()
    assert Activity.objects.count() == 1
    assert reporter.post(f"{LIST}new/", data | {"seen": [theirs.token]}).status_code == 302


def test_an_edit_that_adds_no_measure_and_keeps_the_title_is_not_stopped(reporter, tree):
    make_activity("Handbook", "SOMSWD", on=[tree["b-2-1"]])
    own = make_activity("Exchange of volunteers", on=[tree["b-2-1"]])
    data = entry(measures=[tree["b-2-1"].pk], status="ongoing", version=1)
    assert reporter.post(f"{LIST}{own.token}/edit/", data).status_code == 302


def test_looking_saves_nothing_keeps_what_was_typed_and_narrows_the_measures(reporter, tree):
    data = entry(title="Half a title", measures=[tree["b"].pk], words="b-2-2", look="measures")
    answer = reporter.post(f"{LIST}new/", data)
    assert answer.status_code == 200
    assert answer.context["form"]["title"].value() == "Half a title"
    ((_framework, (group,)),) = answer.context["chooser"].frameworks
    offered = [(choice.node.code, choice.is_chosen) for choice in group.choices]
    assert offered == [("B", True), ("B-2-2", False)]
    assert not Activity.objects.exists()


def test_similar_activities_are_given_while_typing(reporter, tree):
    theirs = make_activity(f"Volunteers' exchange {HOSTILE}", "ACW")
    address = reverse("indicators_office:activities_similar")
    answer = reporter.get(
        address, {"title": "exchange of volunteers", "lead_body": make_body("SOMHD").pk}
    )
    page = answer.content.decode()
    assert theirs.token in page
    assert HOSTILE not in page
    assert "Similar words: exchange, volunteers" in page


@pytest.mark.parametrize(
    "query",
    [
        "title=%3F&measures=x&measures=99999999999999999999&year_from=-1&lead_body=%F0%9F%98%80",
        f"title={'ក' * 2000}&year_from=²&year_to=99999",
        "&".join(f"measures={number}" for number in range(2000)),
    ],
)
def test_anything_may_be_asked_for_similar_ones(reporter, query):
    make_activity("Anything", "ACW")
    answer = reporter.get(f"{reverse('indicators_office:activities_similar')}?{query}")
    assert answer.status_code == 200


def test_of_two_editors_the_second_sees_what_the_first_saved(reporter, client_for):
    own = make_activity("Ours")
    address = f"{LIST}{own.token}/edit/"
    client_for("administrator").post(address, entry(title="Maly's", version=1))
    answer = reporter.post(address, entry(title="Dara's", version=1))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Maly&#x27;s" in page
    assert 'name="version" value="2"' in page
    assert reporter.post(address, entry(title="Dara's", version=2)).status_code == 302


def sheet(*activities, **changes):
    data = {"body": "SOMHD"}
    for one in activities:
        for name in ("token", "version", "status"):
            data[f"{one.token}-{name}"] = getattr(one, name)
        data[f"{one.token}-since"] = one.status_since or ""
        data[f"{one.token}-reason"] = ""
    return data | changes


def test_a_body_updates_its_quarter_on_one_sheet(reporter):
    first, second = make_activity("First"), make_activity("Second", status="ongoing")
    make_activity("Old", status="completed", status_since="2020-01-01")
    make_activity("Theirs", "ACDM")
    page = reporter.get(f"{LIST}quarter/")
    assert [row.activity.title for row in page.context["rows"]] == ["Second", "First"]
    data = sheet(first, second, **{f"{second.token}-status": "completed"})
    assert reporter.post(f"{LIST}quarter/", data).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.version) == ("planned", 1)
    assert (second.status, second.version) == ("completed", 2)
    assert first.confirmed_on == second.confirmed_on == second.status_since


def test_a_quarter_with_one_wrong_row_changes_nothing_and_says_which(reporter):
    first, second = make_activity("First"), make_activity("Second")
    data = sheet(first, second)
    data |= {f"{first.token}-status": "completed", f"{second.token}-status": "withdrawn"}
    answer = reporter.post(f"{LIST}quarter/", data)
    assert answer.status_code == 422
    assert "Say why “Second” was withdrawn" in answer.content.decode()
    first.refresh_from_db()
    assert first.status == "planned"
    assert reporter.post(f"{LIST}quarter/", {f"{first.token}-version": "x"}).status_code == 422


def test_a_quarter_changed_by_somebody_else_meanwhile_is_shown_before_it_is_saved(reporter):
    own = make_activity("Ours")
    data = sheet(own, **{f"{own.token}-status": "withdrawn", f"{own.token}-reason": "No funds"})
    Activity.objects.filter(pk=own.pk).update(status="completed", version=2)
    answer = reporter.post(f"{LIST}quarter/", data)
    assert answer.status_code == 409
    assert "saved “Ours” while you were writing" in answer.content.decode()
    own.refresh_from_db()
    assert own.status == "completed"
    again = data | {f"{own.token}-version": 2}
    assert reporter.post(f"{LIST}quarter/", again).status_code == 302


def test_the_quarter_of_another_body_is_not_there(reporter, client_for):
    make_activity("Theirs", "ACDM")
    assert reporter.get(f"{LIST}quarter/?body=ACDM").status_code == 404
    assert reporter.post(f"{LIST}quarter/", {"body": "ACDM"}).status_code == 404
    assert client_for("analyst").get(f"{LIST}quarter/").status_code == 404
    assert client_for("administrator").get(f"{LIST}quarter/?body=ACDM").status_code == 200


def test_staff_read_the_tables_of_all_or_of_one_body(client_for, tree):
    make_activity("One", "ACW", on=[tree["b-2"]], year_from=2025)
    make_activity("Two", "SOMY", on=[tree["b-2"]], status="completed")
    client = client_for("analyst")
    page = client.get(f"{LIST}tables/")
    assert page.context["page"].table.counts.standing == 2
    page = client.get(f"{LIST}tables/?body=ACW&part=b&year=2025")
    assert page.context["page"].table.subject.key == "b"
    assert page.context["page"].table.counts.standing == 1
    odd = client.get(f"{LIST}tables/?framework=none&body=x&part=none&year=x")
    assert odd.context["page"].table.counts.standing == 2
    text = client.get(f"{LIST}tables.csv?body=ACW").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["dimension"] == "lead_body"]
    assert {(row["table"], row["key"], row["activities"]) for row in rows} == {
        ("1", "ACW", "1"),
        ("2", "ACW", "1"),
    }


def test_the_public_reads_totals_and_no_title(client, tree):
    make_activity("A secret plan", "ACW", on=[tree["b-2-1"]], description="Hidden words")
    address = reverse("indicators:activity_tables", args=["blueprint"])
    for query in ("", "?part=b", "?part=nothing", "?other=1"):
        answer = client.get(address + query)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "ACW" in page
        assert "A secret plan" not in page
        assert "Hidden words" not in page
    text = client.get(reverse("indicators:activity_tables_export", args=["blueprint", "csv"]))
    assert "A secret plan" not in text.content.decode()
    assert client.get(reverse("indicators:activity_tables", args=["no"])).status_code == 404


def test_a_kept_public_page_shows_a_new_activity_at_once(client, tree, settings):
    settings.PAGES_KEPT = 60
    address = reverse("indicators:activity_tables", args=["blueprint"])
    assert "No activity is connected with this yet" in client.get(address).content.decode()
    make_activity("One", "ACW", on=[tree["b-2"]])
    assert "No activity is connected" not in client.get(address).content.decode()


def test_the_printed_figures_stand_beside_the_counted_ones(client, tree):
    framework = tree["b"].framework
    framework.printed_facts = {
        "tables": [
            {
                "number": "3",
                "node": "b",
                "source": "Review",
                "figures": [
                    {"key": "activities", "text": "activities", "value": 402, "source": "Review"},
                    {"key": "done", "text": "done", "value": 215, "percent": "78.36",
                     "of": "activities", "source": "Review"},
                    {"key": "share-acw", "text": "ACW", "percent": "25", "source": "Review"},
                    {"key": "common", "text": "common", "words": "outreach", "source": "Review"},
                ],
            }
        ]
    }  # fmt: skip
    framework.save()
    make_activity("One", "ACW", on=[tree["b-2-1"]], status="ongoing")
    make_activity("Two", "SOMY", on=[tree["b-2-1"]])
    answer = client.get(reverse("indicators:activity_tables", args=["blueprint"]) + "?part=b")
    lines = [
        (line.printed.replace("\xa0", " "), line.counted.replace("\xa0", " "))
        for line in answer.context["page"].beside
    ]
    assert lines == [
        ("402", "2"),
        ("215 (78.36 %)", "1 (50.0 %)"),
        ("25 %", "50.0 %"),
        ("outreach", "public outreach"),
    ]
    assert json.dumps(lines)
