"""Check 1: files of every kind, and files that mean harm."""

import io
import struct
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from surveys.questionnaire.xlsform import MAX_BYTES, Level, XLSFormRefused, read_xlsform
from tests.surveys.xlsform.forms import found, kinds, large_xlsx, sentences, sheets_of, xlsx

SMALL = """
| survey |
| | type | name | label::English (en) | label::Khmer (km) | relevant |
| | select_one yn | a | Do you farm? | តើអ្នកធ្វើស្រែទេ? | |
| | integer | b | How many plots? | ប៉ុន្មាន? | ${a} = 'yes' |
| choices |
| | list_name | name | label::English (en) | label::Khmer (km) |
| | yn | yes | Yes | បាទ |
| | yn | no | No | ទេ |
| settings |
| | form_title | form_id | default_language |
| | Farms | farms | English (en) |
"""
AS_CSV = """survey,,,,,
,type,name,label::English (en),label::Khmer (km),relevant
,select_one yn,a,Do you farm?,តើអ្នកធ្វើស្រែទេ?,
,integer,b,How many plots?,ប៉ុន្មាន?,${a} = 'yes'
choices,,,,,
,list_name,name,label::English (en),label::Khmer (km),
,yn,yes,Yes,បាទ,
,yn,no,No,ទេ,
settings,,,,,
,form_title,form_id,default_language,,
,Farms,farms,English (en),,
"""


def small() -> bytes:
    return xlsx(sheets_of(SMALL))


def old_xls(rows: list[list[str | float]]) -> bytes:
    """An Excel 2 worksheet: the oldest .xls there is, and the only one short enough to write."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    parts = [record(0x0009, struct.pack("<HH", 2, 0x0010))]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HH3x", row, column)
            if isinstance(cell, float):
                parts.append(record(0x0003, place + struct.pack("<d", cell)))
            elif cell:
                text = cell.encode("latin-1")
                parts.append(record(0x0004, place + bytes([len(text)]) + text))
    return b"".join([*parts, record(0x000A, b"")])


def refusal(data: bytes, name: str = "form.xlsx") -> str:
    with pytest.raises(XLSFormRefused) as caught:
        read_xlsform(data, name)
    assert all(len(one.sentence) > 20 for one in caught.value.findings)
    return str(caught.value)


def rezipped(data: bytes, replaced: dict[str, bytes]) -> bytes:
    """The zip with some parts replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in [*old.namelist(), *(set(replaced) - set(old.namelist()))]:
            new.writestr(name, replaced[name] if name in replaced else old.read(name))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (SMALL.encode(), "form.md"),
        (AS_CSV.encode(), "form.csv"),
        (AS_CSV.encode("utf-8-sig"), "form.csv"),
        (AS_CSV.replace(",", ";").encode(), "form.csv"),
        (AS_CSV.encode("utf-16"), "form.csv"),
        (AS_CSV.replace("\n", "\r\n").encode(), "form.csv"),
    ],
)
def test_the_same_form_reads_the_same_from_every_kind_of_file(data, name):
    assert read_xlsform(data, name).document == read_xlsform(small(), "form.xlsx").document


@pytest.mark.parametrize("name", ["form.xls", "form.xlsx"])
def test_an_old_xls_is_read_whatever_it_is_called(name):
    rows = [
        ["type", "name", "label", "default"],
        ["integer", "age", "How old?", 12.0],
        ["text", "b", "B"],
    ]

    form = read_xlsform(old_xls(rows), name)

    assert kinds(form.definition) == ["age:number", "b:text"]
    assert form.definition.by_code["age"].default == 12.0


def test_a_csv_with_the_survey_sheet_alone():
    form = read_xlsform(b"type,name,label\ntext,a,A\n", "form.csv")

    assert kinds(form.definition) == ["a:text"]


