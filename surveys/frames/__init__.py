"""The one bridge from rows to a DataFrame: answers as typed, categorical columns.

`reading` fetches rows as codes, `keeping` holds them between two publishings, `columns` says what a
code means.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from django.db.models import Q

from surveys.exports.alignment import alignment_of
from surveys.frames import keeping
from surveys.frames.columns import (
    all_columns,
    column_of,
    holds,
    question_of,
    referred,
    words_of,
)
from surveys.frames.reading import read
from surveys.frames.sheets import AREA, SOURCE, STRATUM, UNIT, VERSION
from surveys.models import Response, ResponseImport, Wave
from surveys.quality.exclusions import excluded
from surveys.questionnaire import logic

__all__ = ["STRATUM", "UNIT", "all_columns", "digest", "drawn", "responses"]


def responses(
    wave: Wave,
    *,
    columns: Iterable[str] | None = None,
    conditions: Mapping[str, Any] | None = None,
    with_excluded: bool = False,
    also_excluded: Mapping[str, Any] | None = None,
    sources: Iterable[str] | None = None,
    marks: Mapping[str, Q] | None = None,
    kept: bool = False,
) -> pd.DataFrame:
    """Submitted responses of a wave, one row each, in the stable order of their random keys.

    `area` and `source` come first; then one categorical column per question in `columns`
    (default: every question with coded answers), "question/row" for a grid's row. Categories are
    the codes of all questionnaire versions used in the wave in document order, "-9", "-8" and
    "-7" included; a blank is missing, and so is what a response's own version did not have.
    Numbers come as floats, with missing codes kept below zero; multiple choices come as one column of "0", "1" or "-7" per choice, "question=choice".

    Where an imported file said how people were drawn, `STRATUM` and `UNIT` come behind the source, ""
    for those it does not speak of.

    `conditions` (name to expression tree) become columns of 1.0 where true, else 0.0.

    Responses in an exclusion set that stands are left out unless `with_excluded`; those that the
    filter `also_excluded` matches are left out as if its set stood. `sources` limits to some.
    `marks` (name to a condition on responses) become columns of booleans.

    The database picks the wanted answers out, and an answer that many people gave is read once.
    With `kept` rows that this process read before and that have not been written since are taken
    from its memory (see `keeping`); what comes out is the same.
    """
    table = alignment_of(wave)
    by_design = drawn(wave)
    wanted = list(dict.fromkeys(columns if columns is not None else all_columns(table)))
    trees = {name: logic.read(tree) for name, tree in (conditions or {}).items()}
    needed = {name: referred(tree) for name, tree in trees.items()}
    codes = [question_of(column) for column in wanted]
    codes = list(dict.fromkeys([*codes, *(code for found in needed.values() for code in found)]))
    told_by = [*codes, *by_design]
    marked = dict(marks or {})
    submitted = Response.objects.submitted().filter(wave=wave)
    rows, out = submitted, None
    if not with_excluded:
        out = excluded(wave, also=also_excluded)
        rows = rows.exclude(out)
    if sources is not None:
        rows = rows.filter(source__in=list(sources))
    may_keep = kept and sources is None and not marked and keeping.may_keep(table, codes)
    if may_keep:
        sheet = keeping.KEPT.read(wave.pk, submitted, told_by, out=out)
    else:
        sheet = read(rows, told_by, numbers=marked)
    told = {code: sheet.columns[code].told() for code in codes}
    found = sheet.columns[VERSION]
    versions = np.take(
        np.array([int(text or 0) for text in found.texts] or [0], dtype=np.int64), found.places
    )
    data: dict[str, Any] = {
        "area": words_of(sheet.columns[AREA]),
        "source": words_of(sheet.columns[SOURCE]),
    }
    data |= {name: words_of(sheet.columns[name]) for name in by_design}
    for column in wanted:
        data[column if column not in data else f"{column}_answer"] = column_of(
            table, column, told[question_of(column)], versions
        )
    for name, tree in trees.items():
        data[name] = holds(tree, table, [(code, told[code]) for code in needed[name]], len(sheet))
    for name in marked:
        data[name] = sheet.numbers[name].astype(bool)
    return pd.DataFrame(data)


def drawn(wave: Wave) -> list[str]:
    """The columns that say how people were drawn, as far as an imported file did."""
    found = ResponseImport.objects.filter(wave=wave)
    for strata, unit in found.values_list("stratum_columns", "unit_column"):
        return [*([STRATUM] if strata else []), *([UNIT] if unit else [])]
    return []


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
            found.update(np.ascontiguousarray(values.codes))
        else:
            found.update(np.ascontiguousarray(values, dtype=np.float64))
    return found.hexdigest()
