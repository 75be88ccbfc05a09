"""Estimate a file: `manage.py estimate PLAN.json --data respondents.csv --margins margins.csv`."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from surveys.errors import InputRefused
from surveys.files import writing
from surveys.files.estimation import estimate
from surveys.files.plans import read_plan


class Command(BaseCommand):
    help = (
        "Estimates shares, means, net scores, indices and totals with their errors from a file of "
        "respondents (CSV, Parquet or SPSS), by the methods that publish a wave. Needs no database. "
        "docs/estimating.md explains the plan. Exit code 2: something in the files cannot be used, "
        "and one sentence says what."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("plan", type=Path, metavar="PLAN.json", help="the analysis plan")
        parser.add_argument("--data", type=Path, required=True, help="the respondents")
        parser.add_argument("--margins", type=Path, help="the population to weight to (CSV)")
        parser.add_argument(
            "--out", type=Path, help="where figures go (CSV); else they are printed"
        )
        parser.add_argument("--weights", type=Path, help="where the weights go (CSV)")
        parser.add_argument("--json", type=Path, help="where the account of weights and notes goes")
        parser.add_argument("--quiet", action="store_true", help="say nothing on the way")

    def handle(self, *, plan: Path, data: Path, margins: Path | None, out: Path | None,
               weights: Path | None, json: Path | None, quiet: bool, **options) -> None:  # fmt: skip
        def said(text: str) -> None:
            if not quiet:
                self.stderr.write(text)

        try:
            found = estimate(read_plan(plan), data, margins, said)
            for note in found.notes:
                said(f"Note: {note}")
            if out is None:
                writing.write_figures(self.stdout, found)
            else:
                with writing.whole_file(out) as file:
                    writing.write_figures(file, found)
            if weights is not None:
                with writing.whole_file(weights) as file:
                    writing.write_weights(file, found)
            if json is not None:
                inputs = [path for path in (plan, data, margins) if path is not None]
                with writing.whole_file(json) as file:
                    writing.write_account(
                        file, writing.account(found, inputs, settings.CODE_VERSION)
                    )
        except InputRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        shown = sum(1 for one in found.figures if one.value is not None)
        said(f"{len(found.figures)} figures, {shown} of them shown.")