@pytest.mark.parametrize("name", ["form.xls", "form.csv", "form", "form.pdf", ""])
def test_check_1_the_content_decides_and_a_wrong_name_is_said(name):
    form = read_xlsform(small(), name)

    assert kinds(form.definition) == ["a:single", "b:number"]
    assert any("It was read as what it is" in sentence for sentence in sentences(form))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"   ", "no table|no sheet|not a form"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"<html><table></table></html>", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "web page or XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "not a workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 99,
            "cannot be read",
        ),
        (b"\x09\x08" + b"\x00" * 40, "cannot be read"),
        ("type,name\ntext,é".encode("latin-1"), "UTF-8"),
        (b"\x00\x01\x02\x03", "binary data"),
        (b"x" * (MAX_BYTES + 1), "at most 10 MB"),
        (b"hello world", "no sheet is named|no table|no sheet called"),
        (b"| survey |\n| | name |\n| | a |\n", "no column"),
    ],
)
def test_check_1_what_is_no_form_is_explained(data, words):
    said = refusal(data)

    assert any(part in said for part in words.split("|")), said


def test_check_1_a_zip_bomb_is_refused_by_what_it_declares_and_by_what_it_holds():
    packed = rezipped(small(), {"xl/media/image1.bin": b"\x00" * (30 * 1024 * 1024)})
    many = rezipped(small(), {f"xl/x{number}.xml": b"<a/>" for number in range(2100)})
    lying = bytearray(rezipped(small(), {"zz.xml": b" " * 5_000_000}))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 100)

    assert len(packed) < 100_000
    assert "unpacks to more" in refusal(packed)
    assert "parts" in refusal(many)
    assert "damaged" in refusal(bytes(lying)) or "unpacks" in refusal(bytes(lying))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_check_1_entity_bombs_are_not_opened(encoding):
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    )

    said = refusal(rezipped(small(), {"xl/worksheets/sheet1.xml": bomb.encode(encoding)}))

    assert "document type" in said


def test_check_1_a_stated_dimension_of_the_whole_sheet_costs_nothing():
    data = small()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    start, end = xml.index(b"<dimension"), xml.index(b"/>", xml.index(b"<dimension")) + 2
    wide = xml[:start] + b'<dimension ref="A1:XFD1048576"/>' + xml[end:]
    began = time.monotonic()

    form = read_xlsform(rezipped(data, {"xl/worksheets/sheet1.xml": wide}), "form.xlsx")

    assert kinds(form.definition) == ["a:single", "b:number"]
    assert time.monotonic() - began < 5


def test_check_1_too_many_rows_columns_and_sheets_are_refused_with_the_number():
    row = ["text", "a", "A"]
    tall = xlsx({"survey": [["type", "name", "label"], *([row] * 20_100)]})
    wide = xlsx({"survey": [["type", "name", *(f"c{n}" for n in range(500))], row]})
    many = xlsx({f"s{number}": [["x"]] for number in range(70)})

    assert "more than 20,000 rows" in refusal(tall)
    assert "more than 400 columns" in refusal(wide)
    assert "70 sheets" in refusal(many)


def test_numbers_dates_truth_and_errors_in_cells():
    import datetime

    form = read_xlsform(
        xlsx(
            {
                "survey": [
                    ["type", "name", "label", "required", "default", "constraint"],
                    ["select_one c", "a", 2026, True, 1.0, None],
                    ["date", "b", datetime.date(2026, 1, 31), False, datetime.date(2026, 1, 31)],
                    ["text", "c", "#REF!", None, None, "#N/A"],
                ],
                "choices": [["list_name", "name", "label"], ["c", 1, "One"], ["c", 2.0, 2.5]],
            }
        ),
        "form.xlsx",
    )
    a, b, c = form.definition.questions

    assert (a.label, a.required, a.default, a.choice_codes) == (
        {"en": "2026"},
        True,
        "1",
        ("1", "2"),
    )
    assert (b.label, b.default) == ({"en": "2026-01-31"}, "2026-01-31")
    assert (c.label, c.constraint) == ({}, None)
    assert "error #N/A" in found(form, row=4, column="F")


