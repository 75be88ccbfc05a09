"""The queue of exports: claimed by a conditional update, made in a process of their own.

A workbook of a hundred thousand rows takes longer than other periodic work may wait, so the process
that claims it starts another one for it. The claim is renewed with every step of the file; when the
maker is killed it runs out, and the next look at the queue begins it again.
"""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.files.storage import storages
from django.db.models import F
from django.utils.translation import gettext as _

from surveys.models import Export
from surveys.models.exports import SILENCE

logger = logging.getLogger(__name__)

ATTEMPTS = 3


def start_process(export: Export) -> None:
    """Begin a process that makes a claimed export; it goes on by itself."""
    subprocess.Popen(  # noqa: S603 (our own program with a token and a claim of our own making)
        [sys.executable, "-m", "django", "make_export", export.token, export.claim],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdin=subprocess.DEVNULL,
    )


def make_exports(*, at: datetime, start: Callable[[Export], None] = start_process) -> int:
    """Claim the next export and have it made, unless one is being made; return how many (0 or 1).

    An export whose maker fell silent is claimed anew, three times in all, then given up.
    """
    delete_expired(at=at)
    if Export.objects.filter(state=Export.State.RUNNING, seen_at__gte=at - SILENCE).exists():
        return 0
    for export in Export.objects.due(at=at).order_by("created_at", "pk")[:20]:
        if export.attempts >= ATTEMPTS:
            Export.objects.due(at=at).filter(pk=export.pk).update(
                state=Export.State.FAILED,
                finished_at=at,
                error=_("It was begun %(times)s times and never finished.") % {"times": ATTEMPTS},
            )
            continue
        claim = secrets.token_hex(16)
        claimed = Export.objects.due(at=at).filter(pk=export.pk, claim=export.claim)
        if claimed.update(
            state=Export.State.RUNNING,
            claim=claim,
            seen_at=at,
            rows_done=0,
            attempts=F("attempts") + 1,
        ):
            export.refresh_from_db()
            logger.info("The export %s is being made.", export.token)
            start(export)
            return 1
    return 0


def delete_expired(*, at: datetime) -> int:
    """Delete files whose time is over; return how many."""
    over = Export.objects.filter(state=Export.State.READY, expires_at__lte=at)
    deleted = 0
    for export in over:
        storages["private"].delete(export.file_name)
        deleted += over.filter(pk=export.pk).update(state=Export.State.EXPIRED, file_name="")
    return deleted
