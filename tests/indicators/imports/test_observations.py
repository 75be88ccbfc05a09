"""Values from a spreadsheet: compared with the ledger, written as a whole, repeated without effect."""

from decimal import Decimal

import pytest

from indicators.errors import ImportRefused, NotAllowed, ReasonRequired
from indicators.exports import (
    HEADERS,
    Known,
    csv_bytes,
    in_series,
    observation_rows,
    xlsx_bytes,
)
from indicators.models import Import, Observation, Revision
from indicators.services import imports
from tests.conftest import user_with_role
from tests.indicators.factories import AT, HOSTILE, make_estimate, make_indicator, record_values
from tests.indicators.imports.conftest import Way, counts, problems
from tests.indicators.imports.files import csv_file, workbook

pytestmark = pytest.mark.django_db
HEAD = "Indicator;Area;Period;Breakdown;Value;Low;High;n;Note"


def values():
    return {
        (row.indicator.slug, row.area.code, row.period, row.breakdown): row.value
        for row in Observation.objects.published().select_related("indicator", "area")
    }


def test_rows_become_values_with_where_they_are_from(way):
    file = csv_file(
        HEAD,
        "kpi-22;KH;2026;;72,4;70,1;74,7;512;Report, table 3",
        "22;Viet Nam;2026;sex=F;68,25 %;;;;",
        "kpi-5a;VNM;Q4 2026;;20;;;;",
        "kpi-31c;vietnam;2026;_T;1\u00a0;;;1\u00a0200;",
    )
    checked = way.check(file)
    assert (checked.state, counts(checked)) == ("checked", (4, 0, 0, 0))
    assert not Observation.objects.exists()
    applied = way.apply(checked, reason="")
    assert applied.state == "applied"
    assert values() == {
        ("kpi-22", "KH", "2026", ""): Decimal("72.4"),
        ("kpi-22", "VN", "2026", "sex=F"): Decimal("68.25"),
        ("kpi-5a", "VN", "2026-Q4", ""): 20,
        ("kpi-31c", "VN", "2026", ""): 1,
    }
    first = Observation.objects.get(area__code="KH")
    assert (first.low, first.n, first.source) == (
        Decimal("70.1"),
        512,
        f"imports:{applied.token}",
    )
    assert first.provenance["document"] == "Report, table 3"
    assert (first.provenance["file"], first.provenance["row"]) == ("values.csv", 2)
    assert first.recorded_by == way.by
    assert not Revision.objects.exists()


def test_the_same_file_again_changes_nothing(way):
    lines = [HEAD, "kpi-22;KH;2026;;72,4;;;;", "kpi-22;LA;2026;;60,5;;;;"]
    way.load(csv_file(*lines))
    again = way.check(csv_file(*lines))
    assert counts(again) == (0, 0, 2, 0)
    with pytest.raises(ImportRefused, match="no row that would change anything"):
        way.apply(again)


def test_a_correction_replaces_the_value_under_the_source_it_has(way):
    record_values(
        make_estimate(provenance={"kind": "document", "document": "Review, table 6"}, n=500),
        source="document:mtr-2020",
    )
    checked = way.check(csv_file("indicator,area,period,value", "kpi-22,KH,2026,73"))
    assert counts(checked) == (0, 1, 0, 0)
    row = checked.rows.get()
    from indicators.imports.registry import KINDS

    assert KINDS["observations"].differences(row) == [("Value", "72.4", "73")]
    with pytest.raises(ReasonRequired):
        way.apply(checked, reason=" ")
    way.apply(checked, reason="Erratum of May")
    held = Observation.objects.get()
    assert (held.value, held.source, held.n) == (73, "document:mtr-2020", 500)
    assert held.provenance["document"] == "Review, table 6"
    assert held.provenance["import"] == checked.token
    revision = Revision.objects.get()
    assert (revision.before["value"], revision.after["value"]) == ("72.4", "73")
    assert (revision.reason, revision.changed_by) == ("Erratum of May", way.by)


def test_columns_that_the_file_lacks_stay_as_they_are_held_and_empty_cells_empty_them(way):
    record_values(make_estimate(low=Decimal("70"), high=Decimal("75"), n=500, status="P"))
    without = way.check(csv_file("indicator,area,period,value", "kpi-22,KH,2026,72.4"))
    assert counts(without) == (0, 0, 1, 0)
    emptied = way.check(
        csv_file("indicator,area,period,value,n,low,high", "kpi-22,KH,2026,72.4,,70,75")
    )
    assert counts(emptied) == (0, 1, 0, 0)
    way.apply(emptied)
    held = Observation.objects.get()
    assert (held.n, held.low, held.status) == (None, 70, "P")