def test_a_formula_that_was_never_computed_is_said_with_its_cell():
    form = read_xlsform(
        xlsx({"survey": [["type", "name", "label"], ["text", "a", '=CONCATENATE("a","b")']]}),
        "form.xlsx",
    )

    assert "never computed" in found(form, row=2, column="C")


def test_merged_cells_hidden_sheets_empty_rows_and_a_title_above():
    def prepare(book) -> None:
        choices: Worksheet = book["choices"]
        choices.merge_cells("A2:A3")
        choices.sheet_state = "hidden"
        book.create_sheet("Notes for translators").append(["x"])

    form = read_xlsform(
        xlsx(
            {
                "Survey ": [
                    ["Household survey 2026"],
                    ["type", "name", "label", None, "remarks"],
                    ["select_one yn", "a", "A"],
                    *([[None]] * 20),
                    ["text", "b", "B", None, "ask twice"],
                    *([[None]] * 70),
                    ["text", "far", "Never read"],
                ],
                "choices": [
                    ["list_name", "name", "label"],
                    ["yn", "yes", "Yes"],
                    [None, "no", "No"],
                ],
            },
            prepare=prepare,
        ),
        "form.xlsx",
    )

    assert kinds(form.definition) == ["a:single", "b:text"]
    assert form.definition.questions[0].choice_codes == ("yes", "no")
    said = " ".join(sentences(form))
    for words in (
        "merged",
        "hidden",
        "Notes for translators",
        "headings stand in row 2",
        "remarks",
    ):
        assert words in said


def test_doubled_headings_and_mixed_languages_are_said():
    form = read_xlsform(
        xlsx(
            {
                "survey": [
                    ["type", "name", "label", "label::English (en)", "label::English", "relevance"]
                    + ["relevant", "label::Klingon!", "label::Khmer (km)"],
                    ["text", "a", "Plain", "Coded", "Named", "", "", "nuqneH", "ខ្មែរ"],
                    ["text", "b", "Only plain", "", "Only named", "", "", "", ""],
                ],
                "settings": [["default_language"], ["English (en)"]],
            }
        ),
        "form.xlsx",
    )
    a, b = form.definition.questions

    assert form.definition.default_language == "en"
    assert a.label == {"en": "Coded", "qaa": "nuqneH", "km": "ខ្មែរ"}
    assert b.label == {"en": "Only named"}
    said = " ".join(sentences(form))
    assert "no language known here" in said
    assert "same language (en)" in said
    assert "mean the same" in said
    assert "without a language beside columns with one" in said


@pytest.mark.parametrize(
    ("label", "language"),
    [("តើអ្នកឈ្មោះអ្វី?", "km"), ("คุณชื่ออะไร", "th"), ("ເຈົ້າຊື່ຫຍັງ", "lo"), ("နာမည်", "my"), ("Name", "en")],
)
def test_unstated_languages_are_told_by_their_script(label, language):
    form = read_xlsform(
        f"| survey |\n| | type | name | label |\n| | text | a | {label} |".encode(), "f.md"
    )

    assert form.definition.languages == (language,)


def test_check_1_a_form_of_3000_questions_in_three_languages_is_a_draft():
    """How long it takes is measured by benchmarks/bench_xlsform.py."""
    form = read_xlsform(large_xlsx(3000, ("English (en)", "Khmer (km)", "Thai (th)")), "large.xlsx")

    assert len(form.definition.questions) == 3000
    assert not sentences(form, Level.UNRESOLVED)


def test_a_form_of_more_questions_than_fit_is_refused_with_the_number():
    rows = [["text", f"q{number}", "Q"] for number in range(5100)]

    assert "5,100 questions" in refusal(xlsx({"survey": [["type", "name", "label"], *rows]}))


def tried(data: bytes, name: str = "form.xlsx") -> None:
    """Either a draft or sentences; anything else fails the test."""
    try:
        read_xlsform(data, name)
    except XLSFormRefused as refused:
        assert refused.findings
        assert all(one.sentence.strip() for one in refused.findings)


