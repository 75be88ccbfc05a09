"""Files that leave the ledger agree to the last digit and carry no formula."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from indicators import exports
from tests.indicators.factories import AT, make_area, make_estimate, make_indicator, record_values

VALUES = ("72.4", "-3.25", "0", "1234567.890123")


@pytest.fixture
def recorded(db):
    make_area("ASEAN", kind="group", name="=SUM(A1)")
    make_indicator("kpi-22", title="@cmd|' /C calc'!A0", unit="+1")
    record_values(
        *(
            make_estimate("kpi-22", "ASEAN", str(2020 + number), value, method="-1+1")
            for number, value in enumerate(VALUES)
        ),
        digest="a",
    )


def get(client, form):
    answer = client.get(reverse("indicators:export", args=[form]))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return answer.content


def test_csv_xlsx_and_sdmx_agree_to_the_last_digit(client, recorded):
    text = get(client, "csv").decode("utf-8-sig")
    from_csv = [Decimal(row["value"]) for row in csv.DictReader(io.StringIO(text))]
    sheet = openpyxl.load_workbook(io.BytesIO(get(client, "xlsx"))).active
    rows = list(sheet.iter_rows(values_only=True))
    column = rows[0].index("value")
    from_xlsx = [Decimal(repr(row[column])) for row in rows[1:]]
    sdmx = get(client, "sdmx").decode()
    from_sdmx = [Decimal(row["OBS_VALUE"]) for row in csv.DictReader(io.StringIO(sdmx))]
    assert from_csv == from_xlsx == from_sdmx == [Decimal(value) for value in VALUES]


def test_text_that_looks_like_a_formula_is_neutralised_and_numbers_stay_numbers(client, recorded):
    text = get(client, "csv").decode("utf-8-sig")
    row = list(csv.DictReader(io.StringIO(text)))[1]
    assert row["title"].startswith("'@")
    assert row["area_name"] == "'=SUM(A1)"
    assert row["method"] == "'-1+1"
    assert row["value"] == "-3.25"
    sheet = openpyxl.load_workbook(io.BytesIO(get(client, "xlsx"))).active
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na"])
def test_dangerous_beginnings_are_neutralised(text):
    assert exports.neutral(text) == f"'{text}"


def test_ordinary_text_is_left_as_it_is():
    assert exports.neutral("Viet Nam - 2026") == "Viet Nam - 2026"


def test_sdmx_names_its_dataflow_and_the_total(client, recorded):
    rows = list(csv.DictReader(io.StringIO(get(client, "sdmx").decode())))
    assert {row["DATAFLOW"] for row in rows} == {"SUARA:ASCC_INDICATORS(1.0)"}
    assert {row["BREAKDOWN"] for row in rows} == {"_T"}


def test_the_table_itself_is_exported_with_its_judgements(client, recorded):
    answer = client.get(reverse("indicators:table_export", args=["csv"]))
    row = next(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert row["sufficient"] == "true"
    assert row["indicator"] == "kpi-22"


def test_times_and_truth_values_are_written_plainly():
    content = exports.csv_bytes(["a", "b", "c"], [(AT, True, None)]).decode("utf-8-sig")
    assert content.splitlines()[1] == "2026-11-22T09:00:00+00:00,true,"
