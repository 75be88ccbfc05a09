"""What stands in a cell: numbers as people in eleven countries type them, periods, dates, texts.

A cell is a `Value` as `reading` gives it. A parser returns what it means or raises `CellRefused`
with a sentence; where the cell lies is added by whoever reads the row (`Problem`).
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.periods import is_period


class Formula(str):
    """A cell that computes; the text is the formula."""

    __slots__ = ()


class Fault(str):
    """A cell that shows an error such as #N/A."""

    __slots__ = ()


class Percent(Decimal):
    """A number cell formatted as a percentage: 0.724 shown as 72.4 % is 72.4 here."""


Value = str | int | float | Decimal | bool | datetime.datetime | datetime.date | None
"""A cell: None when empty. Workbooks have numbers and dates, a CSV has texts alone."""


class CellRefused(ValueError):
    """A cell that does not hold what its column needs.

    `text` is a sentence for `gettext` with %(names)s, `details` what they stand for, so that it can
    be kept and told later in the reader's language.
    """

    def __init__(self, text: str, **details: Any) -> None:
        self.text = text
        self.details = details
        super().__init__(text % details if details else text)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell or row: where, what stands there, and why it cannot be used.

    `row` counts from 1 as spreadsheets do; `column` is the heading; "" where the row as a whole is
    meant. `text` and `details` are those of `CellRefused`.
    """

    sheet: str
    row: int
    column: str
    value: str
    text: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return told(self.text, self.details)


def told(text: str, details: dict[str, Any]) -> str:
    """A kept sentence in the reader's language."""
    found = _(text)
    return found % details if details else found


UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SPACES = "\u0020\u00a0\u2007\u2009\u202f\u2008\u2002\u2003\u3000\t"
_SPACE = re.compile(f"[{SPACES}]+")
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2011": "-", "\u2012": "-"})
_GROUPS = {
    ",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\Z"),
    ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+\Z"),
}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?\Z", re.ASCII)
_LONGEST_NUMBER = 60
_QUOTES = "'\u2019"

_SHOWN = 80


