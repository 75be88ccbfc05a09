"""One cell of a file: numbers to their last digit, text that no spreadsheet runs as a formula."""

from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | bool | date | datetime | None

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Text with an apostrophe before a leading = + - @ tab or line end; other text as it is.

    Only for text. A negative number is a number cell and stays one. Apostrophes that stand before
    such a beginning get one more, so that taking one away always gives the text back.
    """
    return f"'{text}" if text.lstrip("'").startswith(_DANGEROUS) else text


def digits(value: Decimal | None) -> str:
    """The number as every format writes it: 72.4, -0.000001, 20; "" where there is none."""
    if value is None:
        return ""
    # normalize() would write 1E+2 and keep the sign of a zero.
    return f"{value.normalize():f}" if value else "0"


def is_exact_as_double(value: Decimal) -> bool:
    """Whether a binary double, which is what a spreadsheet holds, gives these digits back.

    It does for every number of up to 15 significant digits, which is all that the ledger takes.
    """
    return Decimal(repr(float(value))) == value
