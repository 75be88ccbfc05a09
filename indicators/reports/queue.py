"""The queue of reports: claimed by a conditional update, made in a process of their own.

The claim is renewed with every step; when the maker is killed it runs out, and the next look at the
queue begins the report again.
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
from django.utils.translation import gettext as _

from indicators.models import Report
from indicators.models.reports import SILENCE

logger = logging.getLogger(__name__)

ATTEMPTS = 3


def start_process(report: Report) -> None:
    """Begin a process that makes a claimed report; it goes on by itself."""
    subprocess.Popen(  # noqa: S603 (our own program with a token and a claim of our own making)
        [sys.executable, "-m", "django", "make_report", report.token, report.claim],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdin=subprocess.DEVNULL,
    )


def make_reports(*, at: datetime, start: Callable[[Report], None] = start_process) -> int:
    """Claim the next report and have it made, unless one is being made; return how many (0 or 1).

    A report whose maker fell silent is claimed anew, three times in all, then given up.
    """
    if Report.objects.filter(state=Report.State.RUNNING, seen_at__gte=at - SILENCE).exists():
        return 0
    for report in Report.objects.listed().due(at=at).order_by("as_of", "pk")[:20]:
        still = Report.objects.due(at=at).filter(pk=report.pk, claim=report.claim)
        if report.attempts >= ATTEMPTS:
            still.update(
                state=Report.State.FAILED,
                made_at=at,
                error=_("It was begun %(times)s times and never finished.") % {"times": ATTEMPTS},
            )
            continue
        claim = secrets.token_hex(16)
        if still.update(
            state=Report.State.RUNNING,
            claim=claim,
            seen_at=at,
            steps_done=0,
            attempts=F("attempts") + 1,
        ):
            report.refresh_from_db(fields=["claim", "state", "attempts"])
            logger.info("The report %s is being made.", report.token)
            start(report)
            return 1
    return 0