def test_a_value_for_what_was_missing_is_a_normal_value(way):
    record_values(make_estimate(value=None, status="O"))
    way.load(csv_file("indicator,area,period,value", "kpi-22,KH,2026,72.4"))
    held = Observation.objects.get()
    assert (held.value, held.status) == (Decimal("72.4"), "A")
    contradicting = way.check(csv_file("indicator,area,period,value,status", "kpi-22,KH,2026,3,O"))
    assert "there is one" in problems(contradicting)[0][3]


def test_a_value_outside_the_interval_that_is_held_is_refused(way):
    record_values(make_estimate(low=Decimal("70"), high=Decimal("75")))
    checked = way.check(csv_file("indicator,area,period,value", "kpi-22,KH,2026,80"))
    assert "outside its interval (70 to 75)" in problems(checked)[0][3]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("surveys.wave:awareness-2026", "correct it there"),
        ("reporting:KH", "reported by KH"),
        ("indicators.aggregate:mean", "correct it there"),
    ],
)
def test_what_is_computed_or_reported_is_corrected_where_it_comes_from(way, source, words):
    record_values(make_estimate(), source=source)
    same = way.check(csv_file("indicator,area,period,value", "kpi-22,KH,2026,72.4"))
    assert counts(same) == (0, 0, 1, 0)
    checked = way.check(csv_file("indicator,area,period,value", "kpi-22,KH,2026,73"))
    assert counts(checked) == (0, 0, 0, 1)
    assert words in problems(checked)[0][3]
    named = way.check(csv_file("indicator,area,period,value,source", f"kpi-22,LA,2026,73,{source}"))
    assert counts(named) == (0, 0, 0, 1)


