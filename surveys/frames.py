"""The one bridge from rows to a DataFrame: answers as typed, categorical columns."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from surveys.exclusions import excluded
from surveys.exports.columns import Alignment
from surveys.exports.rows import alignment_of
from surveys.models import Response, Wave
from surveys.questionnaire import logic
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED


def responses(
    wave: Wave,
    *,
    columns: Iterable[str] | None = None,
    conditions: Mapping[str, Any] | None = None,
    with_excluded: bool = False,
    also_excluded: Mapping[str, Any] | None = None,
    sources: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Submitted responses of a wave, one row each, in the stable order of their random keys.

    `area` and `source` come first; then one categorical column per question in `columns`
    (default: every question with coded answers), "question/row" for a grid's row. Categories are
    the codes of all questionnaire versions used in the wave in document order, "-9", "-8" and
    "-7" included; a blank is missing, and so is what a response's own version did not have. Numbers come as floats, with missing codes kept below zero;
    multiple choices come as one column of "0", "1" or "-7" per choice, "question=choice".

    `conditions` (name to expression tree) become columns of 1.0 where true, else 0.0.

    Responses in an exclusion set that stands are left out unless `with_excluded`; those that the
    filter `also_excluded` matches are left out as if its set stood. `sources` limits to some.
    """
    rows = Response.objects.submitted().filter(wave=wave).order_by("pk")
    if not with_excluded:
        rows = rows.exclude(excluded(wave, also=also_excluded))
    if sources is not None:
        rows = rows.filter(source__in=list(sources))
    raw = list(rows.values_list("area", "source", "answers", "questionnaire__number"))
    table = alignment_of(wave)
    wanted = list(columns) if columns is not None else all_columns(table)
    answers = [row[2] for row in raw]
    versions = [row[3] for row in raw]
    data: dict[str, Any] = {
        "area": pd.Categorical([row[0] for row in raw]),
        "source": pd.Categorical([row[1] for row in raw]),
    }
    for column in dict.fromkeys(wanted):
        data[column if column not in data else f"{column}_answer"] = _column(
            table, column, answers, versions
        )
    for name, tree in (conditions or {}).items():
        holds = logic.evaluator(
            tree, types=table.types, today=date(1970, 1, 1), now=datetime(1970, 1, 1)
        )
        data[name] = np.array([float(holds(answer) is True) for answer in answers])
    return pd.DataFrame(data)


def all_columns(table: Alignment) -> list[str]:
    """Every column that versions of a questionnaire can give, in document order, but free text."""
    return [
        column.name
        for column in table.columns
        if column.kind in ("matrix", "multiple", "single", "consent", "scale", "number")
        or (
            column.kind == "calculate"
            and table.types[column.question] in ("number", "bool", "single")
        )
    ]


def _column(
    table: Alignment, column: str, answers: list[dict[str, Any]], versions: list[int]
) -> Any:
    name, _slash, row = column.partition("/")
    name, _equals, choice = name.partition("=")
    question = table.question(name)
    values: list[Any] = [answer.get(name) for answer in answers]
    if choice:
        return _choice_column(table, name, choice, values, versions)
    if row:
        values = [value.get(row) if isinstance(value, dict) else value for value in values]
    is_calculated = question.kind == "calculate"
    if question.kind == "number" or (is_calculated and table.types[name] in ("number", "bool")):
        return np.array(
            [np.nan if value is None else float(value) for value in values], dtype=np.float64
        )
    codes = [*question.choice_codes]
    if question.kind == "scale":
        low, high = int(question.minimum or 0), int(question.maximum or 10)
        codes = [*(str(point) for point in range(low, high + 1)), *codes]
    present = dict.fromkeys([*codes, *MISSING_CODES, NOT_ASKED])
    texts = [None if value is None else str(value) for value in values]
    # A version may have asked in another way under the same code.
    present |= dict.fromkeys(sorted({text for text in texts if text and text not in present}))
    return pd.Categorical(texts, categories=list(present))


def _choice_column(
    table: Alignment, name: str, choice: str, values: list[Any], versions: list[int]
) -> Any:
    """One choice of several: chosen or not where it was offered, missing where it was not."""
    offered = {
        number
        for number, definition in table.versions.items()
        if name in definition.by_code and choice in definition.by_code[name].choice_codes
    }
    return pd.Categorical(
        [
            NOT_ASKED
            if value == NOT_ASKED
            else str(int(choice in value))
            if isinstance(value, list) and number in offered
            else None
            for value, number in zip(values, versions, strict=True)
        ],
        categories=["0", "1", NOT_ASKED],
    )


def digest(frame: pd.DataFrame, *words: str) -> str:
    """SHA-256 of the frame's content and of whatever else the figures depend on."""
    found = hashlib.sha256()
    for word in words:
        found.update(word.encode() + b"\x00")
    for name in frame.columns:
        found.update(name.encode() + b"\x00")
        values = frame[name].array
        if isinstance(values, pd.Categorical):
            found.update("\x1f".join(map(str, values.categories)).encode())
            found.update(np.ascontiguousarray(values.codes, dtype=np.int32).tobytes())
        else:
            found.update(np.ascontiguousarray(values, dtype=np.float64).tobytes())
    return found.hexdigest()
