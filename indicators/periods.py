"""Periods as SDMX writes them: 2026, 2026-S1, 2026-Q4, 2026-11, 2026-W47."""

import re
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

PATTERN = re.compile(
    r"^(?P<year>[12]\d{3})"
    r"(?:-(?:S(?P<half>[12])|Q(?P<quarter>[1-4])|W(?P<week>0[1-9]|[1-4]\d|5[0-3])"
    r"|(?P<month>0[1-9]|1[0-2])))?$"
)


def is_period(text: str) -> bool:
    """Whether `text` is a period the ledger understands."""
    return PATTERN.match(text) is not None


def year_of(period: str) -> int:
    """The calendar year a period lies in."""
    return int(_match(period)["year"])


@lru_cache(maxsize=2048)
def moment(period: str) -> Fraction:
    """The middle of the period in years, exact, so that 2026-Q1 sorts before 2026 and 2026-Q4."""
    found = _match(period)
    year = Fraction(int(found["year"]))
    for name, parts in (("half", 2), ("quarter", 4), ("month", 12), ("week", 53)):
        if found[name]:
            return year + Fraction(2 * int(found[name]) - 1, 2 * parts)
    return year + Fraction(1, 2)


def midpoint(period: str) -> date:
    """The day in the middle of the period: 2 July for a year, 15 November for 2025-Q4."""
    found = moment(period)
    year = int(found)
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return date(year, 1, 1) + timedelta(days=int((found - year) * days))


def _match(period: str) -> re.Match[str]:
    found = PATTERN.match(period)
    if found is None:
        raise ValueError(
            f"The period {period!r} is not understood. Write a year (2026), a half (2026-S1), "
            "a quarter (2026-Q4), a month (2026-11) or a week (2026-W47)."
        )
    return found
