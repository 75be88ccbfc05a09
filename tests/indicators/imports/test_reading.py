"""Files as offices send them: every encoding, sign and kind of workbook, or a sentence."""

import io
import unicodedata
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.styles import numbers

from indicators.errors import FileRefused
from indicators.imports import read
from indicators.imports import reading as reading_module
from indicators.imports.cells import Fault, Formula, Percent
from tests.indicators.imports.files import csv_file, saved, workbook

THAI = "ร้อยละของประชากรที่รู้จักอาเซียน"
VIETNAMESE = "Tỷ lệ người dân biết về ASEAN, giáo dục và đào tạo nghề"
WESTERN = "Résumé, naïve café, señor, über"


def rows_of(file, name="values.csv", **options):
    with read(file, name, **options) as book:
        return [(row.number, row.cells) for row in book.sheet]


@pytest.mark.parametrize(
    ("encoding", "words", "found"),
    [
        ("utf-8", THAI, "utf-8-sig"),
        ("utf-8-sig", VIETNAMESE, "utf-8-sig"),
        ("utf-16", THAI, "utf-16"),
        ("utf-16-le", "Kuala Lumpur " + THAI[:3], "utf-16-le"),
        ("utf-16-be", "Kuala Lumpur and Putrajaya", "utf-16-be"),
        ("cp874", THAI, "cp874"),
        ("cp1252", WESTERN, "cp1252"),
        ("ascii", "Bandar Seri Begawan", "utf-8-sig"),
    ],
)
def test_a_csv_is_read_in_the_encoding_it_was_saved_in(encoding, words, found):
    file = csv_file("area,note", f'KH,"{words}"', encoding=encoding)
    with read(file, "values.csv") as book:
        assert book.encoding == found
        assert [row.cells for row in book.sheet] == [("area", "note"), ("KH", words)]


def test_vietnamese_in_windows_1258_comes_with_its_tones_composed():
    with read(
        io.BytesIO(f'area,note\r\nVN,"{_toned(VIETNAMESE)}"\r\n'.encode("cp1258")), "v"
    ) as book:
        assert book.encoding == "cp1258"
        assert list(book.sheet)[1].cells == ("VN", VIETNAMESE)


