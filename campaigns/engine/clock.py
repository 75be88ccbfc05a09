"""The moment a tick was given, moving on as the tick takes its time."""

import time
from datetime import datetime, timedelta


class Clock:
    """Starts at the moment the caller named; `now()` adds what has really passed since.

    Leases and timestamps inside a tick stay right although a call to a provider takes a minute,
    and a test still decides what time it is.
    """

    def __init__(self, at: datetime):
        self._at = at
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the tick began."""
        return time.monotonic() - self._started

    def now(self) -> datetime:
        """Return the moment it is now for this tick."""
        return self._at + timedelta(seconds=self.elapsed)
