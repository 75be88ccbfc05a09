"""Asking for a report, and giving one to the public."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indicators import languages
from indicators.errors import NotAllowed, WrongState
from indicators.models import Framework, Report
from indicators.wakeups import wake

JOB = "indicators.make_reports"


@transaction.atomic
def request_report(
    *,
    framework: Framework,
    title: str,
    language: str,
    previous: Report | None = None,
    by: Any,
    at: datetime,
) -> Report:
    """Ask for a report of the framework's results; the queue makes it.

    `previous` is the report it is compared with. Raises NotAllowed without the right, WrongState
    for a language without complete texts, and for a comparison with a report that is not ready or
    of another framework.
    """
    if not by.is_active or not by.has_perm("indicators.add_report"):
        raise NotAllowed(_("Making a report needs the right to do so."))
    if language not in languages.SITE:
        raise WrongState(
            _("“%(language)s” is not one of the languages of reports: %(languages)s.")
            % {"language": language, "languages": ", ".join(languages.SITE)}
        )
    if previous is not None and (
        previous.framework_id != framework.pk or previous.state != Report.State.READY
    ):
        raise WrongState(_("A report is compared with a finished one of the same framework."))
    # Two who ask at once take turns, so that each report has a number of its own.
    Framework.objects.select_for_update(of=("self",)).get(pk=framework.pk)
    newest = framework.reports.aggregate(newest=Max("number"))["newest"] or 0
    report = Report.objects.create(
        framework=framework,
        title=title.strip(),
        number=newest + 1,
        language=language,
        previous=previous,
        as_of=at,
        made_by=by,
    )
    wake(JOB)
    return report


@transaction.atomic
def publish_report(*, report: Report, by: Any, at: datetime) -> Report:
    """Give a finished report to the public. Raises NotAllowed, WrongState."""
    report = _for_publishing(report, by)
    if report.state != Report.State.READY:
        raise WrongState(_("The report is not ready yet."))
    if report.published_at is None:
        report.published_at, report.published_by = at, by
        report.save(update_fields=["published_at", "published_by"])
    return report


@transaction.atomic
def withdraw_report(*, report: Report, by: Any) -> Report:
    """Take a report back from the public; it stays as it was made. Raises NotAllowed."""
    report = _for_publishing(report, by)
    report.published_at, report.published_by = None, None
    report.save(update_fields=["published_at", "published_by"])
    return report


def _for_publishing(report: Report, by: Any) -> Report:
    if not by.is_active or not by.has_perm("indicators.publish_report"):
        raise NotAllowed(_("Publishing a report needs the right to do so."))
    return Report.objects.listed().select_for_update(of=("self",)).get(pk=report.pk)
