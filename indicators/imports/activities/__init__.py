"""Entries of work plans from a spreadsheet, written by the service that the form uses.

An activity is found again by its reference, by source and title, or by lead body and title. What
a row changes is one entry of the activity's history; nothing is deleted.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy, gettext_noop

from indicators.errors import EditedMeanwhile, NotUndoable, Outdated
from indicators.imports.activities.checking import ActivityChecker
from indicators.imports.activities.columns import COLUMNS
from indicators.imports.columns import Head
from indicators.imports.kinds import Checker, Kind, Task
from indicators.models import Activity, FrameworkNode, ImportRow, SectoralBody
from indicators.services.activities import save_activity

_SAID = ("title", "description", "status", "withdrawn_reason", "type", "funding", "source",
         "year_from", "year_to")  # fmt: skip


class Activities(Kind):
    """Entries of work plans (Tool 1)."""

    name = "activities"
    label = gettext_lazy("Activities of work plans")
    description = gettext_lazy(
        "One row for each activity: title, lead body, status, type, the measures it contributes to."
    )
    columns = COLUMNS
    named_by = ("title",)
    can_undo = False

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

    def apply(self, rows: Sequence[ImportRow], task: Task) -> None:
        tokens = [row.data["token"] for row in rows if row.data["token"]]
        held = {one.token: one for one in Activity.objects.filter(token__in=tokens)}
        bodies = SectoralBody.objects.in_bulk()
        nodes = FrameworkNode.objects.in_bulk(
            {pk for row in rows for pk in row.data["measure_ids"]}
        )
        new = [row for row in rows if not row.data["token"]]
        titles = {(row.data["lead_id"], row.data["title"]) for row in new}
        there = Activity.objects.filter(title__in={title for _lead, title in titles})
        for lead, title in there.values_list("lead_body", "title"):
            if (lead, title) in titles:
                raise Outdated(title)
        for row in rows:
            self._save(row, held.get(row.data["token"]), bodies, nodes, task)

    def _save(
        self,
        row: ImportRow,
        activity: Activity | None,
        bodies: dict[int, SectoralBody],
        nodes: dict[int, FrameworkNode],
        task: Task,
    ) -> None:
        data = row.data
        gone = {*data["body_ids"], data["lead_id"]} - bodies.keys()
        if gone or set(data["measure_ids"]) - nodes.keys() or (data["token"] and not activity):
            raise Outdated(row.label)
        facts = {name: data[name] for name in _SAID} | {
            "lead_body": bodies[data["lead_id"]],
            "further_types": data["further_types"].split("; ") if data["further_types"] else [],
            "status_since": (
                date.fromisoformat(data["status_since"]) if data["status_since"] else None
            ),
        }
        try:
            save_activity(
                activity=activity,
                facts=facts,
                supporting_bodies=[bodies[pk] for pk in data["body_ids"]],
                measures=[nodes[pk] for pk in data["measure_ids"]],
                version=data["version"],
                by=task.by,
                at=task.at,
                reason=task.reason,
            )
        except EditedMeanwhile as error:
            raise Outdated(row.label) from error

    def undo(self, rows: Sequence[ImportRow], task: Task) -> None:
        raise NotUndoable(
            gettext_noop(
                "Imported activities are not undone as a whole. The history of each shows what it "
                "was; import a corrected file."
            )
        )
