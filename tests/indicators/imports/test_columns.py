"""Headings are found below titles, known by their aliases, and rows become records."""

from decimal import Decimal

import pytest

from indicators.imports import Column, decimal, head_of, match, period, read, records, sign_of
from tests.indicators.imports.files import csv_file, workbook

COLUMNS = (
    Column("area", "Area", aliases=("country", "member state"), is_required=True),
    Column("period", "Period", aliases=("year",), parse=period),
    Column("value", "Value", parse=decimal, is_number=True),
)


def table(file, name="values.xlsx"):
    book = read(file, name)
    head = head_of(book.sheet, COLUMNS)
    return book.sheet, head, match(head.headings, COLUMNS)


def test_headings_are_found_below_a_title_and_their_spaces_do_not_matter():
    file = workbook(
        ["Values of the quarter, Viet Nam"],
        [],
        ["\u00a0Member  State: ", "YEAR", "Value (share)", None, "value"],
        ["VN", 2026, 72.4, "x", 1],
    )
    sheet, head, found = table(file)
    assert head.row == 3
    assert head.headings == ("Member State:", "YEAR", "Value (share)", "column D", "value")
    assert found == {"area": 0, "period": 1, "value": 4}
    (record,) = records(sheet, head, found, COLUMNS)
    assert record.values == {"area": "VN", "period": "2026", "value": 1}


def test_merged_headings_name_every_column_they_cover():
    file = workbook(
        ["Report 2026", None, None, None],
        ["Area", "Figure", None, "Figure"],
        [None, "value", "value", "value"],
        ["VN", 1, 2, 3],
        merge=["A1:D1", "B2:C2", "A2:A3"],
    )
    _sheet, head, found = table(file)
    assert head.row == 3
    assert head.headings == ("Area", "Figure: value", "Figure: value (2)", "Figure: value (3)")
    assert found == {"area": 0, "value": 1}


def test_a_heading_merged_over_two_columns_is_filled():
    _sheet, head, _found = table(workbook(["Area", "Value", None], ["VN", 1, 2], merge=["B1:C1"]))
    assert head.headings == ("Area", "Value", "Value (2)")


def test_every_misfit_is_named_by_sheet_row_column_value_and_reason():
    sheet, head, found = table(workbook(["area", "year", "value"], [None, "soon", "=A1*2"]))
    (record,) = records(sheet, head, found, COLUMNS)
    assert record.values == {}
    told = [(p.sheet, p.row, p.column, p.value) for p in record.problems]
    assert told == [
        ("Sheet", 2, "area", ""),
        ("Sheet", 2, "year", "soon"),
        ("Sheet", 2, "value", "=A1*2"),
    ]
    assert "formula" in record.problems[2].sentence


def test_the_decimal_comma_of_one_row_holds_for_the_file():
    file = csv_file("area;year;value", "VN;2026;1,234", "LA;2026;72,4")
    sheet, head, found = table(file, "values.csv")
    sign = sign_of(sheet, head, found, COLUMNS)
    assert sign == ","
    values = [r.values["value"] for r in records(sheet, head, found, COLUMNS, sign=sign)]
    assert values == [Decimal("1.234"), Decimal("72.4")]


@pytest.mark.parametrize("file", [csv_file("x"), csv_file("1,2", "3,4")])
def test_a_file_without_known_headings_still_has_a_head(file):
    _sheet, head, found = table(file, "values.csv")
    assert head.row == 1
    assert found == {}
