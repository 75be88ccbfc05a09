"""The values conditions work on, and how stored answers become them.

Blank is `None`. Numbers are finite doubles without a negative zero, as in the browser; texts are
never empty (an empty text *is* blank); dates and times are ISO texts; several choices are a tuple of
codes without repeats. `Missing` is don't know (-9) or refused (-8) given to a number, date or time
question: blank for ordering and arithmetic, visible to `= -9` only.

Every function here has a twin of the same behaviour in `logic.js`; change both or neither.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..expressions import days_of
from ..moments import seconds_of_moment, seconds_of_time

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*\Z")
NOT_ASKED = "-7"


@dataclass(frozen=True, slots=True)
class Missing:
    """A missing code in a number, date or time question: -9 don't know, -8 refused."""

    code: int


DONT_KNOW = Missing(-9)
REFUSED = Missing(-8)

Scalar = float | str | bool | Missing
Reading = Scalar | tuple[str, ...] | None


def finite(number: float) -> float | None:
    """`number`, with blank for what is not a finite double and 0 for -0."""
    return number + 0.0 if math.isfinite(number) else None


def number_from_text(text: str) -> float | None:
    """A decimal number as XPath 1.0 writes it (no exponent, ASCII digits), else blank."""
    if len(text) > 400:
        return None
    match = _NUMBER.match(text)
    return finite(float(match.group(1))) if match else None


def text_from_number(number: float) -> str:
    """The shortest decimal that reads back as the same double, laid out as browsers do.

    Python and JavaScript agree on the digits and differ in layout (`1e-07` and `1e-7`, `1e+16`
    and `10000000000000000`), so the layout is done here by ECMAScript's rule.
    """
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    digits, point = _shortest(abs(number))
    count = len(digits)
    if count <= point <= 21:
        body = digits + "0" * (point - count)
    elif 0 < point <= 21:
        body = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        body = "0." + "0" * -point + digits
    else:
        power = point - 1
        mark = "+" if power >= 0 else "-"
        body = digits[0] + ("." + digits[1:] if count > 1 else "") + f"e{mark}{abs(power)}"
    return sign + body


def _shortest(number: float) -> tuple[str, int]:
    """Shortest round-trip digits and the position of the decimal point: 0.digits x 10^point."""
    text = repr(number)
    mantissa, _, power = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + (int(power) if power else 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return stripped.rstrip("0") or "0", point


def text_of(value: Reading) -> str:
    """The text of a value for `concat`: blank and missing codes read as empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return text_from_number(value)
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return " ".join(value)
    return ""


def as_number(value: Reading) -> float | None:
    """The number, or blank for anything that is none; nothing is coerced."""
    return value if isinstance(value, float) else None


def as_date(value: Reading) -> int | None:
    """Days since 1970-01-01 of a date, or blank."""
    return days_of(value) if isinstance(value, str) else None


def as_time(value: Reading) -> int | None:
    """Seconds since midnight of a time of day, or blank."""
    return seconds_of_time(value) if isinstance(value, str) else None


def as_moment(value: Reading) -> int | None:
    """Seconds since 1970-01-01T00:00 of a day with a time, or blank."""
    return seconds_of_moment(value) if isinstance(value, str) else None


def as_text(value: Reading) -> str | None:
    """The text, or blank."""
    return value if isinstance(value, str) and value else None


def is_blank(value: Reading) -> bool:
    """Whether nothing was answered; a missing code is an answer."""
    return value is None or value == "" or value == ()


def date_from_days(days: float) -> str | None:
    """The ISO date this many days after 1970-01-01, blank outside the years 1 to 9999."""
    if not -719162 <= days <= 2932896:
        return None
    # Civil date from a day count (era of 400 years beginning on 1 March), integers only.
    shifted = int(days) + 719468
    era, day_of_era = divmod(shifted, 146097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return f"{year:04d}-{month:02d}-{day:02d}"


def answer(answers: Mapping[str, Any], code: str, kind: str | None) -> Reading:
    """The answer to `code` as a value of the static type `kind`; what does not fit is blank."""
    question, _, row = code.partition("/")
    raw = answers.get(question)
    if row:
        raw = raw.get(row) if isinstance(raw, Mapping) else None
    if kind == "number":
        return _number(raw)
    if kind in _CALENDAR:
        if raw in ("-9", "-8", -9, -8) and not isinstance(raw, bool):
            return DONT_KNOW if int(raw) == -9 else REFUSED
        return raw if isinstance(raw, str) and _CALENDAR[kind](raw) is not None else None
    if kind == "text":
        return raw if isinstance(raw, str) and raw and raw != NOT_ASKED else None
    if kind == "single":
        return raw if isinstance(raw, str) and raw and raw != NOT_ASKED else None
    if kind == "multi":
        codes = [raw] if isinstance(raw, str) else raw if isinstance(raw, list | tuple) else []
        kept = dict.fromkeys(
            part for part in codes if isinstance(part, str) and part and part != NOT_ASKED
        )
        return tuple(kept) or None
    if kind == "bool":
        return raw if isinstance(raw, bool) else None
    return None


_CALENDAR = {"date": days_of, "time": seconds_of_time, "datetime": seconds_of_moment}


def calculated(value: Reading) -> Reading:
    """What a calculation gives, as it reads once stored: -9 and -8 are missing codes, -7 is blank."""
    if isinstance(value, float):
        return _number(value)
    return None if value == NOT_ASKED or is_blank(value) else value


def stored(value: Reading) -> Any:
    """A value in the form answers are stored in; blank is None, a missing code a text."""
    if isinstance(value, Missing):
        return str(value.code)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _number(raw: Any) -> Reading:
    number: float | None = None
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        number = number_from_text(raw)
    elif isinstance(raw, int | float):
        try:
            number = finite(float(raw))
        except OverflowError:
            number = None
    if number == -9:
        return DONT_KNOW
    if number == -8:
        return REFUSED
    return None if number == -7 else number
