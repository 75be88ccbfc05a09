"""Files that leave the ledger: streamed, chosen by parameters, and harmless to a spreadsheet."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from indicators import exports
from indicators.exports.formats import FORMATS
from indicators.exports.workbooks import FULL
from tests.indicators.exports.reading import content_of, plain
from tests.indicators.factories import (
    AT,
    make_area,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)

VALUES = ("72.4", "-3.25", "0", "1234567.890123")


@pytest.fixture
def recorded(db):
    make_area("ASEAN", kind="group", name="=SUM(A1)")
    make_indicator(
        "kpi-22",
        title="@cmd|' /C calc'!A0",
        unit="+1",
        framework=make_framework(slug="blueprint"),
    )
    record_values(
        *(
            make_estimate("kpi-22", "ASEAN", str(2020 + number), value, method="-1+1")
            for number, value in enumerate(VALUES)
        ),
        digest="a",
    )


def rows_of(client, **query) -> list[dict]:
    text = content_of(client, "csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_text_that_looks_like_a_formula_is_neutralised_and_numbers_stay_numbers(client, recorded):
    row = rows_of(client)[1]
    assert row["title"].startswith("'@")
    assert row["area_name"] == "'=SUM(A1)"
    assert row["method"] == "'-1+1"
    assert row["value"] == "-3.25"
    sheet = openpyxl.load_workbook(io.BytesIO(content_of(client, "xlsx"))).active
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    assert [line[9] for line in sheet.iter_rows(values_only=True)][1:] == [
        72.4,
        -3.25,
        0,
        1234567.890123,
    ]


@pytest.mark.parametrize("form", ["csv", "sdmx", "sdmx2"])
def test_no_cell_of_a_text_file_begins_a_formula(client, recorded, form):
    text = content_of(client, form).decode("utf-8-sig")
    for line in csv.reader(io.StringIO(text, newline="")):
        for cell in line:
            assert not cell.startswith(("=", "+", "@")), cell
            assert not cell.startswith("-") or Decimal(cell) < 0


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1"])
def test_dangerous_beginnings_are_neutralised(text):
    assert exports.neutral(text) == f"'{text}"


@given(st.text(st.sampled_from("'=+-@a\t"), max_size=6))
def test_one_apostrophe_less_gives_every_text_back(text):
    assert plain(exports.neutral(text)) == text


def test_ordinary_text_is_left_as_it_is():
    assert exports.neutral("Viet Nam - 2026") == "Viet Nam - 2026"
    assert exports.neutral("'quoted'") == "'quoted'"


def test_the_table_itself_is_exported_with_its_judgements(client, recorded):
    answer = client.get(reverse("indicators:table_export", args=["csv"]))
    row = next(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert row["sufficient"] == "true"
    assert row["indicator"] == "kpi-22"
    book = client.get(reverse("indicators:table_export", args=["xlsx"]))
    assert openpyxl.load_workbook(io.BytesIO(book.getvalue())).active["A2"].value == "kpi-22"


def test_times_and_truth_values_are_written_plainly():
    text = "".join(exports.csv_lines(["a", "b", "c"], [(AT, True, None)]))
    assert text.splitlines()[1] == "2026-11-22T09:00:00+00:00,true,"


def test_files_take_the_parameters_of_the_api(client, recorded):
    make_area("KH")
    make_indicator("kpi-31c")
    record_values(make_estimate("kpi-31c", "KH", "2021", breakdown="sex=F"), source="document:b")
    assert len(rows_of(client)) == 5
    assert len(rows_of(client, framework="blueprint")) == 4
    assert len(rows_of(client, area=["KH", "ASEAN"], from_year=2022)) == 2
    assert len(rows_of(client, breakdown="_T", to_year=2021)) == 2
    one = client.get(reverse("indicators:export_one", args=["kpi-31c", "csv"]), {"area": "KH"})
    assert len(one.getvalue().decode().splitlines()) == 2


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [("from_year=soon", 422, "from_year is &#x27;soon&#x27;"), ("indicators=a", 422, "no such parameter"),
     ("indicator=nope", 404, "No indicator has the code"), ("area=%00", 400, "could not be")],
)  # fmt: skip
def test_a_file_that_cannot_be_made_is_a_page_with_a_sentence(
    client, recorded, query, status, words
):
    answer = client.get(f"{reverse('indicators:export', args=['csv'])}?{query}")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_the_file_of_one_indicator_takes_no_other_indicator(client, recorded):
    address = reverse("indicators:export_one", args=["kpi-22", "csv"])
    assert client.get(address, {"indicator": "kpi-22"}).status_code == 422
    assert client.get(reverse("indicators:export_one", args=["nope", "csv"])).status_code == 404


@pytest.mark.parametrize("form", FORMATS)
def test_who_has_a_file_is_told_so_and_head_reads_no_row(
    client, recorded, form, django_assert_num_queries
):
    address = reverse("indicators:export", args=[form])
    answer = client.get(address)
    answer.getvalue()
    assert answer.headers["Content-Type"] == FORMATS[form].media_type
    with django_assert_num_queries(1):
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    with django_assert_num_queries(2):
        head = client.head(address)
    assert head.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_takes_the_same_few_questions_however_long_it_is(
    client, recorded, form, django_assert_max_num_queries
):
    record_values(
        *(make_estimate("kpi-22", "ASEAN", f"{year}", "1") for year in range(1000, 1400)),
        source="document:long",
    )
    with django_assert_max_num_queries(5):
        assert content_of(client, form)


@pytest.mark.parametrize("form", FORMATS)
def test_the_first_piece_comes_before_the_rows_are_read(form, recorded):
    def never():
        raise AssertionError("a row was read")
        yield

    pieces = FORMATS[form].write(never(), exports.Known.read(), AT)
    assert next(iter(pieces))


@pytest.mark.parametrize("write", [exports.csv_lines, exports.xlsx_pieces])
def test_memory_does_not_grow_with_the_file(write):
    def peak(rows: int) -> int:
        tracemalloc.start()
        content = write(["n", "text", "value"], ((n, f"text {n}", n / 7) for n in range(rows)))
        for _piece in content:
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(8000) < peak(1000) + 200_000


@pytest.mark.parametrize("rows", [3, 10])
def test_a_workbook_ends_where_a_sheet_ends_and_says_when_rows_are_missing(monkeypatch, rows):
    monkeypatch.setattr("indicators.exports.workbooks.MOST_ROWS", 3)
    file = exports.xlsx_bytes(["n"], ((n,) for n in range(rows)))
    found = [line[0] for line in sheet_of(file).iter_rows(values_only=True)]
    assert found == ["n", 0, 1, 2 if rows == 3 else FULL]


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1))
@example(["_x0041_", "\x00\x1f", " a ", "a\r\nb", "<&>\"'", "\ufffe\uffff", "ខ្មែរ", "😀" * 20])
@settings(max_examples=60, derandomize=True)
def test_any_text_comes_back_out_of_a_workbook(texts):
    sheet = sheet_of(exports.xlsx_bytes(["text"], [(text,) for text in texts]))
    kept = [unescape(line[0]) for line in sheet.iter_rows(min_row=2, values_only=True)]
    assert kept == [exports.neutral(text) for text in texts]


def test_every_kind_of_cell_keeps_its_kind_in_a_workbook():
    moment = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    row = ("a", 7, -2.5, Decimal("0.000001"), True, False, date(2026, 11, 25), moment, None, "")
    sheet = sheet_of(exports.xlsx_bytes([f"c{place}" for place in range(len(row))], [row]))
    assert list(sheet.iter_rows(min_row=2, max_col=8, values_only=True)) == [
        ("a", 7, -2.5, 0.000001, True, False, "2026-11-25", moment.isoformat())
    ]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold


def sheet_of(file: bytes):
    return openpyxl.load_workbook(io.BytesIO(file)).active