def shown(value: Value) -> str:
    """What to repeat of a cell in a list of problems: its text, cut to a readable length."""
    text = plain(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def plain(value: Value) -> str:
    """What a person sees in a cell, formulas and errors included. Never raises."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value if "_x00" not in value else _unescaped(value)
        return UNSTORABLE.sub("", _unescaped(value))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Percent):
        return f"{_written(value)}%"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, Decimal):
        return _written(value)
    return str(value)


def is_empty(value: Value) -> bool:
    """Whether a person sees nothing in the cell."""
    return value is None or (isinstance(value, str) and not value.strip(SPACES + "\r\n"))


def text(value: Value) -> str:
    """The cell's text without the spaces around it; "" when empty.

    The apostrophe that exports put before = + - @ is taken off again. Raises CellRefused for a
    formula or an error: what it would show is not known for certain.
    """
    _refuse_computed(value)
    found = plain(value).strip(SPACES + "\r\n")
    if found.startswith("'") and found[1:2] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return found[1:]
    return found


def word(value: Value) -> str:
    """The text on one line, every run of spaces as one."""
    return " ".join(_SPACE.sub(" ", text(value)).split())


def decimal_sign(values: Iterable[Value]) -> str:
    """The decimal sign that a column's own numbers give away: ",", "." or "" when none does.

    One cell such as "72,4" or "1.234,5" says it for the column: "1,234" is then no thousand.
    """
    seen = set()
    for value in values:
        if isinstance(value, str):
            sign = _sign_shown(_compact(value))
            if sign:
                seen.add(sign)
    return seen.pop() if len(seen) == 1 else ""


def decimal(value: Value, *, sign: str = "", percent: bool = True) -> Decimal | None:
    """The number in a cell, exactly; None when empty.

    `sign` is the column's decimal sign where it is known ("," or "."). Without it the number itself
    has to show which of both it uses; "1,234" alone does not and is refused. Spaces of every kind
    and Swiss apostrophes between thousands are understood, so is a percent sign unless `percent`
    is False. Raises CellRefused for anything else.
    """
    if value is None:
        return None
    _refuse_computed(value)
    if isinstance(value, bool):
        raise CellRefused(gettext_noop("The cell holds TRUE or FALSE. Write a number."))
    if isinstance(value, Percent) and not percent:
        raise CellRefused(
            gettext_noop("The number is a percentage, which this column does not hold.")
        )
    if isinstance(value, Decimal):
        return Decimal(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return _finite(repr(value))
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        raise CellRefused(
            gettext_noop(
                "The cell holds the date %(date)s. Spreadsheets make dates of numbers such as 3.5 "
                "or 3-5. Format the cell as a number and type it again."
            ),
            date=plain(value),
        )
    return _typed(text(value), sign, percent)


def _typed(shown_text: str, sign: str, percent: bool) -> Decimal | None:
    if not shown_text:
        return None
    bare = _compact(shown_text)
    if bare.endswith("%") or bare.startswith("%"):
        if not percent:
            raise CellRefused(
                gettext_noop("The number has a percent sign, but the unit is not percent.")
            )
        bare = bare.strip("%")
    if len(bare) <= _LONGEST_NUMBER:
        number = _in_one_way(bare, sign)
        if _NUMBER.match(number):
            return _finite(number)
    raise CellRefused(
        gettext_noop("“%(value)s” is not a number. Write digits, such as 72.4."),
        value=shown(shown_text),
    )


def whole(value: Value, *, sign: str = "") -> int | None:
    """The whole number in a cell; None when empty. 512.0 is whole, 512.5 is refused."""
    found = decimal(value, sign=sign, percent=False)
    if found is None:
        return None
    if found != found.to_integral_value():
        raise CellRefused(
            gettext_noop("“%(value)s” is not a whole number."), value=shown(plain(value))
        )
    return int(found)


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


def _refuse_computed(value: Value) -> None:
    if isinstance(value, Formula):
        raise CellRefused(
            gettext_noop(
                "The cell holds the formula %(formula)s. Copy it and paste it as a value, so that "
                "everybody reads the same."
            ),
            formula=shown(plain(value)),
        )
    if isinstance(value, Fault):
        raise CellRefused(
            gettext_noop("The cell holds the error %(error)s instead of a value."),
            error=plain(value),
        )


def _unescaped(found: str) -> str:
    if "_x00" not in found:
        return found
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), found)


def _written(number: Decimal) -> str:
    return f"{Decimal(number).normalize():f}" if number else "0"


def _compact(found: str) -> str:
    """The text without spaces and apostrophes, with an ordinary minus."""
    found = found.strip(SPACES + "\r\n").translate(_MINUS)
    if found[:1] in _QUOTES:
        found = found[1:]
    return "".join(letter for letter in found if letter not in SPACES and letter not in _QUOTES)


def _sign_shown(bare: str) -> str:
    """The decimal sign this number certainly uses; "" if it may be either."""
    bare = bare.strip("%")
    if not bare or not any(letter.isdigit() for letter in bare[:_LONGEST_NUMBER]):
        return ""
    commas, dots = bare.count(","), bare.count(".")
    if commas and dots:
        return "," if bare.rfind(",") > bare.rfind(".") else "."
    if commas + dots != 1:
        return ""
    sign = "," if commas else "."
    if not re.fullmatch(r"[+-]?\d*[.,]\d+", bare, re.ASCII):
        return ""
    return "" if _GROUPS[sign].match(bare) and not bare.lstrip("+-").startswith("0") else sign


def _in_one_way(bare: str, sign: str) -> str:
    """The number with a dot as its decimal sign and no thousands."""
    commas, dots = bare.count(","), bare.count(".")
    own = _sign_shown(bare)
    if commas == 1 and not dots and not own and not sign:
        raise CellRefused(
            gettext_noop(
                "“%(value)s” may be %(thousands)s or %(decimal)s. Write it without a comma, or say "
                "which decimal sign the file uses."
            ),
            value=bare,
            thousands=bare.replace(",", ""),
            decimal=bare.replace(",", "."),
        )
    sign = sign or own or ("," if dots > 1 else ".")
    other = "." if sign == "," else ","
    if other in bare:
        before, found, after = bare.partition(sign)
        if not _GROUPS[other].match(before) or (found and other in after):
            return ""
        bare = before.replace(other, "") + found + after
    return bare.replace(",", ".") if bare.count(sign) <= 1 else ""


def _finite(number: str) -> Decimal:
    try:
        found = Decimal(number)
    except InvalidOperation as error:
        raise CellRefused(
            gettext_noop("“%(value)s” is not a number. Write digits, such as 72.4."), value=number
        ) from error
    if not found.is_finite() or abs(found) >= Decimal(10) ** 14:
        raise CellRefused(
            gettext_noop("The number %(value)s is too large; it has to be below 10^14."),
            value=shown(number),
        )
    return found
