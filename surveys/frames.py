"""The one bridge from rows to a DataFrame: answers as typed, categorical columns."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import Case, F, Func, IntegerField, Q, TextField, Value, When
from numpy.typing import NDArray

from surveys.exports.alignment import alignment_of
from surveys.exports.columns import Alignment
from surveys.models import Response, Wave
from surveys.quality.exclusions import excluded
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
    marks: Mapping[str, Q] | None = None,
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
    `marks` (name to a condition on responses) become columns of booleans.

    The database picks the wanted answers out, and an answer that many people gave is read once.
    """
    rows = Response.objects.submitted().filter(wave=wave).order_by("pk")
    if not with_excluded:
        rows = rows.exclude(excluded(wave, also=also_excluded))
    if sources is not None:
        rows = rows.filter(source__in=list(sources))
    table = alignment_of(wave)
    wanted = list(dict.fromkeys(columns if columns is not None else all_columns(table)))
    trees = {name: logic.read(tree) for name, tree in (conditions or {}).items()}
    needed = {name: _referred(tree) for name, tree in trees.items()}
    codes = [_question_of(column) for column in wanted]
    codes = list(dict.fromkeys([*codes, *(code for found in needed.values() for code in found)]))
    marked = dict(marks or {})
    raw = rows.values_list(
        "area",
        "source",
        "questionnaire__number",
        *(_AnswerText(code) for code in codes),
        *(_Marked(condition) for condition in marked.values()),
    )
    read = list(zip(*raw, strict=True)) or [()] * (3 + len(codes) + len(marked))
    told = {code: _Told.of(texts) for code, texts in zip(codes, read[3:], strict=False)}
    versions = np.array(read[2], dtype=np.int64)
    data: dict[str, Any] = {"area": pd.Categorical(read[0]), "source": pd.Categorical(read[1])}
    for column in wanted:
        data[column if column not in data else f"{column}_answer"] = _column(
            table, column, told[_question_of(column)], versions
        )
    for name, tree in trees.items():
        data[name] = _holds(
            tree, table, [(code, told[code]) for code in needed[name]], len(read[0])
        )
    for place, name in enumerate(marked, start=3 + len(codes)):
        data[name] = np.array(read[place], dtype=bool)
    return pd.DataFrame(data)


class _AnswerText(Func):
    """The answer to one question as JSON text, None where there is none."""

    output_field = TextField()

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(F("answers"), Value(code))

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        path = Func(
            Func(F("answers"), Value(f'$."{self.code}"'), function="JSON_EXTRACT"),
            function="JSON_QUOTE",
            output_field=TextField(),
        )
        return compiler.compile(path.resolve_expression(compiler.query))

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="(%(expressions)s)::text", arg_joiner=" -> ", **more
        )


class _Marked(Case):
    """1 where a condition on responses holds, else 0: a number needs no conversion row by row."""

    def __init__(self, condition: Q) -> None:
        super().__init__(
            When(condition, then=Value(1)), default=Value(0), output_field=IntegerField()
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """All answers to one question: per row the place of its value among `values`; the last value
    is None, for those without an answer."""

    places: NDArray[np.intp]
    values: list[Any]

    @classmethod
    def of(cls, texts: Sequence[str | None]) -> "_Told":
        places, distinct = pd.factorize(np.array(texts, dtype=object))
        return cls(places, [*(json.loads(text) for text in distinct), None])


def _question_of(column: str) -> str:
    return column.partition("/")[0].partition("=")[0]


def _referred(tree: Any) -> list[str]:
    """The questions a condition reads."""
    return list(dict.fromkeys(code.partition("/")[0] for code in logic.references(tree)))


def _holds(
    tree: Any, table: Alignment, told: list[tuple[str, _Told]], count: int
) -> NDArray[np.float64]:
    """1.0 in rows where a condition is true; asked once for people who answered alike."""
    holds = logic.evaluator(
        tree, types=table.types, today=date(1970, 1, 1), now=datetime(1970, 1, 1)
    )
    if not told:
        return np.full(count, float(holds({}) is True))
    alike = pd.DataFrame({code: one.places for code, one in told})
    group = alike.groupby([code for code, _one in told], sort=False).ngroup().to_numpy()
    _distinct, first = np.unique(group, return_index=True)
    verdicts = [
        float(holds({code: one.values[one.places[row]] for code, one in told}) is True)
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


def _column(table: Alignment, column: str, told: _Told, versions: NDArray[np.int64]) -> Any:
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
        return np.array(numbers, dtype=np.float64)[told.places]
    codes = [*question.choice_codes]
    if question.kind == "scale":
        low, high = int(question.minimum or 0), int(question.maximum or 10)
        codes = [*(str(point) for point in range(low, high + 1)), *codes]
    present = dict.fromkeys([*codes, *MISSING_CODES, NOT_ASKED])
    texts = [None if value is None else str(value) for value in values]
    # A version may have asked in another way under the same code.
    present |= dict.fromkeys(sorted({text for text in texts if text and text not in present}))
    place = {code: number for number, code in enumerate(present)}
    codes_of = np.array([place.get(text, -1) for text in texts], dtype=np.int64)
    return pd.Categorical.from_codes(codes_of[told.places], categories=list(present))


def _choice_column(
    table: Alignment, name: str, choice: str, told: _Told, versions: NDArray[np.int64]
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
    codes = np.array(places, dtype=np.int64)[told.places]
    codes[(codes != not_asked) & ~np.isin(versions, offered)] = -1
    return pd.Categorical.from_codes(codes, categories=categories)


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
