"""A round's own spreadsheet as it is handed out for one area or body. `uploads` reads it back."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.exports.cells import neutral
from indicators.models import Indicator, Submission, SubmittedValue, ValueStatus
from indicators.reporting.beside import Beside
from indicators.units import range_words, unit_of

KEY = "indicator"
HEADINGS = {
    KEY: gettext_noop("Indicator"),
    "version": gettext_noop("Version"),
    "title": gettext_noop("Title"),
    "unit": gettext_noop("Unit"),
    "baseline": gettext_noop("Baseline"),
    "last": gettext_noop("Last value"),
    "period": gettext_noop("Period"),
    "value": gettext_noop("Value"),
    "status": gettext_noop("What it is"),
    "note": gettext_noop("Source, or why there is no data"),
}
# Before the token of the submission that a file was made for.
MARK = "suara:submission"
_WIDTHS = (26, 4, 44, 16, 18, 22, 12, 16, 26, 44)


def write(
    submission: Submission,
    indicators: Sequence[Indicator],
    held: Mapping[int, SubmittedValue],
    versions: Mapping[int, int],
    known: Mapping[int, Beside],
) -> bytes:
    """The .xlsx for this submission: a sheet to fill in, and one that explains it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format(
        {"bold": True, "bg_color": "#0b5452", "font_color": "#ffffff", "text_wrap": True}
    )
    locked = book.add_format({"bg_color": "#eef2f1", "text_wrap": True, "valign": "top"})
    text = book.add_format(
        {"locked": False, "num_format": "@", "text_wrap": True, "valign": "top", "border": 1}
    )
    number = book.add_format({"locked": False, "valign": "top", "border": 1})
    sheet = book.add_worksheet(_sheet_name())
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.freeze_panes(1, 1)
    for place, (name, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
        sheet.set_column(place, place, width, None, {"hidden": name == "version"})
        sheet.write_string(0, place, _(HEADINGS[name]), head)
    for row, indicator in enumerate(indicators, 1):
        value, beside = held.get(indicator.pk), known.get(indicator.pk)
        sheet.write_string(row, 0, indicator.slug, locked)
        sheet.write_number(row, 1, versions.get(indicator.pk, 0), locked)
        told = (
            str(indicator),
            indicator.unit,
            _short(beside.baseline if beside else None),
            _short(beside.last if beside else None),
        )
        for place, words in enumerate(told, 2):
            sheet.write_string(row, place, neutral(words), locked)
        sheet.write_string(row, 6, value.period if value else submission.round.period, text)
        if value is not None and value.value is not None:
            sheet.write_number(row, 7, value.value, number)
        else:
            sheet.write_blank(row, 7, None, number)
        sheet.write_string(row, 8, str(value.get_status_display()) if value else "", text)
        sheet.write_string(row, 9, neutral(value.note) if value else "", text)
        _validate(sheet, row, indicator)
    sheet.data_validation(
        1, 8, max(len(indicators), 1), 8,
        {"validate": "list", "source": [str(label) for label in ValueStatus.labels]},
    )  # fmt: skip
    _explain(book, submission)
    book.close()
    return out.getvalue()


def _sheet_name() -> str:
    """Excel allows 31 characters without [ ] : * ? / and backslash."""
    return "".join(letter for letter in _("Values") if letter not in "[]:*?/\\")[:31] or "Values"


def _explain(book: Any, submission: Submission) -> None:
    name = "".join(letter for letter in _("Instructions") if letter not in "[]:*?/\\")[:31]
    sheet = book.add_worksheet(name if name and name != _sheet_name() else "Instructions")
    sheet.protect()
    hidden = book.add_format({"font_color": "#ffffff"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "text_wrap": True, "font_size": 14})
    sheet.set_column(0, 0, 100)
    for place, words in enumerate((MARK, submission.token, neutral(str(submission)))):
        sheet.write_string(0, place, words, hidden)
    lines: Iterable[str] = (
        _("Deadline: %(day)s UTC")
        % {"day": submission.round.deadline_at.strftime("%Y-%m-%d %H:%M")},
        *submission.round.instructions.splitlines(),
        "",
        _("Fill in the white cells of the first sheet; the grey ones are locked."),
        _("Value: a number. Write no formula, no percent sign and no unit."),
        _("Period: the year or quarter that the value is for, such as 2026 or 2026-Q4."),
        _("What it is: choose from the list. Choose “no data” where there is none, and say why."),
        _("Source: the document, table and page, so that somebody else finds the number."),
        _(
            "Then upload the file on the page of your submission. You see what it says before anything is saved."
        ),
    )
    sheet.write_string(1, 0, neutral(str(submission)), bold)
    for row, line in enumerate(lines, 2):
        sheet.write_string(row, 0, neutral(line), wrap)


def _validate(sheet: Any, row: int, indicator: Indicator) -> None:
    allowed = unit_of(indicator.unit)
    if allowed.lowest is None:
        return
    rule: dict[str, Any] = {
        "validate": "integer" if allowed.is_whole else "decimal",
        "input_message": range_words(indicator.unit)[:255],
        "error_message": range_words(indicator.unit)[:255],
    }
    if allowed.highest is not None:
        rule |= {
            "criteria": "between",
            "minimum": float(allowed.lowest),
            "maximum": float(allowed.highest),
        }
    else:
        rule |= {"criteria": ">=", "value": int(allowed.lowest)}
    sheet.data_validation(row, 7, row, 7, rule)


def _short(known: Any) -> str:
    return f"{known.text} ({known.period})" if known else ""
