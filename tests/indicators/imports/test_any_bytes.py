"""Whatever is uploaded or typed: an answer or a sentence, never another error."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.errors import FileRefused
from indicators.imports import CellRefused, decimal, period, read, text, whole, word
from tests.indicators.imports.files import workbook

BOOK = workbook(["area", "value"], *([f"area {n}", n / 7] for n in range(30))).getvalue()


def _gone_through(data: bytes) -> None:
    try:
        with read(io.BytesIO(data), "values.xlsx") as book:
            for row in book.sheet:
                assert row.cells
    except FileRefused as refusal:
        assert str(refusal).endswith(".")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_a_table_or_refused(data):
    _gone_through(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_with_bytes_exchanged_is_a_table_or_refused(place, data):
    _gone_through(BOOK[:place] + data + BOOK[place + len(data) :])


NUMBERISH = st.text(alphabet="0123456789.,-+%'eE \u00a0\u2212", max_size=12)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20) | NUMBERISH | st.floats() | st.integers())
def test_any_cell_is_understood_or_refused(value):
    for parse in (decimal, whole, period, text, word):
        try:
            parse(value)
        except CellRefused as refusal:
            assert str(refusal)
