"""The table as an Excel workbook with its codebook, written row by row in flat memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from surveys.errors import ExportRefused
from surveys.exports import codebook
from surveys.exports.rows import Table

MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
LONGEST_CELL = 32_767
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})\Z")


def require_room(table: Table, rows: int) -> None:
    """Raise `ExportRefused` for a table that no Excel sheet can hold."""
    if rows > MOST_ROWS or len(table.header) > MOST_COLUMNS:
        raise ExportRefused(
            _(
                "%(rows)s rows and %(columns)s columns do not fit into an Excel sheet "
                "(%(most_rows)s by %(most_columns)s). Take the CSV file: it has no limit."
            )
            % {
                "rows": rows,
                "columns": len(table.header),
                "most_rows": MOST_ROWS,
                "most_columns": MOST_COLUMNS,
            }
        )


def write(
    table: Table,
    path: Path,
    *,
    at: datetime,
    on_step: Callable[[int], None] | None = None,
) -> int:
    """Write the workbook to `path` and return the number of rows of responses in it.

    Codes that are whole numbers become numbers, except in what people wrote. Nothing becomes a
    formula or a link. Temporary files lie beside `path`.
    """
    book = Workbook(
        str(path),
        {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(_("Responses")[:31])
    sheet.freeze_panes(1, 1)
    for place, name in enumerate(table.header):
        sheet.write_string(0, place, name[:LONGEST_CELL], bold)
    done = 0
    texts = table.text_columns
    for row in table.rows(on_step):
        done += 1
        if done > MOST_ROWS:
            raise ExportRefused(
                _("More rows came in than an Excel sheet holds. Take the CSV file.")
            )
        for place, value in enumerate(row):
            _write(sheet, done, place, value, day, is_text=place in texts or place == 0)
    _codebook(book, table, bold)
    _about(book, table, at, done)
    book.close()
    return done


def _write(sheet: Worksheet, row: int, place: int, value: Any, day: Any, *, is_text: bool) -> None:
    if value == "" or value is None:
        return
    if isinstance(value, bool):
        sheet.write_number(row, place, int(value))
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), day)
    elif not is_text and isinstance(value, str) and _WHOLE.match(value):
        sheet.write_number(row, place, int(value))
    else:
        sheet.write_string(row, place, str(value)[:LONGEST_CELL])


def _codebook(book: Workbook, table: Table, bold: Any) -> None:
    sheet = book.add_worksheet(_("Codebook")[:31])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 3, 18)
    sheet.set_column(6, 6, 60)
    sheet.set_column(8, 8, 40)
    for place, name in enumerate(codebook.HEADER):
        sheet.write_string(0, place, name, bold)
    rows = codebook.rows(table.alignment, table.shown, is_weighted=table.is_weighted)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            sheet.write_string(number, place, value[:LONGEST_CELL])


def _about(book: Workbook, table: Table, at: datetime, rows: int) -> None:
    sheet = book.add_worksheet(_("About")[:31])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    wave = table.wave
    facts = (
        (_("Survey"), f"{wave.survey.code} – {wave.survey.title}"),
        (_("Population"), wave.survey.population),
        (_("Wave"), wave.title),
        (_("Questionnaire versions"), ", ".join(map(str, sorted(table.alignment.versions)))),
        (_("Made"), f"{at:%Y-%m-%d %H:%M} UTC"),
        (_("Responses"), str(rows)),
        (_("Blank"), _("left empty, or a version that did not have it")),
        ("-9, -8, -7", _("don't know, refused, not asked")),
        (_("Demonstration data"), _("yes") if wave.is_demonstration else _("no")),
    )
    for number, (name, value) in enumerate(facts):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, value[:LONGEST_CELL])
