"""When the worker was last alive, as a fact that the web server can read."""

from datetime import datetime

from django.core.cache import caches

KEY = "heartbeat"
LATE_AFTER = 60
"""Seconds without a heartbeat after which the worker counts as missing."""


def beat(*, at: datetime) -> int:
    """Note that a worker ran at `at`."""
    caches["shared"].set(KEY, at.isoformat(), timeout=None)
    return 1


def last() -> datetime | None:
    """Return the last heartbeat, or None when no worker has run since the cache was emptied."""
    stored = caches["shared"].get(KEY)
    return datetime.fromisoformat(stored) if stored else None


def is_late(*, at: datetime) -> bool:
    """Return whether nobody has done periodic work for `LATE_AFTER` seconds."""
    seen = last()
    return seen is None or (at - seen).total_seconds() > LATE_AFTER
