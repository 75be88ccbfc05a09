"""What stands in a cell: people write numbers and periods in many ways, and each means one thing."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from indicators.imports import cells, numbers, periods
from indicators.imports.cells import CellRefused, Fault, Formula, Percent, Problem


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("72.4", "72.4"),
        ("72,4", "72.4"),
        (" 72.4 % ", "72.4"),
        ("72,4%", "72.4"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234", "1234"),
        ("1'234.5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("0,125", "0.125"),
        ("1.234", "1.234"),
        ("\u22123.5", "-3.5"),
        ("-3,5", "-3.5"),
        ("'-3.5", "-3.5"),
        ("+4", "4"),
        (".5", "0.5"),
        ("1e3", "1000"),
        (12.5, "12.5"),
        (512, "512"),
        (0.1, "0.1"),
        (Percent("72.4"), "72.4"),
    ],
)
def test_a_number_is_understood_as_it_was_meant(typed, number):
    assert numbers.decimal(typed) == Decimal(number)


@pytest.mark.parametrize("typed", [None, "", "  ", "\u00a0"])
def test_an_empty_cell_is_no_number(typed):
    assert numbers.decimal(typed) is None


@pytest.mark.parametrize(
    "typed",
    ["many", "1,2,3", "12,34.5", "1.2.3", "--4", "4-", "NaN", "inf", "1e99", "9" * 61, "0x1F",
     "1_000", "72.4 percent", "1,23,456.7", "%", ",", "-", True, date(2026, 5, 3),
     datetime(2026, 5, 3, 1, 2), Formula("=B2/C2"), Fault("#N/A"), 1e15, 10**14, Percent("1e14"), float("inf"), "١٢", "๗"],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_a_sentence(typed):
    with pytest.raises(CellRefused) as refusal:
        numbers.decimal(typed)
    assert str(refusal.value).endswith((".", "10^14."))


def test_a_number_with_one_comma_and_three_digits_is_not_guessed():
    with pytest.raises(CellRefused, match="may be 1234 or 1.234"):
        numbers.decimal("1,234")
    assert numbers.decimal("1,234", sign=".") == 1234
    assert numbers.decimal("1,234", sign=",") == Decimal("1.234")


def test_a_columns_own_numbers_give_the_decimal_sign_away():
    assert numbers.decimal_sign(["1,234", "72,4", ""]) == ","
    assert numbers.decimal_sign(["1,234", "72.4", "x.y"]) == "."
    assert numbers.decimal_sign(["1,234", "7"]) == ""
    assert numbers.decimal_sign(["72,4", "72.4"]) == ""
    assert numbers.decimal_sign([72.4, None]) == ""


def test_the_other_sign_is_a_thousands_mark_or_an_error():
    assert numbers.decimal("1.234", sign=",") == 1234
    with pytest.raises(CellRefused):
        numbers.decimal("72.4", sign=",")
    with pytest.raises(CellRefused):
        numbers.decimal("72,4", sign=".")


def test_a_percent_sign_is_refused_where_the_unit_is_not_percent():
    for typed in ("72.4 %", Percent("72.4")):
        with pytest.raises(CellRefused, match="percent"):
            numbers.decimal(typed, percent=False)


def test_a_date_made_of_a_number_says_so():
    with pytest.raises(CellRefused, match="2026-05-03.*Format the cell as a number"):
        numbers.decimal(datetime(2026, 5, 3))


def test_whole_numbers():
    assert numbers.whole("512.0") == 512
    assert numbers.whole("1 200") == 1200
    assert numbers.whole("") is None
    with pytest.raises(CellRefused, match="not a whole number"):
        numbers.whole("512.5")


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("2026", "2026"),
        (2026, "2026"),
        (2026.0, "2026"),
        ("2026.0", "2026"),
        ("2026-Q4", "2026-Q4"),
        ("2026 q4", "2026-Q4"),
        ("Q4 2026", "2026-Q4"),
        ("Q4/2026", "2026-Q4"),
        ("2026H1", "2026-S1"),
        ("2026-W7", "2026-W07"),
        ("2026/11", "2026-11"),
        ("11/2026", "2026-11"),
        ("Nov-26", "2026-11"),
        ("November 2026", "2026-11"),
        ("Agustus 2026", "2026-08"),
        ("2026-11-01", "2026-11"),
        ("2026-11-01 00:00:00", "2026-11"),
        (datetime(2026, 11, 1), "2026-11"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_period_is_understood_as_spreadsheets_leave_it(typed, period):
    assert periods.period(typed) == period


@pytest.mark.parametrize(
    "typed",
    ["soon", "26", "2026-Q5", "2026-13", "2026-W60", "2026-11-15", datetime(2026, 11, 15),
     "Foo 2026", "46327", "3026", "2026-11-01-01", Formula("=A1")],
)  # fmt: skip
def test_what_is_no_period_is_refused(typed):
    with pytest.raises(CellRefused):
        periods.period(typed)


def test_an_excel_day_number_is_named_for_what_it_is():
    with pytest.raises(CellRefused, match="as Excel counts days"):
        periods.period("46327")


def test_text_loses_spaces_around_it_and_the_apostrophe_of_our_exports():
    assert cells.text("\u00a0 Viet Nam\t") == "Viet Nam"
    assert cells.text("'=2+2") == "=2+2"
    assert cells.text("'quoted'") == "'quoted'"
    assert cells.word("Viet\u00a0 Nam\n(north)") == "Viet Nam (north)"
    assert cells.text("a\x00b_x0007_") == "ab"
    with pytest.raises(CellRefused, match="the formula =B2/C2"):
        cells.text(Formula("=B2/C2"))
    with pytest.raises(CellRefused, match="#DIV/0!"):
        cells.word(Fault("#DIV/0!"))


def test_a_problem_speaks_the_readers_language():
    problem = Problem("Values", 7, "n", "512.5", "“%(value)s” is not a whole number.", {"value": 5})
    assert problem.sentence == "“5” is not a whole number."
    assert Problem("", 1, "", "", "100 % wrong").sentence == "100 % wrong"
