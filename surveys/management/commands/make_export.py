"""Make one claimed export: what the queue of exports starts, `manage.py make_export TOKEN CLAIM`."""

from django.core.management.base import BaseCommand, CommandError

from surveys.exports.making import make
from surveys.models import Export


class Command(BaseCommand):
    help = "Makes the file of one export that the queue has claimed. The queue calls this itself."

    def add_arguments(self, parser) -> None:
        parser.add_argument("token")
        parser.add_argument("claim")

    def handle(self, *, token: str, claim: str, **options) -> None:
        export = (
            Export.objects.select_related("wave__survey", "wave__questionnaire", "by")
            .filter(token=token, claim=claim, state=Export.State.RUNNING)
            .first()
        )
        if export is None:
            raise CommandError("There is no such export, or somebody else is making it.")
        if not make(export=export, claim=claim):
            raise CommandError("The export was not made. Its row says why.")
