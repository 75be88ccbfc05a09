"""Everything at once, for somebody who has just cloned the repository: `manage.py demo`."""

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import demonstration
from config.processes import Together

HEALTH_SECONDS = 60


class Command(BaseCommand):
    help = "Migrates, loads the demonstration, then serves the site and does the background work."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--load-only", action="store_true", help="migrate and load, but serve nothing"
        )

    def handle(self, *, load_only: bool, **options) -> None:
        self._require_a_writable_folder()
        if not load_only:
            self._require_a_free_port()
        demonstration.migrate(tell=self._tell)
        # It says itself what it does.
        logging.disable(logging.INFO)
        demonstration.load(at=timezone.now(), tell=self._tell)
        logging.disable(logging.NOTSET)
        if not load_only:
            self._serve()

    def _tell(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _require_a_writable_folder(self) -> None:
        try:
            with tempfile.TemporaryFile(dir=settings.VAR_DIR):
                pass
        except OSError as error:
            raise CommandError(
                f"The folder {settings.VAR_DIR} cannot be written ({error.strerror}). "
                "Make it writable, or name another: VAR_DIR=/some/folder make run."
            ) from error

    def _require_a_free_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except (OSError, OverflowError) as error:
                raise CommandError(
                    f"Port {settings.PORT} of {settings.HOST} cannot be used "
                    f"({getattr(error, 'strerror', error)}). Stop the program that listens there, "
                    f"or choose another port: make run PORT={settings.PORT % 60_000 + 1}."
                ) from error

    def _serve(self) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        quiet = {"LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING")}
        together = Together(env={"DEMO": "1", "DEBUG": "0", **quiet})
        python = sys.executable
        together.start("web server", [python, "-m", "config.serve"])
        together.start("worker", [python, str(settings.BASE_DIR / "manage.py"), "work"])
        try:
            if self._until_served(together, stop):
                self._print_addresses()
            ended = together.wait(stop)
        finally:
            together.end()
        if ended:
            raise CommandError(f"The {ended} ended by itself; its last words are above.")
        self._tell("Suara has stopped.")

    def _until_served(self, together: Together, stop: threading.Event) -> bool:
        address = f"http://{_reachable(settings.HOST)}:{settings.PORT}/health/"
        for _ in range(HEALTH_SECONDS * 5):
            if stop.wait(0.2) or together.ended():
                return False
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return True
            except urllib.error.HTTPError:
                return True
            except OSError:
                continue
        return False

    def _print_addresses(self) -> None:
        from engagement.roles import ROLES

        base = settings.PUBLIC_URL
        logins = {str(role.label): demonstration.login_of(name) for name, role in ROLES.items()}
        width = max(map(len, logins), default=0)
        lines = [
            "",
            f"Suara is ready: {base}/    (Ctrl-C stops it)",
            "",
            f"  Public site   {base}/",
            f"  Back office   {base}/office/",
            f"  Outbox        {base}/outbox/      every mail that would have been sent",
            "",
            f"  Sign in at {base}/accounts/login/ with the password {demonstration.PASSWORD}",
            *(f"    {label:<{width}}  {login}" for label, login in logins.items()),
            "",
        ]
        self._tell("\n".join(lines))


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104