def _toned(text):
    """As the code page has it: vowels as one letter each, their tones behind them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    found = ""
    for letter in text:
        apart = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in tones if mark in apart), "")
        found += unicodedata.normalize("NFC", apart.replace(tone, "")) + tone
    return found


def test_the_person_may_say_the_encoding():
    file = csv_file("note", THAI, encoding="cp874")
    assert rows_of(file, encoding="cp1252")[1][1] != (THAI,)
    assert rows_of(file, encoding="cp874")[1][1] == (THAI,)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_delimiter_is_found(sign):
    file = csv_file(sign.join(["area", "value", "note"]), sign.join(["KH", '"72,4"', "a; b"]))
    if sign == ";":
        file = csv_file("area;value;note", 'KH;72,4;"a; b"', 'LA;1,5;"x, y"')
    with read(file, "values.txt") as book:
        assert book.delimiter == sign
        assert list(book.sheet)[1].cells == ("KH", "72,4", "a; b")


def test_excels_line_that_names_the_delimiter_is_no_row():
    assert rows_of(csv_file("sep=;", "area;value", "KH;1,5")) == [
        (2, ("area", "value")),
        (3, ("KH", "1,5")),
    ]


def test_blank_rows_are_left_out_and_rows_keep_their_numbers():
    assert rows_of(csv_file("area,value", ",", "", '"K', 'H",1')) == [
        (1, ("area", "value")),
        (4, ("K\r\nH", "1")),
    ]
    assert rows_of(workbook(["a"], [], [None, "\u00a0"], ["b"])) == [(1, ("a",)), (4, ("b",))]


def test_a_workbook_keeps_numbers_and_dates_and_shows_percentages_as_people_see_them():
    book = Workbook()
    page = book.active
    page.append([0.724, 72.4, 2026, datetime(2026, 11, 1), "text", True, 0.07])
    page["A1"].number_format = numbers.FORMAT_PERCENTAGE_00
    page["G1"].number_format = "0%"
    ((_number, cells),) = rows_of(saved(book), "values.xlsx")
    assert cells == (Decimal("72.4"), 72.4, 2026, datetime(2026, 11, 1), "text", True, 7)
    assert isinstance(cells[0], Percent)


def test_formulas_and_errors_are_told_apart_from_values():
    book = Workbook()
    book.active.append(["=1+1", "#N/A", "'=1+1"])
    book.active["B1"].data_type = "e"
    ((_number, cells),) = rows_of(saved(book), "values.xlsx")
    assert [type(cell) for cell in cells] == [Formula, Fault, str]


def test_cells_merged_over_rows_have_their_value_in_each_row():
    file = workbook(["area", "value"], ["KH", 1], [None, 2], [], ["LA", 3], merge=["A2:A4"])
    assert rows_of(file, "values.xlsx") == [
        (1, ("area", "value")),
        (2, ("KH", 1)),
        (3, ("KH", 2)),
        (5, ("LA", 3)),
    ]


def test_hidden_sheets_are_known_and_the_first_open_one_is_taken():
    book = Workbook()
    book.active.title = "Codes"
    book.active.sheet_state = "hidden"
    book.create_sheet("Values").append(["here"])
    with read(saved(book), "values.xlsx") as found:
        assert [(one.name, one.is_hidden) for one in found.sheets] == [
            ("Codes", True),
            ("Values", False),
        ]
        assert found.sheet.name == "Values"
        assert found.named(" values ") is found.sheets[1]
        assert found.named("nothing") is None


def _zip_with(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    file.seek(0)
    return file


def _parts(file):
    with zipfile.ZipFile(file) as archive:
        return {part.filename: archive.read(part) for part in archive.infolist()}


def _zip_of(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file


def _workbook_with_part(name, data):
    file = workbook(["a"])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("file", "name", "words"),
    [
        (io.BytesIO(b""), "values.csv", "is empty"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600), "values.xlsx", "named .xlsx"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600), "values.xls", "old Excel"),
        (io.BytesIO(b"%PDF-1.7"), "values.csv", "PDF"),
        (io.BytesIO(b"<html><table>"), "values.xls", "web page"),
        (io.BytesIO(b"PK\x03\x04 cut off"), "values.xlsx", "damaged"),
        (io.BytesIO(bytes(range(128, 256)) * 20 + b"\x00\x01\x02" * 99), "values.csv", "binary"),
        (_zip_with(readme="hello"), "values.xlsx", "not a workbook"),
        (_zip_with(content="hello"), "values.ods", "OpenDocument"),
        (_zip_with(xl__workbook="<workbook"), "values.xlsx", "damaged"),
        (_workbook_with_part("xl/big.xml", b"0" * 30_000_000), "values.xlsx", "far tighter"),
        (_workbook_with_part("xl/x.xml", b"<!DOCTYPE a>"), "values.xlsx", "document type"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(file, name, words):
    with pytest.raises(FileRefused, match=words):
        rows_of(file, name)


def test_a_sheet_damaged_further_down_is_refused_when_it_comes_to_it():
    parts = _parts(workbook(["a", "b"], *([n, n] for n in range(50))))
    xml = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = xml[: len(xml) // 2] + b"<c r='Q"
    with pytest.raises(FileRefused, match="damaged"):
        rows_of(_zip_of(parts), "values.xlsx")


def test_limits_are_sentences(monkeypatch):
    monkeypatch.setattr(reading_module, "MAX_ROWS", 2)
    with pytest.raises(FileRefused, match="^The file has more than 2 rows"):
        rows_of(csv_file("1", "2", "3"))
    monkeypatch.setattr(reading_module, "MAX_COLUMNS", 2)
    with pytest.raises(FileRefused, match="^Row 1 has more than 2 columns"):
        rows_of(csv_file("a,b,c"))
    with pytest.raises(FileRefused, match="Row 1 of the sheet “Sheet” has more than 2 columns"):
        rows_of(workbook(["a", "b", "c", "d"]), "values.xlsx")
    monkeypatch.setattr(reading_module, "MAX_BYTES", 3)
    with pytest.raises(FileRefused, match="at most"):
        rows_of(csv_file("a,b,c"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_headings_and_what_stands_above_them_are_no_rows_of_the_table(monkeypatch, form):
    monkeypatch.setattr(reading_module, "MAX_ROWS", 2)
    lines = [["Values of 2026"], [], ["area", "value"], ["KH", "1"], [], ["LA", "2"], ["VN", "3"]]

    def below(many):
        file = workbook(*many) if form == "xlsx" else csv_file(*map(",".join, many))
        with read(file, f"values.{form}") as book:
            return [row.number for row in book.sheet.below(3)]

    assert below(lines[:-1]) == [4, 6]
    whole = "The sheet “Sheet”" if form == "xlsx" else "The file"
    with pytest.raises(FileRefused, match=f"^{whole} has more than 2 rows. Split"):
        below(lines)


@pytest.mark.parametrize("number", ["1048577", "1"])
def test_a_row_that_no_workbook_can_have_is_a_damage(number):
    parts = _parts(workbook(["a"], ["b"]))
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'<row r="2"', f'<row r="{number}"'.encode())
    with pytest.raises(FileRefused, match="damaged"):
        rows_of(_zip_of(parts), "values.xlsx")


def test_a_document_type_under_any_name_or_encoding_is_a_damage():
    parts = _parts(workbook(["a"]))
    xml = parts.pop("xl/worksheets/sheet1.xml").decode()
    words = "<!DOCTYPE worksheet [<!ENTITY a 'aaaa'>]>"
    parts["xl/worksheets/sheet1.bin"] = xml.replace("<worksheet", f"{words}<worksheet", 1).encode()
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = parts[name].replace(b"sheet1.xml", b"sheet1.bin")
    with pytest.raises(FileRefused, match="damaged"):
        rows_of(_zip_of(parts), "values.xlsx")


def test_a_value_far_to_the_right_is_refused_and_not_left_out():
    book = Workbook()
    book.active["A1"], book.active["ZZ1"] = "a", "b"
    with pytest.raises(FileRefused, match="more than 200 columns"):
        rows_of(saved(book), "values.xlsx")


def test_a_quotation_mark_that_is_not_closed_is_named():
    with pytest.raises(FileRefused, match="quotation mark"):
        rows_of(csv_file("a,b", '1,"x', *["y" * 1000] * 200))


def test_a_sheet_can_be_gone_through_again():
    with read(workbook(["a"], ["b"]), "values.xlsx") as book:
        assert [row.cells for row in book.sheet] == [row.cells for row in book.sheet]