HARD = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        "select_one yn|select_multiple yn or_other|rank yn|begin_group|end_group|begin_repeat|"
        "end repeat|calculate|integer|range|note|hidden|acknowledge|${a}|${|${a} = |selected(|"
        "(((((((((|not(not(not(|-7|-9|yes|no|start=1 end=0 step=0|randomize=true seed=x|"
        "table-list|label|list-nolabel|field-list|name = ${a}|1e309|9999999999999999|'|\"|"
        "concat('a', \"b\")|label::x (km)|../../..|instance('a')|\x00|\ud800|_x0000_|=1+1|"
        "date('9999-99-99')|${a.b-c}|true()|TRUE|#REF!|percentage|select_one|a b c".split("|")
    ),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
)
HEADINGS = (
    "type name label label::English(en) label::km hint relevant constraint calculation required "
    "choice_filter default appearance parameters read_only suara::kind suara::code suara::relevant "
    "suara::minimum suara::blank suara::default suara::list"
).split()


@HARD
@given(st.lists(st.lists(NASTY, max_size=len(HEADINGS)), max_size=14), st.booleans())
def test_whatever_stands_in_the_cells_there_is_a_draft_or_there_are_sentences(rows, ours):
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["survey"])
    writer.writerow(["", *HEADINGS])
    for row in rows:
        writer.writerow(["", *(cell.replace("\ud800", "") for cell in row)])
    writer.writerow(["choices"])
    writer.writerow(["", "list_name", "name", "label", "x", "suara_relevant", "suara_exclusive"])
    writer.writerow(["", "yn", "yes", "Yes", "1", "${a} = 1", "yes"])
    for row in rows[:4]:
        writer.writerow(["", "yn", *(cell.replace("\ud800", "") for cell in row[:5])])
    writer.writerow(["settings"])
    writer.writerow(["", "form_title", "default_language", "suara::format", "suara::languages"])
    writer.writerow(["", "T", "English (en)", "1" if ours else "", "en km"])

    tried(stream.getvalue().encode("utf-8", "ignore"), "form.csv")


@HARD
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=20))
def test_whatever_happens_to_the_bytes_there_is_a_draft_or_there_are_sentences(changes):
    data = bytearray(SMALL_XLSX)
    for place, byte in changes:
        data[place % len(data)] = byte

    tried(bytes(data))


@HARD
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_wherever_a_file_is_cut_there_are_sentences(start, end):
    start, end = sorted((start % len(SMALL_XLSX), end % len(SMALL_XLSX)))

    tried(SMALL_XLSX[:end])
    tried(SMALL_XLSX[start:])


@HARD
@given(st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=6)), max_size=12))
def test_whatever_happens_inside_a_part_there_is_a_draft_or_there_are_sentences(changes):
    with zipfile.ZipFile(io.BytesIO(SMALL_XLSX)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/")]
        parts = {name: bytearray(archive.read(name)) for name in names}
    for place, insert in changes:
        part = parts[names[place % len(names)]]
        at = place % (len(part) + 1)
        part[at : at + len(insert)] = insert

    tried(rezipped(SMALL_XLSX, {name: bytes(part) for name, part in parts.items()}))


@HARD
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8))
def test_whatever_happens_to_an_old_xls_there_is_a_draft_or_there_are_sentences(changes):
    data = bytearray(
        old_xls([["type", "name", "label"], ["text", "a", "A"], ["integer", "b", "B"]])
    )
    for place, byte in changes:
        data[place % len(data)] = byte

    tried(bytes(data), "form.xls")


@HARD
@given(st.binary(max_size=600))
def test_any_bytes_give_a_draft_or_sentences(data):
    for prefix in (
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x09\x08\x10\x00",
        b"| survey |\n",
    ):
        tried(prefix + data)


SMALL_XLSX = small()
