"""What stands in a cell, and what is wrong with it.

A cell is a `Value` as `reading` gives it. A parser (`text` and `word` here, `numbers`, `periods`)
returns what it means or raises `CellRefused` with a sentence; where the cell lies is added by
whoever reads the row (`Problem`).
"""

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


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
        return f"{written(value)}%"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, Decimal):
        return written(value)
    return str(value)


def is_empty(value: Value) -> bool:
    """Whether a person sees nothing in the cell."""
    return value is None or (isinstance(value, str) and not value.strip(SPACES + "\r\n"))


def text(value: Value) -> str:
    """The cell's text without the spaces around it; "" when empty.

    The apostrophe that exports put before = + - @ is taken off again. Raises CellRefused for a
    formula or an error: what it would show is not known for certain.
    """
    refuse_computed(value)
    found = plain(value).strip(SPACES + "\r\n")
    if found.startswith("'") and found[1:2] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        return found[1:]
    return found


def word(value: Value) -> str:
    """The text on one line, every run of spaces as one."""
    return " ".join(_SPACE.sub(" ", text(value)).split())


def refuse_computed(value: Value) -> None:
    """Raise CellRefused for a formula or an error."""
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


def written(number: Decimal) -> str:
    """The digits of a number without needless zeros or an exponent."""
    return f"{Decimal(number).normalize():f}" if number else "0"
