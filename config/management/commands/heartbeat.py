"""Tell whether the periodic work is being done: `manage.py heartbeat`."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import heartbeat


class Command(BaseCommand):
    help = "Ends with code 0 when a worker has run within the last minute, with 1 otherwise."
    requires_system_checks: list[str] = []

    def handle(self, **options) -> None:
        if heartbeat.is_late(at=timezone.now()):
            seen = heartbeat.last()
            raise CommandError(
                f"The last heartbeat of a worker was {seen.isoformat() if seen else 'never'}. "
                "Start `manage.py work`, or a Celery worker and beat."
            )
        self.stdout.write(f"A worker ran at {heartbeat.last():%Y-%m-%d %H:%M:%S} UTC.")
