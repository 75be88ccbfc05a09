"""Large XLSForms in and out: what an editor waits for after the upload.

    python benchmarks/bench_xlsform.py [QUESTIONS]        (default 3000)

Each line is `name value unit ratio`. Values are seconds on the clock; the promise is a draft within
5 s. The ratio is against the floor measured in the same run: openpyxl reading every cell of the same
file and doing nothing with it. Forms:

- `plain`: QUESTIONS questions in groups of 20, three languages, conditions and constraints;
- `languages`: a fifth of the questions in thirteen languages;
- `cascades`: 60 questions that each offer 1,000 places in six languages by a choice filter.
"""

import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DEBUG", "1")

import django  # noqa: E402

django.setup()

import xlsxwriter  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from surveys.questionnaire.xlsform import read_xlsform, write_xlsform  # noqa: E402
from tests.surveys.xlsform.forms import large_xlsx  # noqa: E402

LANGUAGES = (
    "English (en)",
    "Indonesian (id)",
    "Malay (ms)",
    "Thai (th)",
    "Vietnamese (vi)",
    "Khmer (km)",
    "Lao (lo)",
    "Burmese (my)",
    "Filipino (fil)",
    "Tetum (tet)",
    "Portuguese (pt)",
    "Chinese (zh-hans)",
    "Tamil (ta)",
)
PROMISE = 5.0
TRIES = 3


def cascades(questions: int = 60, places: int = 1000, provinces: int = 40) -> bytes:
    """Districts by province, asked again and again, as household rosters do."""
    stream = io.BytesIO()
    languages = LANGUAGES[:6]
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        survey, choices = book.add_worksheet("survey"), book.add_worksheet("choices")
        labels = [f"label::{language}" for language in languages]
        survey.write_row(0, 0, ["type", "name", *labels, "choice_filter"])
        for index in range(questions):
            words = [f"Question {index} in {language}" for language in languages]
            row = 2 * index + 1
            survey.write_row(row, 0, ["select_one province", f"p{index}", *words])
            asked = f"province = ${{p{index}}}"
            survey.write_row(row + 1, 0, ["select_one district", f"d{index}", *words, asked])
        choices.write_row(0, 0, ["list_name", "name", *labels, "province"])
        rows = [("province", f"p{number}", "") for number in range(provinces)]
        rows += [("district", f"d{number}", f"p{number % provinces}") for number in range(places)]
        for at, (list_name, name, province) in enumerate(rows, start=1):
            words = [f"{name} {language}" for language in languages]
            choices.write_row(at, 0, [list_name, name, *words, province])
    return stream.getvalue()


def floor(data: bytes) -> None:
    """Every cell, and nothing done with it."""
    for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            for _cell in row:
                pass


def seconds(act: Callable[[], object]) -> float:
    """The best of a few tries."""
    spent = []
    for _ in range(TRIES):
        began = time.perf_counter()
        act()
        spent.append(time.perf_counter() - began)
    return min(spent)


def main(questions: int) -> bool:
    forms = {
        "plain": large_xlsx(questions, LANGUAGES[:3]),
        "languages": large_xlsx(questions // 5, LANGUAGES),
        "cascades": cascades(),
    }
    kept = True
    for name, data in forms.items():
        bare = seconds(lambda data=data: floor(data))
        spent = seconds(lambda data=data: read_xlsform(data, "form.xlsx"))
        kept = kept and spent < PROMISE
        print(f"xlsform_import_{name} {spent:.2f} s {spent / bare:.1f}", flush=True)
    definition = read_xlsform(forms["plain"], "form.xlsx").definition
    bare = seconds(lambda: floor(forms["plain"]))
    spent = seconds(
        lambda: write_xlsform(definition, form_id="large", version="1", language_names={})
    )
    print(f"xlsform_export_plain {spent:.2f} s {spent / bare:.1f}")
    print(f"xlsform_promise_of_{PROMISE:.0f}_s_kept {int(kept)} yes_or_no 1.0")
    return kept


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000) else 1)
