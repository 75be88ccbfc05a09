"""The same respondents in another kind of file give the same figures, digit for digit."""

import gzip
from pathlib import Path

import fastparquet
import numpy as np
import pandas as pd
import pyreadstat
import pytest
from django.core.management import CommandError

from surveys.errors import InputRefused
from surveys.files import codes
from surveys.files.tables import read_table

from .test_bad_input import HEAD, PLAN, respondents, run, text_of


def frame() -> pd.DataFrame:
    """The respondents as a program would hold them: numbers as numbers."""
    data = pd.DataFrame(respondents(), columns=HEAD.split(","))
    for name in ("w", "heard", "points"):
        data[name] = data[name].astype(float)
    return data


def semicolons(path: Path) -> None:
    path.write_text(text_of(respondents()).replace(",", ";"))


def from_a_spreadsheet(path: Path) -> None:
    """A byte order mark, CRLF, quotes, floats for codes and empty lines at the end."""
    lines = ["\ufeff" + HEAD]
    for row in respondents():
        row[5] += ".0"
        lines.append(",".join(f'"{cell}"' for cell in row))
    path.write_text("\r\n".join([*lines, "", ""]), encoding="utf-8", newline="")


def packed(path: Path) -> None:
    path.write_bytes(gzip.compress(text_of(respondents()).encode()))


def parquet(path: Path) -> None:
    fastparquet.write(str(path), frame(), row_group_offsets=33)


def parquet_of_categories(path: Path) -> None:
    data = frame()
    data["sex"] = data["sex"].astype("category")
    data["heard"] = data["heard"].astype(np.int8)
    fastparquet.write(str(path), data, compression="GZIP")


def sav(path: Path) -> None:
    """Don't know is declared missing in SPSS; whether it counts stays the plan's decision."""
    pyreadstat.write_sav(
        frame(), str(path),
        variable_value_labels={"heard": {1.0: "Yes", 2.0: "No", 9.0: "Don't know"}},
        missing_ranges={"heard": [{"lo": 9, "hi": 9}]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (semicolons, "semicolons.csv"),
        (from_a_spreadsheet, "spreadsheet.csv"),
        (packed, "packed.csv.gz"),
        (parquet, "people.parquet"),
        (parquet_of_categories, "categories.parquet"),
        (sav, "people.sav"),
    ],
)
@pytest.mark.parametrize("base", [[1, 2], [1, 2, 9]], ids=["without", "with don't know"])
def test_every_kind_of_file_gives_the_same_figures(tmp_path, write, name, base):
    plan = PLAN | {
        "figures": [PLAN["figures"][0] | {"base": base}, PLAN["figures"][1]],
        "disclosure": {"suppress_below": 0},
    }
    expected = run(tmp_path, plan=plan)
    write(tmp_path / name)

    assert run(tmp_path, plan=plan, name=name, data=(tmp_path / name).read_bytes()) == expected


def test_a_row_of_parquet_is_counted_from_its_first_respondent(tmp_path):
    data = frame()
    data.loc[40, "w"] = -1.0
    fastparquet.write(str(tmp_path / "bad.parquet"), data, row_group_offsets=33)

    with pytest.raises(CommandError, match="negative weight in w, first in row 41 of bad.parquet"):
        run(tmp_path, name="bad.parquet", data=(tmp_path / "bad.parquet").read_bytes())


def test_only_needed_columns_are_read(tmp_path):
    data = frame().assign(remark="free text that nobody asked for")
    fastparquet.write(str(tmp_path / "wide.parquet"), data)

    table = read_table(tmp_path / "wide.parquet", {"sex": "a test", "w": "a test"}, {"w"})

    assert set(table.codes) == {"sex"} and set(table.numbers) == {"w"}
    assert table.n == 80


def test_a_reader_that_is_not_installed_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    (tmp_path / "people.sav").write_bytes(b"$FL2")

    with pytest.raises(InputRefused, match="needs the package pyreadstat"):
        read_table(tmp_path / "people.sav", {"sex": "a test"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1"), (1.0, "1"), ("1.0", "1"), (" 1 ", "1"), ("01", "01"), ("1.5", "1.5"), (-9.0, "-9"),
     (True, "1"), ("F", "F"), ("1.000", "1"), (np.float64(3), "3")],
)  # fmt: skip
def test_codes_are_the_same_however_a_program_wrote_them(value, expected):
    assert codes.code(value) == expected


def test_levels_are_listed_by_size_then_by_letters():
    assert codes.ordered(["10", "b", "9", "a", "-1"]) == ("-1", "9", "10", "a", "b")
