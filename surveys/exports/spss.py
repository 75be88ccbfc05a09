"""What SPSS users get: the `.sav`, the syntax beside it and the list of what was shortened, zipped."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from surveys.errors import ExportRefused
from surveys.exports import sav, sps
from surveys.exports.holding import Held
from surveys.exports.labels import Shortened, Shortener
from surveys.exports.rows import Table
from surveys.exports.variables import Variables

HEADER = ("variable", "column", "value", "limit_in_bytes", "in_full")


def require_room(table: Table, rows: int) -> None:
    """Raise `ExportRefused` for a table that is too long to be held in memory."""
    if rows > sav.MOST_ROWS:
        raise ExportRefused(
            _(
                "%(rows)s rows are more than an SPSS file of ours holds (%(most)s). "
                "Take the CSV file: it has no limit."
            )
            % {"rows": rows, "most": sav.MOST_ROWS}
        )


def write(
    table: Table,
    path: Path,
    *,
    language: str,
    at: datetime,
    on_step: Callable[[int], None] | None = None,
) -> int:
    """Write the archive to `path` and return the number of rows of responses in it.

    Raises `ExportRefused` for a language that the questionnaire does not have.
    """
    variables = Variables(table)
    variables.require_language(language)
    shortener = Shortener()
    stem = file_stem(table, language)
    file = path.with_name(f"{stem}.sav")
    held = sav.write(variables, file, language=language, shortener=shortener, on_step=on_step)
    found = shortener.found
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.write(file, file.name)
        archive.writestr(
            f"{stem}.sps",
            "\ufeff" + sps.syntax(variables, held, file.name, language=language, shortened=found),
        )
        archive.writestr(f"{stem}-shortened.csv", "\ufeff" + _shortened(found))
        archive.writestr("README.txt", "\ufeff" + _about(table, held, stem, language, found, at))
    file.unlink()
    return held.rows


def file_stem(table: Table, language: str) -> str:
    """What the files of a wave are called in one label language, without their ending."""
    return f"{table.wave.slug}-{language}"


def _shortened(found: Iterable[Shortened]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for one in found:
        full = f"'{one.full}" if one.full.startswith(("=", "+", "-", "@")) else one.full
        writer.writerow((one.variable, one.column, one.value, one.limit, full))
    return text.getvalue()


def _about(
    table: Table, held: Held, stem: str, language: str, found: list[Shortened], at: datetime
) -> str:
    wave = table.wave
    lines = [
        f"{wave.survey.code}: {wave.title}",
        f"{held.rows} responses, {len(held.columns)} variables, labels in {language}. "
        f"Made {at:%Y-%m-%d %H:%M} UTC.",
        "",
        f"{stem}.sav            the data, for SPSS, PSPP, R (haven), Stata and pandas (pyreadstat)",
        f"{stem}.sps            run it in SPSS or PSPP with the .sav open: sets of multiple responses",
        f"{stem}-shortened.csv  {len(found)} labels longer than SPSS keeps (255 bytes for a variable, "
        "120 for a value), in full",
        "",
        "-9 don't know, -8 refused, -7 not asked: missing values of the user's, kept apart.",
        "System-missing, or an empty text: left empty, or a version that did not have the question.",
        "The DDI file of the same wave holds every wording in every language.",
    ]
    if table.is_weighted:
        lines += [
            "weight: within an area, mean 1. weight_asean: across areas, by population.",
            "Both are empty where a response is excluded from the figures.",
        ]
    if wave.is_demonstration:
        lines.append("Demonstration data: invented, nobody answered this.")
    for column in held.columns:
        if column.cut:
            lines.append(
                f"{column.variable.name}: {column.cut} texts were longer than {held.limit} bytes and "
                "end in “…”; the CSV file holds them in full."
            )
        if column.storage != column.variable.storage:
            lines.append(
                f"{column.variable.name}: held as text, because it has answers that are no "
                f"{column.variable.storage}."
            )
        if column.unlabelled:
            lines.append(
                f"{column.variable.name}: nobody chose {', '.join(column.unlabelled)}, whose "
                "meaning stands in the DDI file only."
            )
    return "\r\n".join(lines) + "\r\n"
