"""Take responses collected elsewhere into a wave: `manage.py import_wave WAVE responses.csv`."""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from surveys.errors import ResponsesRefused
from surveys.importedrows import Drawing
from surveys.models import Wave
from surveys.services.responseimports import import_responses, read_responses


class Command(BaseCommand):
    help = (
        "Makes responses of a wave from a file (CSV, Parquet or SPSS) whose columns are named as in "
        "the wave's CSV export. Everything or nothing: what does not fit is said with row and "
        "column, and the exit code is 2. The same file again changes nothing."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("wave", help="the wave's address, such as asean-awareness-2026")
        parser.add_argument("file", type=Path, help="the responses")
        parser.add_argument("--check", action="store_true", help="only read and check the file")
        parser.add_argument(
            "--replace", action="store_true", help="put it in the place of an earlier file"
        )
        parser.add_argument(
            "--stratum",
            action="append",
            default=[],
            metavar="COLUMN",
            help="the column with the strata people were drawn from; may be given more than once",
        )
        parser.add_argument(
            "--unit", default="", metavar="COLUMN", help="the column with the sampling units (PSU)"
        )
        parser.add_argument("--by", default="", help="e-mail address of whoever answers for it")

    def handle(
        self,
        *,
        wave: str,
        file: Path,
        check: bool,
        replace: bool,
        by: str,
        stratum: list[str],
        unit: str,
        **options,
    ) -> None:
        drawing = Drawing(tuple(dict.fromkeys(stratum)), unit)
        found = Wave.objects.select_related("questionnaire", "survey").filter(slug=wave).first()
        if found is None:
            raise CommandError(f"There is no wave with the address {wave!r}.", returncode=2)
        person = get_user_model().objects.filter(email__iexact=by).first() if by else None
        if by and person is None:
            raise CommandError(f"Nobody here has the address {by!r}.", returncode=2)
        at = timezone.now()
        try:
            if check:
                rows = read_responses(wave=found, path=file, at=at, drawing=drawing)
                self.stdout.write(f"{len(rows)} responses can be imported.")
                return
            done = import_responses(
                wave=found, path=file, at=at, by=person, replace=replace, drawing=drawing
            )
        except ResponsesRefused as refusal:
            raise CommandError("\n".join(refusal.sentences), returncode=2) from refusal
        if done.is_known:
            self.stdout.write(f"The wave holds these {done.rows} responses already.")
        else:
            self.stdout.write(f"{done.rows} responses imported, {done.replaced} replaced.")
