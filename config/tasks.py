"""The one door through which Celery reaches the periodic table."""

from celery import shared_task
from django.utils import timezone

from config.periodic import PERIODIC


@shared_task(name="config.tasks.run_periodic")
def run_periodic(name: str) -> int:
    """Run the periodic job `name` now; return the number of things it did."""
    return PERIODIC[name].run(at=timezone.now())
