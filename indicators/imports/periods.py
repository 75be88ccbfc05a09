"""Periods as spreadsheets leave them, as SDMX writes them."""

import datetime
import re

from django.utils.translation import gettext_noop

from indicators.imports.cells import CellRefused, Value, plain, shown, word
from indicators.periods import is_period

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari enero",
            "feb february februari",
            "mar march maret",
            "apr april",
            "may mei mai",
            "jun june juni",
            "jul july juli",
            "aug august agustus",
            "sep sept september",
            "oct october oktober",
            "nov november",
            "dec december desember",
        ),
        1,
    )
    for name in names.split()
}
_YEAR = r"(?P<year>[12]\d{3})"
_PERIODS = (
    re.compile(rf"{_YEAR}[-/ ]?(?P<part>Q[1-4]|S[12]|H[12]|W\d{{1,2}})\Z", re.I | re.A),
    re.compile(rf"(?P<part>Q[1-4]|S[12]|H[12]|W\d{{1,2}})[-/ ]?{_YEAR}\Z", re.I | re.A),
    re.compile(rf"{_YEAR}[-/. ]?(?P<month>\d{{1,2}})\Z", re.A),
    re.compile(rf"(?P<month>\d{{1,2}})[-/. ]{_YEAR}\Z", re.A),
    re.compile(rf"(?P<name>[^\W\d]{{3,9}})\.?[-/, ]*{_YEAR}\Z"),
    re.compile(rf"{_YEAR}[-/, ]*(?P<name>[^\W\d]{{3,9}})\.?\Z"),
)
_SHORT_MONTH = re.compile(r"(?P<name>[^\W\d]{3})-(?P<year>\d{2})\Z")
_DAY = re.compile(rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?:[ T]00:00(?::00)?)?\Z", re.A)


def period(value: Value) -> str:
    """A period as SDMX writes it ("2026", "2026-Q4", "2026-11"); "" when empty.

    Spreadsheets make a date of 2026-11 and show "Nov-26": the first day of a month is that month.
    Raises CellRefused for what is no period.
    """
    if isinstance(value, datetime.datetime | datetime.date):
        if value.day == 1:
            return f"{value.year:04d}-{value.month:02d}"
        raise CellRefused(
            gettext_noop("The cell holds the day %(date)s, not a period. Write 2026 or 2026-Q4."),
            date=plain(value),
        )
    found = word(value)
    if not found or is_period(found):
        return found
    if found.endswith(".0") and is_period(found[:-2]):
        return found[:-2]
    if match := _DAY.match(found):
        if match["day"] == "01" and is_period(f"{match['year']}-{match['month']}"):
            return f"{match['year']}-{match['month']}"
    elif match := _SHORT_MONTH.match(found):
        if number := _MONTHS.get(match["name"].lower()):
            return f"20{match['year']}-{number:02d}"
    for pattern in _PERIODS:
        if (match := pattern.match(found)) and (made := _made(match.groupdict())):
            return made
    if found.isascii() and found.isdigit() and 20_000 <= int(found[:9]) <= 80_000:
        raise CellRefused(
            gettext_noop(
                "“%(value)s” is a date as Excel counts days. Format the cell as text and write the "
                "period again, such as 2026-11."
            ),
            value=found,
        )
    raise CellRefused(
        gettext_noop(
            "The period “%(value)s” is not understood. Write 2026, 2026-S1, 2026-Q4, 2026-11 or "
            "2026-W47."
        ),
        value=shown(found),
    )


def _made(parts: dict[str, str | None]) -> str:
    end = ""
    if part := parts.get("part"):
        end = part.upper().replace("H", "S")
        if end.startswith("W"):
            end = f"W{int(end[1:]):02d}"
    elif month := parts.get("month"):
        end = f"{int(month):02d}"
    elif number := _MONTHS.get((parts.get("name") or "").lower()):
        end = f"{number:02d}"
    found = f"{parts['year']}-{end}"
    return found if is_period(found) else ""
