"""Coded answers as the columns of a DataFrame: what a code means is decided here, value by value."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surveys.exports.columns import Alignment
from surveys.frames.sheets import Coded, Told, chosen
from surveys.questionnaire import logic
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED


def question_of(column: str) -> str:
    """The question a column is of."""
    return column.partition("/")[0].partition("=")[0]


def referred(tree: Any) -> list[str]:
    """The questions a condition reads."""
    return list(dict.fromkeys(code.partition("/")[0] for code in logic.references(tree)))


def holds(
    tree: Any, table: Alignment, told: list[tuple[str, Told]], count: int
) -> NDArray[np.float64]:
    """1.0 in rows where a condition is true; asked once for people who answered alike."""
    is_true = logic.evaluator(
        tree, types=table.types, today=date(1970, 1, 1), now=datetime(1970, 1, 1)
    )
    if not told:
        return np.full(count, float(is_true({}) is True))
    alike = pd.DataFrame({code: one.places for code, one in told})
    group = alike.groupby([code for code, _one in told], sort=False).ngroup().to_numpy()
    _distinct, first = np.unique(group, return_index=True)
    verdicts = [
        float(is_true({code: one.values[one.places[row]] for code, one in told}) is True)
        for row in first
    ]
    return np.array(verdicts, dtype=np.float64)[group]


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


def column_of(table: Alignment, column: str, told: Told, versions: NDArray[np.int64]) -> Any:
    """A column, from the answers to its question and the number of each row's version."""
    name, _slash, row = column.partition("/")
    name, _equals, choice = name.partition("=")
    question = table.question(name)
    if choice:
        return _choice_column(table, name, choice, told, versions)
    values = told.values
    if row:
        values = [value.get(row) if isinstance(value, dict) else value for value in values]
    is_calculated = question.kind == "calculate"
    if question.kind == "number" or (is_calculated and table.types[name] in ("number", "bool")):
        numbers = [np.nan if value is None else float(value) for value in values]
        return np.take(np.array(numbers, dtype=np.float64), told.places)
    known = [*question.choice_codes]
    if question.kind == "scale":
        low, high = int(question.minimum or 0), int(question.maximum or 10)
        known = [*(str(point) for point in range(low, high + 1)), *known]
    present = dict.fromkeys([*known, *MISSING_CODES, NOT_ASKED])
    texts = [None if value is None else str(value) for value in values]
    # A version may have asked in another way under the same code.
    present |= dict.fromkeys(sorted({text for text in texts if text and text not in present}))
    place = {code: number for number, code in enumerate(present)}
    codes = np.array([place.get(text, -1) for text in texts], dtype=_signed(len(present)))
    return pd.Categorical.from_codes(chosen(codes, told.places), categories=list(present))


def _signed(count: int) -> type[np.signedinteger]:
    """The narrowest type for codes below `count` and -1."""
    return np.int8 if count < 128 else np.int16 if count < 32768 else np.int32


def _choice_column(
    table: Alignment, name: str, choice: str, told: Told, versions: NDArray[np.int64]
) -> Any:
    """One choice of several: chosen or not where it was offered, missing where it was not."""
    offered = [
        number
        for number, definition in table.versions.items()
        if name in definition.by_code and choice in definition.by_code[name].choice_codes
    ]
    categories = ["0", "1", NOT_ASKED]
    not_asked = categories.index(NOT_ASKED)
    places = [
        not_asked if value == NOT_ASKED else int(choice in value) if isinstance(value, list) else -1
        for value in told.values
    ]
    codes = chosen(np.array(places, dtype=np.int8), told.places).copy()
    codes[(codes != not_asked) & ~np.isin(versions, offered)] = -1
    return pd.Categorical.from_codes(codes, categories=categories)


def words_of(column: Coded) -> pd.Categorical:
    """Texts as they are: categories in alphabetical order."""
    used = np.flatnonzero(np.bincount(column.places)).tolist()
    present = sorted(column.texts[place] or "" for place in used)
    at = {text: number for number, text in enumerate(present)}
    table = np.zeros(len(column.texts), dtype=_signed(len(present)))
    table[used] = [at[column.texts[place] or ""] for place in used]
    return pd.Categorical.from_codes(chosen(table, column.places), categories=present)
