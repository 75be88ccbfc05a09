"""Whatever is wrong in a file, one sentence says where; the exit code is 2; nothing is written."""

import gzip
import json
import subprocess
import sys
import warnings
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

PLAN = {
    "design": {"strata": ["area"], "psu": "village"},
    "weights": {"base": "w", "by": ["area"], "rake_to": ["sex", "age"]},
    "groups": ["area"],
    "breakdowns": [["sex"]],
    "missing": [9],
    "figures": [
        {"id": "heard", "kind": "share", "column": "heard", "counts": [1], "base": [1, 2]},
        {"id": "points", "kind": "mean", "column": "points"},
    ],
}
HEAD = "area,village,w,sex,age,heard,points"
MARGINS = """area,variable,category,population
KH,sex,F,600
KH,sex,M,400
KH,age,young,500
KH,age,old,500
TH,sex,F,300
TH,sex,M,300
TH,age,young,200
TH,age,old,400
"""


def respondents() -> list[list[str]]:
    """Eighty people of two areas, in four villages each, with every combination of answers."""
    rows = []
    for place in range(80):
        rows.append(
            [
                "KH" if place < 40 else "TH",
                f"v{place % 4}",
                "1.5" if place % 3 else "2",
                "FM"[place // 4 % 2],
                ("young", "old")[place // 8 % 2],
                "129"[place % 3],
                str(place % 11),
            ]
        )
    return rows


def text_of(rows: list[list[str]], head: str = HEAD) -> str:
    return "\n".join([head, *(",".join(row) for row in rows)]) + "\n"


def changed(row: int, column: str, value: str) -> str:
    """The data with one cell changed; the head is row 1."""
    rows = respondents()
    rows[row - 2][HEAD.split(",").index(column)] = value
    return text_of(rows)


def without(column: str, value: str) -> str:
    place = HEAD.split(",").index(column)
    return text_of([row for row in respondents() if row[place] != value])


def everywhere(column: str, value: str) -> str:
    place = HEAD.split(",").index(column)
    rows = respondents()
    for row in rows:
        row[place] = value
    return text_of(rows)


def plan(**changes) -> dict:
    return PLAN | changes


def weights(**changes) -> dict:
    return plan(weights=PLAN["weights"] | changes)


def figure(**changes) -> dict:
    return plan(figures=[PLAN["figures"][0] | changes])


def run(folder: Path, *, data="", margins=MARGINS, plan=PLAN, name="people.csv") -> str:
    """The figures as text; refusals are raised. Warnings are errors here."""
    for file, content in (
        (name, data or text_of(respondents())),
        ("margins.csv", margins),
        ("plan.json", plan if isinstance(plan, str | bytes) else json.dumps(plan)),
    ):
        if content is not None:
            raw = content if isinstance(content, bytes) else content.encode()
            (folder / file).write_bytes(raw)
    options = [] if margins is None else ["--margins", str(folder / "margins.csv")]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command(
            "estimate", str(folder / "plan.json"), "--data", str(folder / name), *options,
            "--out", str(folder / "out.csv"), stderr=StringIO(),
        )  # fmt: skip
    return (folder / "out.csv").read_text()


def test_the_good_files_are_good(tmp_path):
    found = run(tmp_path)

    assert found.count("\n") == 1 + 2 * (2 + 4)
    assert "nan" not in found.lower() and "inf" not in found.lower()


BAD = {
    # The data.
    "no column": (
        {"data": text_of(respondents(), HEAD.replace("heard", "herd"))},
        "no column heard, which the figure heard needs. Is it herd?",
    ),
    "a needed column twice": (
        {"data": text_of([[*row, "1"] for row in respondents()], HEAD + ",sex")},
        "has the column sex 2 times",
    ),
    "an empty file": ({"data": b" "}, "no head"),
    "only a head": ({"data": HEAD + "\n"}, "a head and no respondent below it"),
    "a short row": (
        {"data": text_of(respondents()).replace("KH,v0,2,F,young,1,0\n", "KH,v0,2\n", 1)},
        "3 cells in row 2 and 7 in its head",
    ),
    "a long row": (
        {"data": text_of([*respondents(), ["KH", "v0", "1", "F", "old", "1", "1", "1"]])},
        "8 cells in row 82 and 7",
    ),
    "an empty line": (
        {"data": HEAD + "\n\n" + text_of(respondents()).split("\n", 1)[1]},
        "an empty line above row 3",
    ),
    "an open quote": ({"data": changed(5, "age", '"old')}, "no CSV in line"),
    "not UTF-8": (
        {"data": changed(4, "village", "é").encode("latin-1")},
        "not UTF-8: line 4 has the byte 0xe9",
    ),
    "UTF-16": ({"data": text_of(respondents()).encode("utf-16")}, "not UTF-8: line 1"),
    "a workbook": ({"data": b"PK\x03\x04rest", "name": "people.xlsx"}, "kind that is not read"),
    "a broken gzip": (
        {"data": gzip.compress(text_of(respondents()).encode())[:200], "name": "people.csv.gz"},
        "cannot be unpacked",
    ),
    "not gzip at all": ({"data": b"area", "name": "people.csv.gz"}, "cannot be unpacked"),
    "no Parquet": ({"data": b"PAR1nothing of the kindPAR1", "name": "p.parquet"}, "no Parquet"),
    "no SPSS file": ({"data": b"$FL2nothing of the kind", "name": "p.sav"}, "no SPSS file"),
    "an unknown code": (
        {"data": changed(7, "heard", "3")},
        "There is '3' under heard in row 7 of people.csv",
    ),
    "a word in a mean": (
        {"data": changed(7, "points", "many")},
        "'many' in row 7 of points",
    ),
    "infinity in a mean": ({"data": changed(7, "points", "inf")}, "'inf' in row 7 of points"),
    "a weight in words": (
        {"data": changed(9, "w", "1,5".replace(",", ";"))},
        "'1;5' in row 9 of w",
    ),
    "a weight that is NaN": ({"data": changed(9, "w", "NaN")}, "'NaN' in row 9 of w"),
    "no weight": ({"data": changed(9, "w", "")}, "no weight in w, first in row 9"),
    "a negative weight": ({"data": changed(9, "w", "-1")}, "negative weight in w, first in row 9"),
    "a weight of zero": ({"data": changed(9, "w", "0")}, "weight 0 in w, first in row 9"),
    "every weight zero": (
        {"data": everywhere("w", "0"), "plan": weights(zeros="keep")},
        "Every weight in w",
    ),
    "no village": ({"data": changed(9, "village", "")}, "nothing under village in row 9"),
    "no area": ({"data": changed(9, "area", "")}, "nothing under area in row 9"),
    "nobody answered": ({"data": everywhere("heard", "9")}, "Nobody in people.csv gave a valid"),
    "a blank in a margin": ({"data": changed(9, "sex", "")}, "no answer to sex, first in row 9"),
    "a missing code in a margin": (
        {"data": changed(9, "sex", "9")},
        "no answer to sex, first in row 9",
    ),
    # The margins.
    "a category the population lacks": (
        {"data": changed(9, "sex", "X")},
        "KH: 1 respondents are in 'X' of sex, which the population does not list",
    ),
    "a category the respondents lack": (
        {"data": without("sex", "M")},
        r"KH: No respondent is in 'M' (400) of sex",
    ),
    "a population of zero": (
        {"margins": MARGINS.replace("KH,sex,M,400", "KH,sex,M,0")},
        "'M' of sex, whose population is 0",
    ),
    "margins that do not add up": (
        {"margins": MARGINS.replace("KH,age,old,500", "KH,age,old,600")},
        "KH: The margins add up to different totals (sex 1,000, age 1,100)",
    ),
    "an area without margins": ({"data": changed(9, "area", "LA")}, "no margins for LA"),
    "a variable without margin": (
        {"margins": MARGINS.replace("TH,age,young,200\nTH,age,old,400\n", "")},
        "no margin age for TH",
    ),
    "a negative population": (
        {"margins": MARGINS.replace("400\nKH", "-4\nKH", 1)},
        "There is '-4' under population in row 3 of margins.csv",
    ),
    "a cell twice": (
        {"margins": MARGINS + "TH,sex,M,300\n"},
        "row 10 of margins.csv a second time",
    ),
    "a strange column": (
        {"margins": MARGINS.replace("area,", "country,", 1)},
        "column country, which is neither",
    ),
    "no number column": ({"margins": MARGINS.replace("population", "people")}, "needs exactly one"),
    "no category column": ({"margins": MARGINS.replace("category", "level")}, "no column category"),
    "shares that do not add up": (
        {
            "margins": "variable,category,share\nsex,F,0.5\nsex,M,0.6\n",
            "plan": weights(scale="respondents", rake_to=["sex"]),
        },
        "add up to 1.1 instead of 1",
    ),
    "shares for populations": (
        {
            "margins": "variable,category,share\nsex,F,0.5\nsex,M,0.5\n",
            "plan": weights(rake_to=["sex"]),
        },
        "cannot add up to the population",
    ),
    "no margins at all": ({"margins": None}, "but no margins were handed in"),
    "empty margins": ({"margins": b""}, "margins.csv is empty"),
    "margins not in UTF-8": ({"margins": b"variable,category,share\nsex,\xe9,1\n"}, "line 2"),
    "weights that cannot keep their cap": (
        {"plan": weights(upper=1.0001)},
        "do not come together",
    ),
    # The plan.
    "no JSON": ({"plan": "{figures: 1}"}, "not JSON: Expecting property name"),
    "an empty plan": ({"plan": ""}, "plan.json is empty"),
    "a name twice": ({"plan": '{"figures": [], "figures": []}'}, "'figures' stands twice"),
    "NaN in a plan": ({"plan": '{"confidence": NaN, "figures": []}'}, "NaN is no number"),
    "a plan not in UTF-8": ({"plan": b'{"title": "\xe9"}'}, "not UTF-8: byte 12"),
    "a plan without figures": ({"plan": {}}, "lacks figures in the plan itself"),
    "a list for a plan": ({"plan": []}, "where JSON's object belongs"),
    "no figure": ({"plan": {"figures": []}}, "nothing, or too little, in figures"),
    "a word unknown": (
        {"plan": plan(weight={})},
        "has weight in the plan itself, which is not known",
    ),
    "a kind unknown": ({"plan": figure(kind="median")}, 'says "median" in figures[0].kind'),
    "a figure without base": (
        {"plan": plan(figures=[{"id": "h", "kind": "share", "column": "heard", "counts": [1]}])},
        "lacks base in figures[0]",
    ),
    "a word of another kind": ({"plan": figure(scores={"1": 1})}, "has scores in figures[0]"),
    "a wrong type": ({"plan": figure(counts=1)}, "has 1 in figures[0].counts, where JSON's array"),
    "counts outside the base": (
        {"plan": figure(counts=[7])},
        "has 7 in counts but not in its base",
    ),
    "two figures of one id": ({"plan": plan(figures=PLAN["figures"][:1] * 2)}, "two figures with"),
    "a breakdown by the group": ({"plan": plan(breakdowns=[["area"]])}, "column of its groups"),
    "a lonely unit refused": (
        {
            "data": changed(2, "area", "LA"),
            "margins": None,
            "plan": plan(
                weights={"base": "w"},
                design={"strata": ["area"], "psu": "village", "lonely": "fail"},
            ),
        },
        "The stratum LA has only one sampling unit",
    ),
    "a level unlisted": ({"plan": plan(levels={"sex": ["F"]})}, "'M' under sex in row 6"),
    "where nobody is": (
        {"plan": figure(where={"age": ["middle"]})},
        "Nobody has middle under age",
    ),
    "an aggregate without populations": (
        {"plan": plan(aggregate={"name": "All", "populations": {"KH": 1}})},
        "no population for TH",
    ),
    "an aggregate of nothing": (
        {"plan": plan(aggregate={"name": "All"}, groups=[])},
        "the aggregate All but no groups",
    ),
    "calibrated errors without raking": (
        {"plan": plan(errors="calibrated", weights={"base": "w"}), "margins": None},
        "Calibrated errors need weights that are raked",
    ),
    "a margin that the plan misspells": (
        {"plan": weights(rake_to=["sexe"])},
        "rakes to sexe, which margins.csv does not have",
    ),
    "a population of units smaller than the sample": (
        {"plan": plan(design={"strata": ["area"], "psu": "village", "fpc": "points"})},
        "has several population counts",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_one_sentence_names_the_place(what, tmp_path):
    given, expected = BAD[what]

    with pytest.raises(CommandError) as refusal:
        run(tmp_path, **given)

    sentence = str(refusal.value)
    assert expected in sentence
    assert "\n" not in sentence and "Traceback" not in sentence
    assert refusal.value.returncode == 2
    assert not (tmp_path / "out.csv").exists()


def test_a_stratum_with_one_respondent_is_noted_and_its_own_figure_has_no_error(tmp_path):
    found = run(
        tmp_path,
        data=changed(2, "area", "LA"),
        margins=None,
        plan=plan(weights={"base": "w"}, disclosure={"suppress_below": 0}),
    )
    (line,) = (line for line in found.splitlines() if line.startswith("LA,heard,share,,"))
    assert "no degrees of freedom" in line
    assert "nan" not in found.lower()


def test_everybody_answering_the_same_has_an_interval_and_a_sentence(tmp_path):
    found = run(tmp_path, data=everywhere("heard", "1"))

    (line,) = (line for line in found.splitlines() if line.startswith("KH,heard,share,,"))
    cells = line.split(",")
    assert float(cells[5]) == 1.0 and float(cells[8]) < 0.95 and float(cells[9]) == 1.0
    assert "Everybody answered the same" in line


def test_a_small_cell_keeps_its_row_and_loses_its_numbers(tmp_path):
    found = run(tmp_path)

    (line,) = (line for line in found.splitlines() if line.startswith("KH,heard,share,sex=F"))
    assert line.split(",")[4:10] == ["Q", "", "", "", "", ""]


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    from surveys.files import tables

    monkeypatch.setattr(tables, "LARGEST_BYTES", 100)
    with pytest.raises(CommandError, match="GiB; 0 are the limit"):
        run(tmp_path)
    monkeypatch.setattr(tables, "LARGEST_BYTES", 10**9)
    monkeypatch.setattr(tables, "MOST_ROWS", 79)
    with pytest.raises(CommandError, match="more than 79 rows"):
        run(tmp_path)


def test_no_file_and_no_folder_are_sentences_too(tmp_path):
    run(tmp_path)
    options = [str(tmp_path / "plan.json"), "--margins", str(tmp_path / "margins.csv")]
    with pytest.raises(CommandError, match="There is no file"):
        call_command("estimate", *options, "--data", str(tmp_path / "nobody.csv"))
    with pytest.raises(CommandError, match="Nothing can be written to .*No such file"):
        call_command(
            "estimate", *options, "--data", str(tmp_path / "people.csv"), "--quiet",
            "--out", str(tmp_path / "nowhere" / "out.csv"),
        )  # fmt: skip


def test_the_shell_sees_exit_code_2_one_line_and_needs_no_database(tmp_path):
    run(tmp_path)
    (tmp_path / "people.csv").write_text(changed(9, "w", "-1"))
    ended = subprocess.run(
        [sys.executable, "manage.py", "estimate", str(tmp_path / "plan.json"), "--quiet",
         "--data", str(tmp_path / "people.csv"), "--margins", str(tmp_path / "margins.csv")],
        cwd=settings.BASE_DIR, capture_output=True, text=True,
        env={"PATH": "/usr/bin", "VAR_DIR": str(tmp_path), "PYTHONPATH": "",
             "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"},
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1 and "negative weight in w, first in row 9" in ended.stderr
