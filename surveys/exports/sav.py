"""The table as an SPSS system file, by pyreadstat: labels in one language, missing codes kept apart."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pyreadstat

from surveys.exports.holding import Held, HeldColumn
from surveys.exports.labels import FILE_LABEL, Shortener, cut, encoded, one_line
from surveys.exports.rows import STEP
from surveys.exports.variables import CODED, DAY, MISSING, MOMENT, NUMBER, TEXT, TIME, Variables

MOST_ROWS = 1_000_000
"""Rows of a file: more would not fit into the memory that a maker of exports may take."""
WIDEST_SHOWN = 40
_FORMATS = {DAY: "SDATE10", TIME: "TIME5", MOMENT: "DATETIME17", CODED: "F8.0"}

Labels = dict[float, str] | dict[str, str]


def write(
    variables: Variables,
    path: Path,
    *,
    language: str,
    shortener: Shortener,
    on_step: Callable[[int], None] | None = None,
) -> Held:
    """Write the file to `path`; return what was held of it: rows, columns' types, texts cut.

    Labels are those of `language`, else of the questionnaire's default language. A column whose
    cells do not all fit its type (an answer that no version offers) is written as text.
    """
    held = Held(variables.all)
    rows = variables.table.rows(on_step)
    while part := list(islice(rows, STEP)):
        held.add(part)
    held.settle()
    labels = {}
    meanings: dict[str, Labels] = {}
    for column in held.columns:
        one = column.variable
        parts = variables.label_parts(one, language)
        labels[one.name] = shortener.variable_label(one.name, one.column, parts)
        if words := _meanings(column, variables.value_labels(one, language), shortener):
            meanings[one.name] = words
    wave = variables.table.wave
    columns = held.columns
    pyreadstat.write_sav(
        held.frame(),
        str(path),
        file_label=cut(one_line(f"{wave.survey.code} {wave.title}"), FILE_LABEL),
        column_labels=labels,
        variable_value_labels=meanings,
        missing_ranges={one.variable.name: found for one in columns if (found := _missing(one))},
        variable_measure={one.variable.name: _measure(one) for one in columns},
        variable_format={one.variable.name: form for one in columns if (form := _format(one))},
        variable_display_width={
            one.variable.name: min(one.width, WIDEST_SHOWN) if one.storage == TEXT else 10
            for one in columns
        },
        row_compress=True,
    )
    return held


def _meanings(column: HeldColumn, words: dict[str, str], shortener: Shortener) -> Labels:
    one = column.variable
    if column.storage == TEXT:
        found = {code: words[code] for code in _fitting(column, list(words))}
        column.unlabelled = [code for code in words if code not in found]
    else:
        found = words
    cut_words = {
        code: shortener.value_label(one.name, one.column, code, word)
        for code, word in found.items()
    }
    if column.storage == TEXT:
        return cut_words
    return {float(code): word for code, word in cut_words.items()}


def _fitting(column: HeldColumn, codes: list[str]) -> list[str]:
    """Codes that a text column is wide enough for, counted as pyreadstat counts its width.

    It takes the longest text in bytes and the longest code in characters: a code in Khmer letters
    that nobody chose can be longer than the column, and no label can be stored for it.
    """
    while codes:
        width = max(column.width, *(len(code) for code in codes))
        fitting = [code for code in codes if len(encoded(code)) <= width]
        if fitting == codes:
            break
        codes = fitting
    return codes


def _missing(column: HeldColumn) -> list[Any]:
    """Missing codes as SPSS declares them: a range where no value can lie between, else one by one."""
    one = column.variable
    if column.storage == TEXT:
        return list(one.missing)
    if one.missing == MISSING and not (column.storage == NUMBER and one.decimals):
        return [{"lo": -9, "hi": -7}]
    return [float(code) for code in one.missing]


def _measure(column: HeldColumn) -> str:
    if column.storage == TEXT and column.variable.measure == "scale":
        return "nominal"
    return column.variable.measure


def _format(column: HeldColumn) -> str | None:
    if column.storage == NUMBER:
        decimals = min(column.variable.decimals, 15)
        return f"F{min(12 + decimals, 40)}.{decimals}"
    return _FORMATS.get(column.storage)
