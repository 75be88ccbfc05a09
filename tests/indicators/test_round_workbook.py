"""A round's spreadsheet: handed out, filled in by people, read into the form, saved like typing."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from indicators.models import SubmittedValue
from tests.conftest import user_with_role
from tests.indicators.factories import (
    make_area,
    make_asean,
    make_estimate,
    make_framework,
    make_indicator,
    record_values,
)
from tests.indicators.rounds import begin, enter, go, make_round

pytestmark = pytest.mark.django_db

SHARE, COUNT = "kpi-5a", "kpi-16"


@pytest.fixture
def indicators():
    make_asean("VN", "MM")
    framework = make_framework()
    routes = {"data_route": "national_policy", "framework": framework}
    return [
        make_indicator(SHARE, unit="percent", code="KPI 5a", position=1, **routes),
        make_indicator(COUNT, unit="policies", code="KPI 16", position=2, **routes),
        make_indicator("kpi-6d", unit="", code="KPI 6d", position=3, title="=2+2", **routes),
    ]


@pytest.fixture
def linh(client, indicators):
    client.user = user_with_role("national_focal_point", area="VN")
    client.force_login(client.user)
    return client


@pytest.fixture
def draft(linh, indicators):
    call = make_round(
        {one: [make_area("VN"), make_area("MM")] for one in indicators},
        instructions="@Say where it is from.",
    )
    return begin(call, linh.user, area=make_area("VN"))


def handed_out(client, draft, language="en"):
    answer = client.get(
        reverse("indicators_office:template", args=[draft.token]), HTTP_ACCEPT_LANGUAGE=language
    )
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def upload(client, draft, book, name="round.xlsx"):
    if isinstance(book, openpyxl.Workbook):
        buffer = io.BytesIO()
        book.save(buffer)
        book = buffer.getvalue()
    elif isinstance(book, str):
        book = book.encode()
    file = SimpleUploadedFile(name, book)
    address = reverse("indicators_office:upload", args=[draft.token])
    return client.post(address, {"file": file}, follow=True)


def fill(book, row, value=None, *, status=None, note=None, period=None):
    sheet = book.worksheets[0]
    for column, content in ((8, value), (9, status), (10, note), (7, period)):
        if content is not None:
            sheet.cell(row, column).value = content


def problems(answer):
    return [
        (one.sheet, one.row, one.column, one.value, one.sentence)
        for one in answer.context["read"].problems
    ]


def save(client, draft, answer):
    """Press "Save the draft" on the page that the upload shows."""
    form = answer.context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    return client.post(reverse("indicators_office:submission", args=[draft.token]), data)


def test_the_spreadsheet_has_a_row_for_each_value_asked_for_with_what_is_known(linh, draft):
    record_values(make_estimate(SHARE, "VN", "2024", "51.5"))
    enter(draft, draft.round.indicators.get(slug=COUNT), "3", linh.user)
    book = handed_out(linh, draft)
    sheet, explained = book.worksheets
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "Indicator"
    assert [row[0] for row in rows[1:]] == [SHARE, COUNT, "kpi-6d"]
    assert rows[1][5] == "51.5\xa0% (2024)"
    assert (rows[2][1], rows[2][7], rows[2][8]) == (1, 3, "a value")
    assert sheet.protection.sheet and explained.protection.sheet
    assert sheet["A2"].protection.locked and not sheet["H2"].protection.locked
    assert sheet.column_dimensions["B"].hidden
    told = [cell for (cell, *_rest) in explained.iter_rows(values_only=True) if cell]
    assert "'@Say where it is from." in told
    assert not any(
        cell.data_type == "f" for page in book.worksheets for row in page for cell in row
    )


def test_a_filled_spreadsheet_is_shown_first_and_saved_then(linh, draft, indicators):
    book = handed_out(linh, draft)
    fill(book, 2, 72.4, note="Census", period="2025")
    fill(book, 3, 4, note="Gazette")
    fill(book, 4, status="no data: not collected", note="no survey yet")
    answer = upload(linh, draft, book, "vn.xlsx")
    assert answer.status_code == 200
    assert "3 of 3 rows can be used" in answer.content.decode()
    assert not SubmittedValue.objects.exists()
    assert save(linh, draft, answer).status_code == 302
    held = {v.indicator.slug: v for v in draft.values.select_related("indicator")}
    assert (held[SHARE].value, held[SHARE].period) == (Decimal("72.4"), "2025")
    assert (held["kpi-6d"].value, held["kpi-6d"].status) == (None, "L")
    assert {change.file for change in draft.changes.all()} == {"vn.xlsx"}


def test_each_problem_names_sheet_row_column_value_and_reason_and_good_rows_stay(linh, draft):
    book = handed_out(linh, draft)
    fill(book, 2, "=1+1", note="Census")
    fill(book, 3, "2.5", note="Gazette")
    fill(book, 4, "12,5", note="Report")
    sheet = book.worksheets[0]
    sheet.append(["kpi-99", None, None, None, None, None, "2026", 3, None, "?"])
    sheet.append(["kpi-6d", None, None, None, None, None, "2026", 3, None, "again"])
    answer = upload(linh, draft, book)
    assert problems(answer) == [
        (
            "Values",
            2,
            "Value",
            "=1+1",
            "The cell holds the formula =1+1. Copy it and paste it as a value, so that everybody "
            "reads the same.",
        ),
        (
            "Values",
            3,
            "Value",
            "2.5",
            "2.5 is not a whole number. “policies” are counted one by one.",
        ),
        (
            "Values",
            5,
            "Indicator",
            "kpi-99",
            "“kpi-99” is not asked for in this round. Use the codes of the spreadsheet that the "
            "round gives out.",
        ),
        (
            "Values",
            6,
            "Indicator",
            "kpi-6d",
            "“kpi-6d” stands in row 4 already. Only the first row is used: keep one of them.",
        ),
    ]
    assert save(linh, draft, answer).status_code == 302
    assert [(v.indicator.slug, v.value) for v in draft.values.all()] == [
        ("kpi-6d", Decimal("12.5"))
    ]


@pytest.mark.parametrize(
    ("row", "cell", "why"),
    [
        (2, "101", "lies outside 0 to 100"),
        (3, "4 %", "percent sign"),
        (2, "many", "is not a number"),
        (2, "1,234", "may be 1234 or 1.234"),
        (2, True, "TRUE or FALSE"),
    ],
)
def test_a_cell_that_cannot_be_a_value_says_why(linh, draft, row, cell, why):
    book = handed_out(linh, draft)
    fill(book, row, cell, note="Census")
    [problem] = problems(upload(linh, draft, book))
    assert problem[1] == row and why in problem[4]


def test_percent_cells_and_dates_as_periods_are_understood(linh, draft):
    book = handed_out(linh, draft)
    sheet = book.worksheets[0]
    fill(book, 2, 0.724, note="Census")
    sheet.cell(2, 8).number_format = "0.0%"
    fill(book, 3, 4, note="Gazette", period="Q3 2026")
    answer = upload(linh, draft, book)
    assert problems(answer) == []
    entries = {e.indicator.slug: e for e in answer.context["read"].entries.values()}
    assert entries[SHARE].value == Decimal("72.4")
    assert entries[COUNT].period == "2026-Q3"


def test_titles_above_and_merged_headings_are_read_past(linh, draft):
    book = handed_out(linh, draft)
    sheet = book.worksheets[0]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Ministry of Labour, reporting"
    sheet.merge_cells("A1:J1")
    fill(book, 4, 72.4, note="Census")
    answer = upload(linh, draft, book)
    assert [one.value for one in answer.context["read"].entries.values()] == [Decimal("72.4")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp874"])
def test_a_csv_with_semicolons_and_decimal_commas_is_read(linh, draft, encoding):
    text = f"indicator;value;note\n{SHARE};72,4;สำมะโน\nKPI 16;3;Công báo\n"
    text = text if encoding != "cp874" else text.replace("Công báo", "ราชกิจจา")
    answer = upload(linh, draft, text.encode(encoding), "vn.csv")
    found = {e.indicator.slug: e.value for e in answer.context["read"].entries.values()}
    assert found == {SHARE: Decimal("72.4"), COUNT: Decimal(3)}
    assert answer.context["read"].problems == []


def test_a_spreadsheet_downloaded_in_another_language_is_understood(linh, draft):
    with translation.override("vi"):
        linh.user.language = "vi"
    book = handed_out(linh, draft, "vi")
    fill(book, 2, 72.4, note="Census")
    assert len(upload(linh, draft, book).context["read"].entries) == 1


def test_what_somebody_saved_since_the_download_is_a_conflict_not_lost(linh, draft, indicators):
    book = handed_out(linh, draft)
    other = user_with_role("national_focal_point", area="VN")
    enter(draft, indicators[0], "60", other, period="2026-Q4")
    fill(book, 2, 61, note="Census")
    answer = save(linh, draft, upload(linh, draft, book))
    assert answer.status_code == 409
    assert "Two people changed this value" in answer.content.decode()
    assert draft.values.get().value == 60


def test_a_value_taken_out_before_the_download_is_no_conflict(linh, draft, indicators):
    enter(draft, indicators[0], "60", linh.user)
    enter(draft, indicators[0], None, linh.user, note="")
    book = handed_out(linh, draft)
    fill(book, 2, 61, note="Census")
    assert save(linh, draft, upload(linh, draft, book)).status_code == 302
    csv = f"indicator,value,note\n{SHARE},62,Census\n"
    assert save(linh, draft, upload(linh, draft, csv, "vn.csv")).status_code == 302
    assert draft.values.get().value == 62


def test_the_spreadsheet_of_another_submission_is_refused_by_name(linh, draft):
    other = user_with_role("national_focal_point", area="MM")
    theirs = begin(draft.round, other, area=make_area("MM"))
    linh.force_login(other)
    book = handed_out(linh, theirs)
    linh.force_login(linh.user)
    fill(book, 2, 72.4)
    page = upload(linh, draft, book).content.decode()
    assert "was made for" in page and "Area MM" in page


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xlsx", b""),
        ("broken.xlsx", b"PK\x03\x04 not a workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        ("nothing.csv", b"a,b\n1,2\n"),
        ("zeros.csv", b"\x00" * 2000),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(linh, draft, name, content):
    answer = upload(linh, draft, content, name)
    assert answer.status_code == 200
    assert list(answer.context["messages"]) or "message" in answer.content.decode()
    assert not SubmittedValue.objects.exists()


def test_ten_thousand_rows_are_answered_with_the_first_problems(linh, draft):
    lines = "\n".join(f"kpi-{n},3,x" for n in range(100, 10_100))
    answer = upload(linh, draft, f"indicator,value,note\n{SHARE},72.4,Census\n{lines}\n", "big.csv")
    read = answer.context["read"]
    assert (len(read.entries), len(read.problems), read.hidden) == (1, 500, 9_500)


def test_another_table_uploaded_by_mistake_is_not_read_to_its_end(linh, draft):
    lines = "\n".join(f"kpi-{n},3" for n in range(25_000))
    page = upload(linh, draft, f"indicator,value\n{lines}\n", "all.csv").content.decode()
    assert "more than 20000 rows" in page and "3 values" in page


def test_nothing_is_read_into_what_was_handed_in(linh, draft, indicators):
    for one, value in zip(indicators, ("72.4", "3", "1"), strict=True):
        enter(draft, one, value, linh.user)
    go(draft, "submitted", by=linh.user)
    answer = upload(linh, draft, f"indicator,value\n{SHARE},1\n", "late.csv")
    assert "cannot be changed now" in answer.content.decode()
    assert draft.values.get(indicator=indicators[0]).value == Decimal("72.4")
