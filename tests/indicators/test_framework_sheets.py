"""A framework leaves as a workbook and comes back: nothing changes, or what was changed in it."""

import csv
import io
import json
import zipfile

import pytest
import xlsxwriter
from django.contrib.auth import get_user_model
from django.utils import timezone
from openpyxl import load_workbook

from indicators import frameworks, services
from indicators.errors import ChangedMeanwhile, FileRefused, WrongState
from indicators.frameworks import sheets
from indicators.models import (
    Baseline,
    Framework,
    FrameworkNode,
    Indicator,
    NodeMapping,
    Target,
)
from tests.indicators.factories import (
    AT,
    HOSTILE,
    make_area,
    make_framework,
    make_indicator,
    make_node,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def amina():
    """The administrator who keeps the frameworks."""
    return get_user_model().objects.create(email="amina@asean.example")


@pytest.fixture
def plan():
    """A small framework with one row of every kind, and words that do harm in spreadsheets."""
    framework = make_framework(
        slug="plan", title="=1+1", description=" two\r\nlines ", printed_facts={"a": "x" * 70_000}
    )
    goal = make_node(framework=framework, key="g", code="G.1", title="-minus", position=1)
    part = make_node(framework=framework, key="o", title=HOSTILE, parent=goal, position=2)
    parent = make_indicator("kpi-1", framework=framework, node=goal, code="KPI 1")
    child = make_indicator(
        "kpi-1a",
        framework=framework,
        node=part,
        parent=parent,
        titles={"id": "Kesadaran", "th": "การรับรู้"},
        range_low="-0.000001",
        minimum_members=6,
        is_published=False,
    )
    Target.objects.create(
        indicator=child, area=make_area("KH"), period="2030-Q1", value="12345678901234.123456"
    )
    Baseline.objects.create(indicator=child, area=make_area("KH"), year=2017)
    NodeMapping.objects.create(
        from_node=goal, to_node=make_node(framework=make_framework(slug="old"), key="a"), note="@x"
    )
    return framework


def upload(content, amina, name="plan.xlsx"):
    return services.read_workbook(file=io.BytesIO(content), name=name, by=amina, at=AT)


def propose(content, amina):
    return services.proposal_of(upload(content, amina))


def apply(content, amina):
    found = upload(content, amina)
    seen = services.proposal_of(found).seen_digest
    return services.apply_import(found=found, seen=seen, by=amina, at=AT)


def book(**tables):
    """A workbook: `book(Framework=[["slug", "title"], ["x", "X"]])`."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        for name, rows in tables.items():
            page = made.add_worksheet(name)
            for line, row in enumerate(rows):
                page.write_row(line, 0, row)
    return buffer.getvalue()


def edited(content, sheet, change):
    """The workbook after somebody changed one sheet by hand."""
    found = load_workbook(io.BytesIO(content))
    change(found[sheet])
    buffer = io.BytesIO()
    found.save(buffer)
    return buffer.getvalue()


def problems_of(proposal):
    return [(one.sheet, one.row, one.column, one.sentence) for one in proposal.problems]


def test_an_exported_framework_comes_back_with_no_change(plan, amina):
    proposal = propose(sheets.workbook(frameworks.contents(plan)), amina)
    assert proposal.differences == []
    assert proposal.problems == []
    assert proposal.absent == []


def test_the_loaded_frameworks_come_back_with_no_change(loaded, amina):
    for framework in Framework.objects.all():
        proposal = propose(sheets.workbook(frameworks.contents(framework)), amina)
        assert (proposal.differences, proposal.problems, proposal.absent) == ([], [], [])


def test_a_framework_that_is_gone_is_rebuilt_from_its_workbook_to_the_last_digit(plan, amina):
    document = frameworks.contents(plan)
    content = sheets.workbook(document)
    NodeMapping.objects.all().delete()
    Target.objects.all().delete()
    Baseline.objects.all().delete()
    Indicator.objects.filter(parent__isnull=False).delete()
    Indicator.objects.all().delete()
    FrameworkNode.objects.filter(framework=plan, parent__isnull=False).delete()
    FrameworkNode.objects.filter(framework=plan).delete()
    plan.delete()
    apply(content, amina)
    again = frameworks.contents(Framework.objects.get(slug="plan"))
    assert again["framework"].pop("description") == "two\nlines"
    document["framework"].pop("description")
    assert again == document


def test_no_cell_of_the_files_is_a_formula(plan):
    document = frameworks.contents(plan)
    found = load_workbook(io.BytesIO(sheets.workbook(document)))
    cells = [cell for page in found for row in page.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(sheets.csv_archive(document))) as archive:
        assert archive.namelist() == [
            "framework.csv",
            "nodes.csv",
            "indicators.csv",
            "targets.csv",
            "baselines.csv",
            "mappings.csv",
        ]
        text = archive.read("nodes.csv").decode("utf-8-sig")
    titles = [row["title"] for row in csv.DictReader(io.StringIO(text))]
    assert titles == ["'-minus", HOSTILE]


FIVE_LEVELS = {
    "Framework": [["Slug", "Title"], ["forest", "Forest programme 2040"]],
    "Nodes": [
        ["code", "title", "kind", "parent"],
        ["1", "Canopy", "layer", ""],
        ["1.1", "Oaks", "stand", "1"],
        ["1.1.1", "Old oaks", "plot", "1.1"],
        ["1.1.1.1", "The hollow one", "tree", "1.1.1"],
        ["1.1.1.1.a", "Its northern branch", "branch", "1.1.1.1"],
    ],
    "Indicators": [
        ["code", "title", "node", "direction", "unit", "baseline year"],
        ["T1", "Leaves", "1.1.1.1.a", "up", "leaves", 2024],
    ],
    "Targets": [["indicator", "area", "period", "value"], ["T1", "KH", 2040, "1.000,5"]],
}


def test_a_framework_of_five_levels_nobody_has_heard_of_loads_from_its_own_words(client, amina):
    make_area("KH")
    apply(book(**FIVE_LEVELS), amina)
    framework = Framework.objects.get(slug="forest")
    nodes = FrameworkNode.objects.filter(framework=framework).order_by("position")
    depths = [
        (branch.depth, branch.node.kind) for branch in frameworks.flat(frameworks.branches(nodes))
    ]
    assert depths == [(0, "layer"), (1, "stand"), (2, "plot"), (3, "tree"), (4, "branch")]
    target = Target.objects.get(indicator__framework=framework)
    assert (str(target.value), target.period) == ("1000.500000", "2040")
    assert target.indicator.node.code == "1.1.1.1.a"
    assert target.indicator.baseline_year == 2024
    page = client.get("/indicators/?framework=forest")
    assert "Leaves" in page.content.decode()


def test_uploading_the_five_levels_again_changes_nothing(amina):
    make_area("KH")
    apply(book(**FIVE_LEVELS), amina)
    proposal = propose(book(**FIVE_LEVELS), amina)
    assert (proposal.differences, proposal.problems, proposal.absent) == ([], [], [])


def test_a_preview_tells_new_changed_and_absent_rows_and_applies_nothing(plan, amina):
    content = edited(
        sheets.workbook(frameworks.contents(plan)),
        "Nodes",
        lambda page: (page.delete_rows(3), page.append(["n", "g", "objective", "", "New"])),
    )
    content = edited(content, "Indicators", lambda page: page.delete_rows(3))
    before = frameworks.contents(plan)
    proposal = propose(content, amina)
    assert [(one.section, one.known_as) for one in proposal.added] == [("nodes", ("n",))]
    assert ("nodes", HOSTILE) in proposal.absent
    assert proposal.changed == []
    assert frameworks.contents(plan) == before


def test_what_the_file_lacks_stays(plan, amina):
    content = edited(
        sheets.workbook(frameworks.contents(plan)), "Targets", lambda page: page.delete_rows(2)
    )
    apply(content, amina)
    assert Target.objects.count() == 1


def test_a_change_is_applied_with_who_when_and_from_which_file(plan, amina):
    content = edited(
        sheets.workbook(frameworks.contents(plan)),
        "Nodes",
        lambda page: setattr(page["E2"], "value", "Renamed"),
    )
    proposal = apply(content, amina)
    [change] = proposal.changed
    assert (change.section, change.kinds) == ("nodes", ("renamed",))
    node = FrameworkNode.objects.get(key="g", framework=plan)
    assert node.title == "Renamed"
    entry = node.history.get(history_type="~")
    assert (entry.history_user, entry.history_date) == (amina, AT)
    assert entry.history_change_reason == "Import of plan.xlsx"
    assert not Indicator.history.filter(history_type="~").exists()


BAD = {
    "Framework": [["slug", "title", "mystery"], ["plan", "Plan", "?"]],
    "Nodes": [
        ["key", "title", "kind", "parent", "title_status"],
        ["g", "Goal", "goal", "", "confirmed"],
        ["x", "Of nobody", "goal", "nowhere", "confirmed"],
        ["y", "Of x", "goal", "x", "confirmed"],
        ["c1", "Circle 1", "goal", "c2", "confirmed"],
        ["c2", "Circle 2", "goal", "c1", "confirmed"],
        ["z", "", "goal", "", "confirmed"],
        ["w", "Wrong word", "goal", "", "certainly"],
        ["g", "Twice", "goal", "", "confirmed"],
        ["ok", "Good", "goal", "g", "confirmed"],
    ],
    "Indicators": [
        ["slug", "title", "node", "code", "decimals", "parent"],
        ["kpi-9", "Fine", "ok", "KPI 9", 1, ""],
        ["kpi-10", "Homeless", "x", "KPI 10", 1, ""],
        ["kpi-11", "Doubled", "g", "KPI 1", 1, ""],
        ["kpi-12", "Own child", "g", "", 1, "kpi-12"],
        ["kpi-13", "Half", "g", "", 1.5, ""],
        ["taken", "Taken", "g", "", 1, ""],
        ["not a slug", "Slug", "g", "", 1, ""],
    ],
    "Targets": [
        ["indicator", "area", "period", "value"],
        ["kpi-9", "KH", "2030", "12"],
        ["kpi-10", "KH", "2030", "12"],
        ["kpi-9", "XX", "2030", "12"],
        ["kpi-9", "KH", "soon", "12"],
        ["kpi-9", "KH", "2031", "many"],
        ["kpi-9", "KH", "2032", 1e30],
    ],
    "Mappings": [
        ["node", "other_framework", "other_node"],
        ["ok", "old", "a"],
        ["ok", "old", "b"],
        ["ok", "plan", "g"],
    ],
}


def test_every_problem_is_named_by_sheet_row_column_and_reason(plan, amina):
    make_indicator("taken")
    proposal = propose(book(**BAD), amina)
    found = {(sheet, row, column) for sheet, row, column, _reason in problems_of(proposal)}
    assert found == {
        ("Framework", 1, "mystery"),
        ("Nodes", 3, "parent"),
        ("Nodes", 4, "parent"),
        ("Nodes", 5, "parent"),
        ("Nodes", 6, "parent"),
        ("Nodes", 7, "title"),
        ("Nodes", 8, "title_status"),
        ("Nodes", 9, "key"),
        ("Indicators", 3, "node"),
        ("Indicators", 4, "code"),
        ("Indicators", 5, "parent"),
        ("Indicators", 6, "decimals"),
        ("Indicators", 7, "slug"),
        ("Indicators", 8, "slug"),
        ("Targets", 3, "indicator"),
        ("Targets", 4, "area"),
        ("Targets", 5, "period"),
        ("Targets", 6, "value"),
        ("Targets", 7, "value"),
        ("Mappings", 3, "other_node"),
        ("Mappings", 4, "other_framework"),
    }
    order = ["Framework", "Nodes", "Indicators", "Targets", "Mappings"]
    places = [(order.index(one.sheet), one.row) for one in proposal.problems]
    assert places == sorted(places)
    reasons = {
        (sheet, row): (one.value, one.sentence)
        for one in proposal.problems
        for sheet, row in [(one.sheet, one.row)]
    }
    assert reasons["Nodes", 8] == (
        "certainly",
        "The word is not known here. Write one of: confirmed, unconfirmed, not_stated.",
    )
    assert reasons["Nodes", 3] == ("nowhere", "No row has this key, address or code.")
    assert reasons["Nodes", 4][1] == "The row it is a part of was left out."


def test_good_rows_beside_bad_ones_are_applied(plan, amina):
    make_indicator("taken")
    apply(book(**BAD), amina)
    keys = FrameworkNode.objects.filter(framework=plan).values_list("key", flat=True)
    assert set(keys) == {"g", "o", "ok"}
    assert Indicator.objects.get(slug="kpi-9").node.key == "ok"
    assert Target.objects.filter(indicator__slug="kpi-9").count() == 1
    assert NodeMapping.objects.filter(from_node__key="ok").count() == 1


def test_two_indicators_may_swap_their_codes(plan, amina):
    Indicator.objects.filter(slug="kpi-1a").update(code="KPI 1a")

    def swap(page):
        page["D2"].value, page["D3"].value = page["D3"].value, page["D2"].value

    apply(edited(sheets.workbook(frameworks.contents(plan)), "Indicators", swap), amina)
    assert dict(Indicator.objects.filter(framework=plan).values_list("slug", "code")) == {
        "kpi-1": "KPI 1a",
        "kpi-1a": "KPI 1",
    }


def test_a_preview_of_yesterday_is_not_applied_to_todays_framework(plan, amina):
    found = upload(sheets.workbook(frameworks.contents(plan)), amina)
    seen = services.proposal_of(found).seen_digest
    FrameworkNode.objects.filter(key="g").update(title="Changed by Boris")
    with pytest.raises(ChangedMeanwhile, match="changed since this preview"):
        services.apply_import(found=found, seen=seen, by=amina, at=AT)
    assert FrameworkNode.objects.filter(title="Changed by Boris").exists()


def test_an_import_is_applied_once(plan, amina):
    found = upload(sheets.workbook(frameworks.contents(plan)), amina)
    seen = services.proposal_of(found).seen_digest
    services.apply_import(found=found, seen=seen, by=amina, at=AT)
    with pytest.raises(WrongState, match="applied already"):
        services.apply_import(found=found, seen=seen, by=amina, at=AT)


def test_an_old_version_is_restored_by_proposing_it(plan, amina):
    version = services.freeze(framework=plan, reason="Adopted", by=amina, at=AT)
    FrameworkNode.objects.filter(key="g").update(title="Spoilt", position=9)
    found = services.reopen_version(version=version, by=amina, at=AT)
    proposal = services.proposal_of(found)
    assert [one.kinds for one in proposal.changed] == [("moved", "renamed")]
    services.apply_import(found=found, seen=proposal.seen_digest, by=amina, at=AT)
    assert frameworks.digest(frameworks.contents(plan)) == version.digest


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 not a zip",
        b"slug,title\nplan,Plan\n",
        "with only another sheet",
        "with an empty slug",
    ],
)
def test_a_file_that_is_no_framework_is_refused_with_a_sentence(amina, content):
    made = {
        "with only another sheet": lambda: book(Prices=[["a", "b"], [1, 2]]),
        "with an empty slug": lambda: book(Framework=[["slug", "title"], ["", ""]]),
    }
    content = made[content]() if content in made else content
    with pytest.raises(FileRefused) as refused:
        upload(content, amina)
    assert str(refused.value).endswith(".")


def test_a_new_framework_without_a_title_is_not_applied(amina):
    found = upload(book(Framework=[["slug"], ["nameless"]]), amina)
    proposal = services.proposal_of(found)
    assert not proposal.can_be_applied
    with pytest.raises(WrongState, match="Correct it"):
        services.apply_import(found=found, seen=proposal.seen_digest, by=amina, at=AT)
    assert not Framework.objects.filter(slug="nameless").exists()


def test_formulas_and_errors_in_cells_are_problems_of_their_cells(plan, amina):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        page = made.add_worksheet("Framework")
        page.write_row(0, 0, ["slug", "title"])
        page.write_row(1, 0, ["plan", "Plan"])
        page = made.add_worksheet("Nodes")
        page.write_row(0, 0, ["key", "title", "kind"])
        page.write_row(1, 0, ["k", "", "goal"])
        page.write_formula(1, 1, "=1+1", value="2")
    proposal = propose(buffer.getvalue(), amina)
    [(sheet, row, column, sentence)] = problems_of(proposal)
    assert (sheet, row, column) == ("Nodes", 2, "title")
    assert "formula" in sentence


def test_a_chain_of_thousands_hanging_from_nothing_is_refused_in_moments(amina):
    rows = [["key", "title", "kind", "parent"]]
    rows += [[f"n{i}", f"Node {i}", "level", f"n{i + 1}"] for i in range(1500)]
    started = timezone.now()
    content = book(Framework=[["slug", "title"], ["deep", "Deep"]], Nodes=rows)
    proposal = propose(content, amina)
    assert len(proposal.problems) == 1500
    assert (timezone.now() - started).total_seconds() < 20


def test_what_was_read_is_kept_as_plain_json(plan, amina):
    found = upload(book(**BAD), amina)
    found.refresh_from_db()
    assert json.loads(json.dumps(found.draft)) == found.draft


@pytest.mark.parametrize(
    "cell",
    [
        "[]",
        "{",
        '{"a": NaN}',
        '{"a": "\\u0000"}',
        '{"\\ud800": 1}',
        "[" * 5000,
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_printed_facts_that_no_database_can_hold_are_a_problem_of_their_cell(plan, amina, cell):
    content = book(Framework=[["slug", "title", "printed_facts"], ["plan", "New", cell]])
    proposal = propose(content, amina)
    [(sheet, row, column, sentence)] = problems_of(proposal)
    assert (sheet, row, column) == ("Framework", 2, "printed_facts")
    assert "JSON" in sentence
    assert proposal.after["framework"]["title"] == "New"
