"""Numbers as people in eleven countries type them, exactly or not at all."""

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_noop

from indicators.imports.cells import (
    SPACES,
    CellRefused,
    Percent,
    Value,
    plain,
    refuse_computed,
    shown,
    text,
)

_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2011": "-", "\u2012": "-"})
_GROUPS = {
    ",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\Z"),
    ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+\Z"),
}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?\Z", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,12}(?:\.\d{1,12})?\Z", re.ASCII)
_LONGEST_NUMBER = 60
_LARGEST = Decimal(10) ** 14
_QUOTES = "'\u2019"


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
    if type(value) is str and sign != "," and _PLAIN.match(value):
        return Decimal(value)
    refuse_computed(value)
    if isinstance(value, bool):
        raise CellRefused(gettext_noop("The cell holds TRUE or FALSE. Write a number."))
    if isinstance(value, Percent) and not percent:
        raise CellRefused(
            gettext_noop("The number is a percentage, which this column does not hold.")
        )
    if isinstance(value, Decimal | int):
        return _below_the_limit(Decimal(value))
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


def is_percentage(value: Value) -> bool:
    """Whether the cell's number is written with a percent sign."""
    return isinstance(value, Percent) or (isinstance(value, str) and "%" in value)


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
    return _below_the_limit(found)


def _below_the_limit(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise CellRefused(
            gettext_noop("The number %(value)s is too large; it has to be below 10^14."),
            value=shown(str(number)),
        )
    return number
