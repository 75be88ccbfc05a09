"""Whatever is asked and answered: the .sav says the same as the CSV, cell by cell."""

import csv
import io
import math
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyreadstat
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.exports import csv as csv_export
from surveys.exports import sav
from surveys.exports.columns import Alignment
from surveys.exports.labels import Shortener, cut
from surveys.exports.names import LONGEST_NAME, RESERVED, legal_names
from surveys.exports.rows import Table
from surveys.exports.variables import Variables
from surveys.models import Response, Survey, Wave
from surveys.questionnaire.definition import parse

TEXTS = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40
).map(lambda text: " ".join(text.split()) or "x")
KHMER = st.sampled_from(["ភាសាខ្មែរ", "ไทย", "မြန်မာ", "English", "'quoted' \"twice\""])
CODES = st.lists(
    st.one_of(
        st.integers(0, 9).map(str),
        st.sampled_from(["yes", "no", "KH", "01", "-5", "1.5", "often-enough", "ខ្មែរ"]),
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
KINDS = ("single", "multiple", "matrix", "rank", "scale", "number", "text", "date", "time")
MISSING = st.sampled_from(["-9", "-8", "-7", None])


@dataclass(frozen=True)
class Fixed(Table):
    """A table whose responses are given, not read."""

    given: tuple[tuple[str, int, dict[str, Any]], ...] = ()

    def count(self) -> int:
        return len(self.given)

    def rows(self, on_step: Callable[[int], None] | None = None) -> Iterator[list[Any]]:
        cells = {number: self.alignment.cells(number) for number in self.alignment.versions}
        for key, version, answers in self.given:
            yield [key, version, "km", "open", date(2026, 9, 1), "KH", "", *cells[version](answers)]


@st.composite
def questions(draw, number: int) -> dict[str, Any]:
    code = draw(st.sampled_from(["q", "Q", "area", "q.a", "where", "to"])) + f"_{number}"
    kind = draw(st.sampled_from(KINDS))
    found: dict[str, Any] = {"code": code, "kind": kind, "label": {"en": draw(KHMER)}}
    options = [{"code": one, "label": {"en": draw(KHMER)}} for one in draw(CODES)]
    if kind in ("single", "multiple", "matrix", "rank"):
        found["choices"] = options
    if kind == "matrix":
        found["rows"] = [{"code": row, "label": {"en": row}} for row in ("a", "b")]
    if kind == "scale":
        found |= {"minimum": 0, "maximum": 10}
    if kind == "number":
        found["decimals"] = draw(st.integers(0, 3))
    return found


def answer(question: dict[str, Any]) -> st.SearchStrategy[Any]:
    codes = [choice["code"] for choice in question.get("choices", [])]
    match question["kind"]:
        case "single":
            given = st.sampled_from(codes)
        case "multiple" | "rank":
            given = st.lists(st.sampled_from(codes), unique=True, min_size=1)
        case "matrix":
            given = st.dictionaries(st.sampled_from(["a", "b"]), st.sampled_from(codes))
        case "scale":
            given = st.integers(0, 10)
        case "number":
            given = st.one_of(
                st.integers(-(10**17), 10**17),
                st.floats(-1e6, 1e6).map(lambda number: round(number, question["decimals"])),
            )
        case "date":
            given = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case "time":
            given = st.times().map(lambda moment: f"{moment:%H:%M}")
        case _:
            given = TEXTS
    return st.one_of(given, MISSING)


@st.composite
def tables(draw) -> Fixed:
    asked = [draw(questions(number)) for number in range(draw(st.integers(1, 6)))]
    document = {
        "schema": 1, "languages": ["en"], "default_language": "en", "title": {"en": "T"},
        "pages": [{"code": "p", "title": {"en": "P"}, "questions": asked}],
    }  # fmt: skip
    later = document | {"pages": [document["pages"][0] | {"questions": asked[1:] + asked[:1]}]}
    given = []
    for _number in range(draw(st.integers(0, 5))):
        answers = {one["code"]: draw(answer(one)) for one in asked}
        kept = {code: value for code, value in answers.items() if value is not None}
        given.append((str(draw(st.uuids(version=4))), draw(st.sampled_from([1, 2])), kept))
    wave = Wave(survey=Survey(code="S", title="Invented"), slug="w", title="Wave")
    alignment = Alignment({1: parse(document), 2: parse(later)})
    return Fixed(wave, Response.objects.none(), alignment, tuple(given))


def as_csv(cell: Any) -> str:
    """A cell of the .sav in the way of the CSV."""
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def in_csv(cell: str) -> str:
    """A cell of the CSV: numbers in one way, and without the apostrophe that stops formulas."""
    if cell.startswith("'") and cell[1:2] in ("=", "+", "-", "@"):
        return cell[1:]
    try:
        number = float(cell)
    except ValueError:
        return cell
    if str(number) == cell and number.is_integer():
        return str(int(number))
    return cell


@settings(max_examples=60, deadline=None)
@given(tables())
def test_every_cell_of_the_csv_equals_the_cell_of_the_sav(table):
    lines = "".join(csv_export.lines(table)).removeprefix("\ufeff")
    header, *expected = csv.reader(io.StringIO(lines))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        held = sav.write(Variables(table), path, language="en", shortener=Shortener())
        # Dates as the numbers that they are, so that missing codes can be seen.
        frame, about = pyreadstat.read_sav(
            path, user_missing=True, disable_datetime_conversion=True
        )

    assert len(frame.columns) == len(header) and len(frame) == len(expected)
    formats = about.original_variable_types
    for place, (name, column) in enumerate(zip(frame.columns, held.columns, strict=True)):
        found = [_shown(cell, formats[name]) for cell in frame[name]]
        assert found == [in_csv(row[place]).rstrip() for row in expected], column.variable


def _shown(cell: Any, form: str) -> str:
    if isinstance(cell, float) and not math.isnan(cell) and cell not in (-9, -8, -7):
        if form == "SDATE10":
            return date.fromordinal(
                int(cell // 86_400) + date(1582, 10, 14).toordinal()
            ).isoformat()
        if form == "TIME5":
            return f"{int(cell) // 3600:02d}:{int(cell) // 60 % 60:02d}"
    return as_csv(cell)


@given(st.lists(st.text(max_size=80), max_size=30))
def test_names_are_legal_unique_in_any_case_and_stay_when_more_come_after(wanted):
    found = legal_names(wanted)

    assert set(found) == set(wanted)
    assert len({name.upper() for name in found.values()}) == len(found)
    for name in found.values():
        assert name.isascii() and name[0].isalpha() and name[-1] not in "._"
        assert len(name) <= LONGEST_NAME and name.upper() not in RESERVED
        assert all(letter.isalnum() or letter in "._" for letter in name)
    half = legal_names(wanted[: len(wanted) // 2])
    assert {name: found[name] for name in half} == half


@given(st.text(max_size=300), st.integers(10, 255))
def test_labels_are_cut_between_characters_with_an_ellipsis(text, limit):
    found = cut(text, limit)

    assert len(found.encode()) <= limit
    if len(text.encode("utf-8", "replace")) <= limit:
        assert found == text.encode("utf-8", "replace").decode()
    else:
        assert found.endswith("…")
        assert text.encode("utf-8", "replace").decode().startswith(found[:-1])


def test_a_khmer_syllable_is_not_cut_in_two():
    # KHMER LETTER KHA, COENG, LETTER MO, VOWEL SIGN AE, LETTER RO: cut behind the first letter or
    # before the whole cluster, never between COENG and what it joins.
    text = "ខ្មែរ" * 30

    for limit in range(20, 60):
        kept = cut(text, limit)[:-1]
        assert not kept.endswith("\u17d2")
        assert not text[len(kept)].startswith(("\u17d2", "\u17c2"))


def test_a_response_key_is_never_pooled_away():
    keys = [str(uuid.uuid4()) for _number in range(5000)]
    document = parse(
        {
            "schema": 1, "languages": ["en"], "default_language": "en", "title": {"en": "T"},
            "pages": [{"code": "p", "title": {}, "questions": [
                {"code": "q", "kind": "text", "label": {"en": "Q"}}]}],
        }
    )  # fmt: skip
    wave = Wave(survey=Survey(code="S", title="Invented"), slug="w", title="Wave")
    given_rows = tuple((key, 1, {"q": key}) for key in keys)
    table = Fixed(wave, Response.objects.none(), Alignment({1: document}), given_rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        sav.write(Variables(table), path, language="en", shortener=Shortener())
        frame, _about = pyreadstat.read_sav(path)

    assert list(frame["response"]) == list(frame["q"]) == keys
