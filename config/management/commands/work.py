"""Do the periodic work in one process: `manage.py work`."""

import logging
import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.parenthood import end_with_parent
from config.periodic import PERIODIC
from config.walk import walk

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs the periodic table in one process until it is told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--once",
            nargs="?",
            const="",
            metavar="JOB",
            help="run every job (or the one named) a single time and end",
        )

    def handle(self, *, once: str | None, **options) -> None:
        if once is not None:
            self._run_once(once)
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        end_with_parent()
        logger.info("The worker walks %d jobs.", len(PERIODIC))
        walk(PERIODIC.values(), stop=stop)
        logger.info("The worker has stopped.")

    def _run_once(self, name: str) -> None:
        if name and name not in PERIODIC:
            raise CommandError(f"There is no job {name!r}. Use one of: {', '.join(PERIODIC)}.")
        for job in [PERIODIC[name]] if name else PERIODIC.values():
            self.stdout.write(f"{job.name}: {job.run(at=timezone.now())}")
