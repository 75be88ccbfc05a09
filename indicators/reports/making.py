"""Making a report that was claimed: read, laid out, printed, kept. Nothing of it is made twice."""

import hashlib
import logging
from contextlib import AbstractContextManager, ExitStack

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection, models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from indicators.errors import PdfNotAvailable, ReportTakenOver
from indicators.models import Report
from indicators.reports import pdf
from indicators.reports.contents import Contents, gather

logger = logging.getLogger(__name__)

STEPS = 3


def make(*, report: Report, claim: str) -> bool:
    """Make a report whose claim one holds; False if it was lost or failed.

    Every step touches the row and stops when somebody else has claimed it meanwhile. Without Pango
    the report is ready with its page for printing, and says why there is no PDF.
    """
    held = Report.objects.filter(pk=report.pk, claim=claim, state=Report.State.RUNNING)
    try:
        with translation.override(report.language):
            _made(report, held)
    except ReportTakenOver:
        logger.warning("The report %s was taken over by another process.", report.token)
        return False
    except Exception:
        logger.exception("The report %s could not be made.", report.token)
        held.update(
            state=Report.State.FAILED,
            error=_("The report could not be made. The administrators' log says why."),
            made_at=timezone.now(),
        )
        return False
    return True


def _made(report: Report, held: models.QuerySet[Report]) -> None:
    report.as_of = timezone.now()
    _touch(held, steps_total=STEPS, steps_done=0, as_of=report.as_of)
    with _one_state_of_the_ledger():
        contents = gather(report)
    _touch(held, steps_done=1)
    html = lay_out(contents)
    _touch(held, steps_done=2)
    name, size, digest, reason = "", 0, "", ""
    try:
        content = pdf.write(whole_document(report, html))
    except PdfNotAvailable as missing:
        reason = str(missing)
    else:
        name = storages["private"].save(f"reports/{report.token}.pdf", ContentFile(content))
        size, digest = len(content), hashlib.sha256(content).hexdigest()
    if not held.update(
        state=Report.State.READY,
        steps_done=STEPS,
        contents=contents.snapshot,
        html=html,
        file_name=name,
        size=size,
        digest=digest,
        error=reason[:500],
        made_at=timezone.now(),
    ):
        if name:
            storages["private"].delete(name)
        raise ReportTakenOver(report.token)


def lay_out(contents: Contents) -> str:
    """The report's text as HTML, in the language that is active."""
    return render_to_string("indicators/report/contents.html", {"contents": contents})


def whole_document(report: Report, html: str) -> str:
    """The text as a document of its own, as the printer takes it: no link leads out of it."""
    return render_to_string("indicators/report/document.html", {"report": report, "html": html})


def _one_state_of_the_ledger() -> AbstractContextManager:
    """Read everything from the same state, so that the report's numbers agree with each other."""
    stack = ExitStack()
    begins = not connection.in_atomic_block
    stack.enter_context(transaction.atomic())
    if begins and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    return stack


def _touch(held: models.QuerySet[Report], **columns: object) -> None:
    """Say that it is alive; raise ReportTakenOver when it is somebody else's by now."""
    if not held.update(seen_at=timezone.now(), **columns):
        raise ReportTakenOver
