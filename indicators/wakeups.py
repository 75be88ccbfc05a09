"""Asking for periodic work to happen soon.

The database is the queue, so nothing is lost when nobody hears this: the `work` loop and
Celery beat look again within a second. With Redis configured the call saves that second. It lives
in the lowest package because every app calls it and none may import `config`.
"""

import logging

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

TASK = "config.tasks.run_periodic"


def wake(name: str) -> None:
    """Ask for the periodic job `name` (see `config.periodic`) once this transaction has committed.

    A broker that does not answer is logged and forgotten: the visitor whose answer was just saved
    must not pay for it.
    """
    if settings.REDIS_URL:
        transaction.on_commit(lambda: _send(name), robust=True)


def _send(name: str) -> None:
    try:
        current_app.send_task(TASK, args=[name], retry=False, expires=60)
    except OperationalError as error:
        logger.warning("The broker did not take the wake-up for %s: %s", name, error)