def test_of_several_sources_the_row_has_to_say_which_it_corrects(way):
    record_values(make_estimate(value="70"), source="document:a")
    record_values(make_estimate(value="71"), source="document:b")
    head = "indicator,area,period,value,source"
    unclear = way.check(csv_file(head, "kpi-22,KH,2026,72,"))
    assert "document:a, document:b" in problems(unclear)[0][3]
    way.load(csv_file(head, "kpi-22,KH,2026,72,document:b"))
    assert sorted(Observation.objects.values_list("source", "value")) == [
        ("document:a", 70),
        ("document:b", 72),
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_exported_file_loads_back_with_0_changes(way, form):
    record_values(
        make_estimate(low=Decimal("70.123456"), high=Decimal("74.5"), n=512, method="weighted"),
        make_estimate(period="2025", value=None, status="Q"),
        make_estimate(area="LA", value="0.1", breakdown="age=15-24;sex=F", qualifier="approx"),
        source="surveys.wave:awareness-2026",
    )
    record_values(
        make_estimate("kpi-5a", "VN", "2026-Q4", "123456789.123456", method="-3 of 7"),
        make_estimate("kpi-5a", "LA", "2026", "-3.5", status="P"),
        source="document:table",
    )
    record_values(make_estimate("kpi-5a", "LA", "2026", "4"), source="manual:LA")
    Observation.objects.filter(area__code="KH", period="2026").update(is_demonstration=True)
    rows = observation_rows(in_series(Observation.objects.all()), Known.read())
    data = (csv_bytes if form == "csv" else xlsx_bytes)(HEADERS, rows)
    import io

    checked = way.check(io.BytesIO(data), f"export.{form}")
    assert problems(checked) == []
    assert counts(checked) == (0, 0, 6, 0)


def test_every_bad_row_is_named_and_the_good_ones_are_usable(way):
    record_values(make_estimate("kpi-31c", "KH", "2024", "5"), source="reporting:KH")
    sheet = workbook(
        ["Values of 2026", None, None, None, None, None, None],
        ["Indicator ", "Area", "Period", "Value", "Interval", None, "n"],
        [None, None, None, None, "low", "high", None],
        ["kpi-22", "KH", 2026, 72.4, None, None, 100],
        ["kpi-222", "KH", 2026, 72.4, None, None, 100],
        ["kpi-22", "Atlantis", 2026, 72.4, None, None, 100],
        ["kpi-22", "LA", "soon", 72.4, None, None, 100],
        ["kpi-22", "LA", 2026, 172.4, None, None, 100],
        ["kpi-22", "LA", 2026, "=B2*2", None, None, 100],
        ["kpi-22", "VN", 2026, 5, 6, 4, 100],
        ["kpi-22", "VN", 2026, 5, None, None, -1],
        ["kpi-22", "VN", 2026, None, None, None, 5],
        ["kpi-22", None, 2026, "many", None, None, 5.5],
        ["kpi-22", "KH", "2026", 72.4, None, None, 100],
        ["kpi-22", "LA", 2020, 1, None, None, 1],
        ["kpi-22", "LA", 2020, 2, None, None, 1],
        ["kpi-5a", "KH", 2026, "5 %", None, None, 1],
        merge=["A1:G1", "E2:F2"],
    )
    checked = way.check(sheet, "values.xlsx")
    assert counts(checked) == (1, 0, 0, 13)
    told = {(row, column): sentence for row, column, _value, sentence in problems(checked)}
    assert {place: told[place].split(".")[0] for place in told} == {
        (5, "Indicator"): "“kpi-222” is not known",
        (6, "Area"): "No area is called “Atlantis”",
        (7, "Period"): "The period “soon” is not understood",
        (8, "Value"): "172",
        (9, "Value"): "The cell holds the formula =B2*2",
        (10, "Interval: low"): "The interval runs from 6 to 4: lower end first",
        (11, "n"): "n is -1",
        (12, "Value"): "There is no value",
        (13, "Area"): "The cell is empty, but this column is needed",
        (13, "Value"): "“many” is not a number",
        (13, "n"): "“5",
        (14, ""): "The row says the same as row 4",
        (15, ""): "Row 16 is about the same, but says something else",
        (16, ""): "Row 15 is about the same, but says something else",
        (17, "Value"): "The number has a percent sign, but the indicator's unit is not percent",
    }
    way.apply(checked)
    assert values() == {
        ("kpi-22", "KH", "2026", ""): Decimal("72.4"),
        ("kpi-31c", "KH", "2024", ""): 5,
    }


def test_after_correction_only_the_corrected_rows_load(way):
    first = way.load(
        csv_file("indicator,area,period,value", "kpi-22,KH,2026,70", "kpi-22,LA,2026,many")
    )
    assert counts(first) == (1, 0, 0, 1)
    again = way.check(
        csv_file("indicator,area,period,value", "kpi-22,KH,2026,70", "kpi-22,LA,2026,60")
    )
    assert counts(again) == (1, 0, 1, 0)
    way.apply(again)
    assert len(values()) == 2


def test_nothing_is_written_if_the_ledger_changed_after_the_check(way):
    record_values(make_estimate(value="70"), make_estimate(area="LA", value="50"))
    checked = way.check(
        csv_file("indicator,area,period,value", "kpi-22,LA,2026,51", "kpi-22,KH,2026,71")
    )
    record_values(
        make_estimate(value="75"), make_estimate(area="LA", value="50"), digest="meanwhile"
    )
    stopped = way.apply(checked)
    assert stopped.state == "checked"
    assert "“kpi-22 KH 2026” was changed by somebody else" in stopped.sentence
    assert set(values().values()) == {75, 50}
    with pytest.raises(ImportRefused, match="Check the file again"):
        way.apply(stopped)
    imports.check_again(imported=stopped, by=way.by)
    way.go_on(stopped)
    way.apply(stopped)
    assert set(values().values()) == {71, 51}


def test_a_new_value_that_came_from_elsewhere_meanwhile_is_not_doubled(way):
    checked = way.check(csv_file("indicator,area,period,value", "kpi-22,KH,2026,71"))
    record_values(make_estimate(value="75"), source="document:other")
    assert way.apply(checked).state == "checked"
    assert Observation.objects.count() == 1


def test_an_applied_import_is_undone_as_a_whole(way):
    record_values(
        make_estimate(value="70", n=9, provenance={"document": "Table 6"}), source="document:a"
    )
    applied = way.load(
        csv_file(
            "indicator,area,period,value,note",
            "kpi-22,KH,2026,71,Erratum",
            "kpi-22,LA,2026,51,Letter",
        )
    )
    assert way.undo(applied).state == "undone"
    assert values() == {("kpi-22", "KH", "2026", ""): 70}
    held = Observation.objects.get(area__code="KH")
    assert (held.provenance, held.n) == ({"document": "Table 6"}, 9)
    gone = Observation.objects.get(area__code="LA")
    assert [r.kind for r in gone.revisions.all()] == ["withdrawn"]
    assert held.revisions.count() == 2
    again = way.check(
        csv_file("indicator,area,period,value", "kpi-22,KH,2026,71", "kpi-22,LA,2026,51")
    )
    assert counts(again) == (0, 2, 0, 0)
    assert way.apply(again).state == "applied"
    assert set(values().values()) == {71, 51}
    assert Observation.objects.count() == 2
    assert way.undo(again).state == "undone"
    assert set(values().values()) == {70}


def test_an_import_whose_values_changed_since_is_not_undone(way):
    applied = way.load(csv_file("indicator,area,period,value", "kpi-22,LA,2026,51"))
    way.load(csv_file("indicator,area,period,value", "kpi-22,LA,2026,52"))
    stopped = way.undo(applied)
    assert (stopped.state, set(values().values())) == ("applied", {52})
    assert "cannot be undone" in stopped.sentence


def test_nothing_half_applied_remains_of_a_failure(way, monkeypatch):
    from indicators.imports import staging
    from indicators.imports.observations import writing

    checked = way.check(
        csv_file("indicator,area,period,value", *(f"kpi-22,KH,{y},{y - 2000}" for y in range(2001, 2026)))
    )  # fmt: skip
    monkeypatch.setattr(staging, "PIECE", 10)
    calls = []
    record = writing.record

    def breaks(*arguments, **more):
        calls.append(1)
        if len(calls) == 3:
            raise OSError("the disk is full")
        return record(*arguments, **more)

    monkeypatch.setattr(writing, "record", breaks)
    failed = way.apply(checked)
    assert (len(calls), failed.state, values()) == (3, "failed", {})
    assert "nothing was written" in failed.sentence


def test_hostile_words_and_long_texts_are_only_words(way):
    checked = way.check(
        csv_file(
            "indicator,area,period,value,note,method",
            f'kpi-22,KH,2026,71,"{HOSTILE.replace(chr(34), chr(34) * 2)}",x',
            f"kpi-22,LA,2026,71,{'n' * 1001},x",
            f"kpi-22,VN,2026,71,n,{'m' * 201}",
        )
    )
    assert counts(checked) == (1, 0, 0, 2)


def test_only_those_who_may_enter_values_may_import_them(ledger):
    for role in ("sectoral_body_reporter", "approver", "national_focal_point", "stranger"):
        with pytest.raises(NotAllowed):
            Way(user_with_role(role)).receive(csv_file("indicator,area", "a,b"))
    assert not Import.objects.exists()


def test_nobody_goes_on_with_an_import_that_is_not_theirs(way):
    checked = way.check(csv_file("indicator,area,period,value", "kpi-22,LA,2026,51"))
    with pytest.raises(NotAllowed):
        imports.ask_to_apply(imported=checked, by=user_with_role("approver"))
    colleague = user_with_role("analyst")
    imports.ask_to_apply(imported=checked, by=colleague)
    way.go_on(checked)
    assert Observation.objects.get().recorded_by == colleague


def test_needed_columns_have_to_be_chosen_and_none_twice(way):
    imported = way.receive(csv_file("a,b,c", "1,2,3"))
    with pytest.raises(ImportRefused, match="Choose a column for: Indicator, Area, Period"):
        imports.choose_columns(imported=imported, mapping={}, decimal_sign="", by=way.by, at=AT)
    with pytest.raises(ImportRefused, match="“b” is chosen twice"):
        imports.choose_columns(
            imported=imported,
            mapping={"indicator": 0, "area": 1, "period": 1},
            decimal_sign="",
            by=way.by,
            at=AT,
        )


def test_a_chosen_mapping_is_offered_for_the_next_file_of_that_shape(way):
    lines = ["Kennzahl,Land,Jahr,Zahl", "kpi-22,KH,2026,70"]
    mapping = {"indicator": 0, "area": 1, "period": 2, "value": 3}
    way.load(csv_file(*lines), mapping=mapping)
    assert imports.proposed(way.receive(csv_file(*lines))) == mapping
    moved = csv_file("Notes,Jahr,Kennzahl,Land,Zahl", "x,2026,kpi-22,KH,70")
    assert imports.proposed(way.receive(moved)) == {
        "period": 1,
        "indicator": 2,
        "area": 3,
        "value": 4,
    }


def test_a_row_for_a_placeholder_is_bad(way):
    make_indicator("placeholder-1", is_placeholder=True)
    checked = way.check(csv_file("indicator,area,period,value", "placeholder-1,KH,2026,5"))
    assert counts(checked) == (0, 0, 0, 1)
    assert "is a placeholder: its source does not describe it" in problems(checked)[0][3]
