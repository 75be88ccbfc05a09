"""Work on one claimed import: what the queue of imports starts, `manage.py run_import TOKEN CLAIM`."""

from django.core.management.base import BaseCommand, CommandError

from indicators.imports.working import work
from indicators.models import Import


class Command(BaseCommand):
    help = "Checks or applies one import that the queue has claimed. The queue calls this itself."

    def add_arguments(self, parser) -> None:
        parser.add_argument("token")
        parser.add_argument("claim")

    def handle(self, *, token: str, claim: str, **options) -> None:
        imported = (
            Import.objects.select_related("by", "applied_by")
            .filter(token=token, claim=claim, state__in=Import.WORKING)
            .first()
        )
        if imported is None:
            raise CommandError("There is no such import, or somebody else is working on it.")
        if not work(imported=imported, claim=claim):
            raise CommandError("The import did not get through. Its row says why.")
