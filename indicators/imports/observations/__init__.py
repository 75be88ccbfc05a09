"""Values of indicators from a spreadsheet: compared with the ledger in bulk, written by it.

A row belongs to the value that is held for its indicator, area, period and breakdown, whatever
its source: a correction replaces that value under the source it has and leaves a Revision. What is
held nowhere is recorded under `imports:` and the import's token. Values that follow from something
else (a survey's wave, a reporting round) are corrected there and refused here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from indicators.imports.columns import Head
from indicators.imports.kinds import Checker, Kind, Reason, Staged, Task
from indicators.imports.observations import writing
from indicators.imports.observations.columns import COLUMNS
from indicators.imports.observations.comparing import ObservationChecker


class Observations(Kind):
    """Values of indicators."""

    name = "observations"
    label = gettext_lazy("Values of indicators")
    description = gettext_lazy(
        "One row for each value: indicator, area, period, breakdown, the value with its interval, "
        "and where it is from."
    )
    columns = COLUMNS
    undoing = gettext_lazy(
        "Changed values become again what they were, new ones are withdrawn. Both are kept in the "
        "history. If any of them was changed since, nothing is undone."
    )
    named_by = ("indicator", "area", "period", "breakdown")

    def may_be_imported_by(self, user: Any) -> bool:
        return bool(user.is_active and user.has_perm("indicators.record_observation"))

    def checker(self, *, head: Head, mapping: dict[str, int], by: Any, at: datetime) -> Checker:
        return ObservationChecker(head=head, mapping=mapping)

    def apply(self, rows: Sequence[Staged], task: Task) -> None:
        writing.apply(rows, task)

    def undo(self, rows: Sequence[Staged], task: Task) -> dict[int, Reason]:
        writing.undo(rows, task)
        return {}
