"""Two reports on the made-up framework, and between them a correction of a published value."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from indicators.demonstration import rounds
from indicators.demonstration.neighbours import SLUG
from indicators.models import Framework, Report
from indicators.reports.making import make
from indicators.reports.queue import make_reports
from indicators.services.reports import publish_report, request_report


@transaction.atomic
def load(*, cast: rounds.Cast) -> None:
    """Make and publish a report, correct a value, and make the next report, once.

    The moments are the real ones: a report is as of the moment it is made, whatever else is
    made up.
    """
    framework = Framework.objects.get(slug=SLUG)
    if framework.reports.exists():
        return
    first = _made(framework, "Good neighbours, first report (made up)", None, cast)
    if first.state != Report.State.READY:
        return
    publish_report(report=first, by=cast.approver, at=first.made_at)
    # What changed since the report must not bear the report's own moment.
    rounds.correct(at=max(timezone.now(), first.as_of + timedelta(milliseconds=1)), cast=cast)
    _made(framework, "Good neighbours, second report (made up)", first, cast)


def _made(framework: Framework, title: str, previous: Report | None, cast: rounds.Cast) -> Report:
    """The report, made here instead of in a process of its own."""
    now = timezone.now()
    asked = request_report(
        framework=framework,
        title=title,
        language="en",
        previous=previous,
        by=cast.analyst,
        at=now,
    )
    make_reports(at=now, start=lambda report: make(report=report, claim=report.claim))
    return Report.objects.listed().get(pk=asked.pk)
