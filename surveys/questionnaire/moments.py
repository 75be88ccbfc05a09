"""Times of day and days with a time, to the minute, as they are stored: `08:30`, `2026-03-31T08:30`.

They are wall-clock readings without a zone: what the respondent's own clock shows.
"""

from __future__ import annotations

import re

from .expressions import days_of

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,6})?)?\Z")


def is_day(text: str) -> bool:
    """Whether `text` is an ISO date that exists."""
    return days_of(text) is not None


def time_of(text: str) -> str | None:
    """The time of day in `text` to the minute, or None; seconds are dropped."""
    match = _TIME.match(text)
    return f"{match.group(1)}:{match.group(2)}" if match else None


def seconds_of_time(text: str) -> int | None:
    """Seconds since midnight, or None when `text` is no time of day."""
    match = _TIME.match(text)
    if match is None:
        return None
    return int(match.group(1)) * 3600 + int(match.group(2)) * 60 + int(match.group(3) or 0)


def seconds_of_moment(text: str) -> int | None:
    """Seconds since 1970-01-01T00:00 on the same clock, or None when `text` is no day and time."""
    if len(text) < 11 or text[10] not in "T ":
        return None
    days, seconds = days_of(text[:10]), seconds_of_time(text[11:])
    return None if days is None or seconds is None else days * 86400 + seconds


def date_time_of(text: str) -> str | None:
    """The day and time in `text` to the minute, joined by `T`, or None. A blank may stand for `T`."""
    if len(text) < 11 or text[10] not in "T " or not is_day(text[:10]):
        return None
    time = time_of(text[11:])
    return f"{text[:10]}T{time}" if time else None
