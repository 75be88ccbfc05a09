"""Walking the periodic table in one process, for an installation without Redis."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from django.db import close_old_connections
from django.utils import timezone

from config.periodic import Job

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 300.0
"""Seconds; a job that keeps failing is tried again at least this often."""


class Walk:
    """The state of one walk: when each job is due next and how often it has failed in a row.

    Times are seconds of `clock`. A failing job is logged with its traceback, waits twice as long
    after each further failure, and never holds up the others.
    """

    def __init__(self, jobs: Iterable[Job], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = dict.fromkeys(jobs, clock())
        self._failures: dict[Job, int] = {}

    def step(self, *, stop: threading.Event | None = None) -> float:
        """Run what is due; return the seconds until the next job is."""
        for job in sorted(self._due, key=lambda job: self._due[job]):
            if stop is not None and stop.is_set():
                return 0.0
            if self._due[job] <= self._clock():
                self._due[job] = self._clock() + self._run(job)
        return max(0.0, min(self._due.values()) - self._clock())

    def _run(self, job: Job) -> float:
        close_old_connections()
        try:
            job.run(at=timezone.now())
        except Exception:
            failures = self._failures[job] = self._failures.get(job, 0) + 1
            pause = max(job.every, min(LONGEST_PAUSE, job.every * 2.0 ** min(failures, 12)))
            logger.exception("%s failed; it is tried again in %.0f seconds.", job.name, pause)
            return pause
        finally:
            close_old_connections()
        self._failures.pop(job, None)
        return job.every


def walk(jobs: Iterable[Job], *, stop: threading.Event) -> None:
    """Walk the table until `stop` is set; a job under way is finished first."""
    state = Walk(jobs)
    while not stop.is_set():
        stop.wait(state.step(stop=stop))
