"""Make one claimed report: what the queue of reports starts, `manage.py make_report TOKEN CLAIM`."""

from django.core.management.base import BaseCommand, CommandError

from indicators.models import Report
from indicators.reports.making import make


class Command(BaseCommand):
    help = "Makes one report that the queue has claimed. The queue calls this itself."

    def add_arguments(self, parser) -> None:
        parser.add_argument("token")
        parser.add_argument("claim")

    def handle(self, *, token: str, claim: str, **options) -> None:
        report = (
            Report.objects.select_related("framework", "previous__framework")
            .filter(token=token, claim=claim, state=Report.State.RUNNING)
            .first()
        )
        if report is None:
            raise CommandError("There is no such report, or somebody else is making it.")
        if not make(report=report, claim=claim):
            raise CommandError("The report was not made. Its row says why.")
