"""Entries of work plans from a spreadsheet, written by the service that the form uses.

An activity is found again by its reference, by source and title, or by lead body and title. What
a row changes is one entry of the activity's history. Only undoing an import takes activities away:
those that it added and that nobody has touched since.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from indicators.imports.activities import writing
from indicators.imports.activities.checking import ActivityChecker
from indicators.imports.activities.columns import COLUMNS
from indicators.imports.columns import Head
from indicators.imports.kinds import Checker, Kind, Reason, Staged, Task


class Activities(Kind):
    """Entries of work plans (Tool 1)."""

    name = "activities"
    label = gettext_lazy("Activities of work plans")
    description = gettext_lazy(
        "One row for each activity: title, lead body, status, type, the measures it contributes to."
    )
    columns = COLUMNS
    named_by = ("title",)
    undoing = gettext_lazy(
        "Activities that the import added are taken away, those it changed become again what they "
        "were; the history keeps both. Activities that somebody has changed, confirmed or followed "
        "up since are left as they are and named."
    )

    def may_be_imported_by(self, user: Any) -> bool:
        if not (
            user.is_active
            and user.has_perm("indicators.add_activity")
            and user.has_perm("indicators.change_activity")
        ):
            return False
        return self.is_overseen_by(user) or user.granted_bodies(timezone.now().date()).exists()

    def is_overseen_by(self, user: Any) -> bool:
        return bool(user.is_active and user.has_perm("indicators.change_any_activity"))

    def checker(self, *, head: Head, mapping: dict[str, int], by: Any, at: datetime) -> Checker:
        return ActivityChecker(head=head, mapping=mapping, by=by, at=at)

    def apply(self, rows: Sequence[Staged], task: Task) -> None:
        writing.apply(rows, task)

    def undo(self, rows: Sequence[Staged], task: Task) -> dict[int, Reason]:
        return writing.undo(rows, task)

    def left_by_undoing(self, rows: Sequence[Staged]) -> dict[int, Reason]:
        return writing.left_by_undoing(rows)
