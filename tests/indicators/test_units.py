"""What a unit allows, and that nothing is rounded behind anybody's back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.errors import UnusableValue
from indicators.estimates import settled
from indicators.ledger import Estimate
from indicators.units import range_words, unit_of, usable


@pytest.mark.parametrize(
    ("unit", "fine", "wrong"),
    [
        ("percent", "0", "-0.000001"),
        ("percent", "100", "100.000001"),
        ("policies", "12", "12.5"),
        ("projects per year", "0", "-1"),
        ("Activities", "3.000", "3.1"),
    ],
)
def test_the_range_of_a_unit(unit, fine, wrong):
    assert usable(Decimal(fine), unit) == Decimal(fine)
    with pytest.raises(UnusableValue):
        usable(Decimal(wrong), unit)


@pytest.mark.parametrize("unit", ["score", "", "member states of 10", "years", "USD per person"])
def test_other_units_have_no_range(unit):
    assert usable(Decimal("-6.4"), unit) == Decimal("-6.4")
    assert range_words(unit) == ""
    assert unit_of(unit).lowest is None


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1e14", "1e999999"])
def test_what_is_no_number_or_too_large_is_refused(text):
    with pytest.raises(UnusableValue):
        usable(Decimal(text), "")


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_what_is_usable_is_kept_by_the_ledger_to_the_last_digit(value):
    try:
        kept = usable(value, "")
    except UnusableValue:
        return
    assert settled(Estimate("kpi-22", "KH", "2026", value=kept)).value == value
