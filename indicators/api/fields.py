"""The types of the API's parameters and answers, with their bounds and what is said of them."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field
from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from indicators.exports.cells import digits

MOST_NAMED, MOST_ROWS, ROWS = 100, 500, 100
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_PLUS = re.compile(r" (?=[0-9]{2}:?[0-9]{2}\Z)")

Digits = Annotated[
    Decimal,
    PlainSerializer(digits, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$"}, mode="serialization"
    ),
]
"""A number as text: 15 significant digits do not survive every reader of JSON numbers."""

_SLUG = r"^[A-Za-z0-9_-]+$"
_PERIOD = r"^[12][0-9]{3}(-(S[12]|Q[1-4]|W(0[1-9]|[1-4][0-9]|5[0-3])|0[1-9]|1[0-2]))?$"
_PART = r"[^=;\x00-\x1f]+"
_BREAKDOWN = rf"^(_T|{_PART}={_PART}(;{_PART}={_PART})*)?$"
_WORDS = r"^[^\x00-\x1f]+$"
_AREA = r"^[^\x00-\x1f/]+$"
HINTS = {
    _SLUG: "only Latin letters, digits, '-' and '_' can stand here",
    _PERIOD: "write 2026, 2026-S1, 2026-Q4, 2026-11 or 2026-W47",
    _WORDS: "write words without control characters",
    _AREA: "write the code of an area, such as KH or ASEAN",
    _BREAKDOWN: "write dimension=value, several separated by ';', or _T for the total",
}
"""What is right, for each pattern that a parameter has to match."""

Slug = Annotated[str, Field(pattern=_SLUG, max_length=120)]
Token = Annotated[str, Field(pattern=_SLUG, max_length=32)]
AreaCode = Annotated[str, Field(pattern=_AREA, max_length=16)]
Source = Annotated[str, Field(pattern=_WORDS, max_length=120)]
Period = Annotated[str, Field(pattern=_PERIOD)]
BreakdownText = Annotated[str, Field(pattern=_BREAKDOWN, max_length=200)]
Year = Annotated[int, Field(ge=1000, le=2999)]
Limit = Annotated[int, Field(ge=1, le=MOST_ROWS)]


def _text_of_a_moment(value: Any) -> Any:
    # Pydantic would take 0 for the year 1970.
    if not isinstance(value, str) or not _MOMENT.match(value):
        raise ValueError("write a day or a moment as in 2026-11-24T09:00:00Z")
    # A plus sign that was not escaped in the address arrives as a space.
    return _PLUS.sub("+", value) if len(value) > 10 else f"{value}T00:00:00Z"


def _in_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment lies outside the years 1 to 9999") from error


Moment = Annotated[
    datetime,
    BeforeValidator(_text_of_a_moment),
    AfterValidator(_in_utc),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}
    ),
]
"""A day (from its beginning in UTC) or a moment; UTC where no offset is given."""


def _text_of_a_day(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError("write a day as in 2026-11-24")
    return value


Day = Annotated[date, BeforeValidator(_text_of_a_day)]
"""A day of the calendar."""
