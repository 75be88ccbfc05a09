"""The queue of imports: claimed by a conditional update, worked on in a process of their own.

A file of a hundred thousand rows takes longer than other periodic work may wait, so the process
that claims it starts another one for it. When that is killed its claim runs out, and the next look
at the queue begins the step again.
"""

import logging
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_noop

from indicators.imports.working import work
from indicators.models import Import
from indicators.models.imports import SILENCE
from indicators.wakeups import wake

logger = logging.getLogger(__name__)

JOB = "indicators.run_imports"
ATTEMPTS = 3
AT_ONCE = 400_000
"""Bytes of a file, and ..."""
AT_ONCE_ROWS = 1_500
"""... rows to write, that the page itself waits for."""


def start_process(imported: Import) -> None:
    """Begin a process that works on a claimed import; it goes on by itself."""
    subprocess.Popen(  # noqa: S603 (our own program with a token and a claim of our own making)
        [sys.executable, "-m", "django", "run_import", imported.token, imported.claim],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdin=subprocess.DEVNULL,
    )


def begin(*, imported: Import, at: datetime) -> None:
    """Do what an import waits for at once if it is little, else have it done soon."""
    is_little = imported.size <= AT_ONCE
    if imported.state != Import.State.CHECKING:
        is_little = imported.count_good <= AT_ONCE_ROWS
    if is_little and (claimed := _claim(imported, at)):
        work(imported=claimed, claim=claimed.claim)
    else:
        wake(JOB)


def run_imports(*, at: datetime, start: Callable[[Import], None] = start_process) -> int:
    """Claim the next import and have it worked on, unless one is; return how many (0 or 1).

    An import whose worker fell silent is claimed anew, three times in all, then given up.
    """
    busy = Import.objects.filter(state__in=Import.WORKING).exclude(claim="")
    if busy.filter(seen_at__gte=at - SILENCE).exists():
        return 0
    for imported in Import.objects.due(at=at).order_by("created_at", "pk")[:20]:
        if imported.attempts >= ATTEMPTS:
            text = gettext_noop(
                "The import was begun %(times)s times and never finished. Nothing was written."
            )
            Import.objects.due(at=at).filter(pk=imported.pk).update(
                state=imported.after_failure,
                claim="",
                error={"text": text, "details": {"times": ATTEMPTS}},
            )
            continue
        if claimed := _claim(imported, at):
            logger.info("The import %s is %s.", claimed.token, claimed.state)
            start(claimed)
            return 1
    return 0


def _claim(imported: Import, at: datetime) -> Import | None:
    claim = secrets.token_hex(16)
    due = Import.objects.due(at=at).filter(
        pk=imported.pk, claim=imported.claim, state=imported.state
    )
    if not due.update(claim=claim, seen_at=at, attempts=F("attempts") + 1):
        return None
    return Import.objects.select_related("by", "applied_by").get(pk=imported.pk)
