"""Staged entries into the register, and back out of it, but for those somebody changed meanwhile."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from indicators.errors import EditedMeanwhile, NotUndoable, Outdated
from indicators.imports.activities.checking import connected_with, said_by
from indicators.imports.kinds import Reason, Staged, Task
from indicators.models import Activity, FollowUp, FrameworkNode, ImportRow, SectoralBody
from indicators.services.activities import put_back_activity, remove_activity, save_activity

_PLAIN = ("title", "description", "status", "withdrawn_reason", "type", "funding", "source",
          "year_from", "year_to")  # fmt: skip
# Codes and acronyms may be corrected; what an activity is connected with is compared by keys.
_NAMED = ("lead_body", "supporting_bodies", "contributes_to")


def apply(rows: Sequence[Staged], task: Task) -> None:
    """Save some staged rows, each with the activity it became. Raises Outdated, NotAllowed."""
    tokens = [row.data["token"] for row in rows if row.data["token"]]
    held = {one.token: one for one in Activity.objects.filter(token__in=tokens)}
    known = _Known(row.data for row in rows)
    titles = {(row.data["lead_id"], row.data["title"]) for row in rows if not row.data["token"]}
    there = Activity.objects.filter(title__in={title for _lead, title in titles})
    for lead, title in there.values_list("lead_body", "title"):
        if (lead, title) in titles:
            raise Outdated(title)
    for row in rows:
        activity = held.get(row.data["token"])
        if not known.holds(row.data) or (row.data["token"] and not activity):
            raise Outdated(row.label)
        try:
            saved = save_activity(
                activity=activity,
                **known.values(row.data),
                version=row.data["version"],
                by=task.by,
                at=task.at,
                reason=task.reason,
            )
        except EditedMeanwhile as error:
            raise Outdated(row.label) from error
        row.data.update(token=saved.token, confirmed_on=_confirmed_on(saved))
    written = [ImportRow(pk=row.pk, data=row.data) for row in rows]
    ImportRow.objects.bulk_update(written, ["data"], batch_size=500)


def undo(rows: Sequence[Staged], task: Task) -> dict[int, Reason]:
    """Remove what rows added, put back what they changed; return which were left alone, and why.

    Raises NotUndoable, NotAllowed, and Outdated where what an activity had is not there any more.
    """
    held = _by_token(Activity.objects.select_for_update(of=("self",)).order_by("pk"), rows)
    left = _left(rows, held)
    known = _Known(row.before for row in rows if row.before)
    who = {"by": task.by, "at": task.at, "reason": task.reason}
    for row in rows:
        if row.pk in left:
            continue
        activity = held[row.data["token"]]
        if not row.before:
            remove_activity(activity=activity, **who)
        elif known.holds(row.before):
            put_back_activity(activity=activity, **known.values(row.before), **who)
        else:
            raise Outdated(row.label)
    return left


def left_by_undoing(rows: Sequence[Staged]) -> dict[int, Reason]:
    """The applied rows whose activities are not any more as the import left them, and why."""
    return _left(rows, _by_token(Activity.objects.all(), rows))


class _Known:
    """The bodies and measures that staged values name by their keys."""

    def __init__(self, said: Iterable[Mapping[str, Any]]) -> None:
        self.bodies = SectoralBody.objects.in_bulk()
        self.nodes = FrameworkNode.objects.in_bulk(
            {pk for one in said for pk in one["measure_ids"]}
        )

    def holds(self, said: Mapping[str, Any]) -> bool:
        """Whether all that is named is there."""
        gone = {*said["body_ids"], said["lead_id"]} - self.bodies.keys()
        return not gone and not set(said["measure_ids"]) - self.nodes.keys()

    def values(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What an activity shall say and be connected with, for the services."""
        since, further = said["status_since"], said["further_types"]
        return {
            "facts": {name: said[name] for name in _PLAIN}
            | {
                "lead_body": self.bodies[said["lead_id"]],
                "further_types": further.split("; ") if further else [],
                "status_since": date.fromisoformat(since) if since else None,
            },
            "supporting_bodies": [self.bodies[pk] for pk in said["body_ids"]],
            "measures": [self.nodes[pk] for pk in said["measure_ids"]],
        }


def _by_token(activities: QuerySet[Activity], rows: Sequence[Staged]) -> dict[str, Activity]:
    found = (
        activities.filter(token__in=[row.data["token"] for row in rows])
        .select_related("lead_body", "confirmed_by")
        .prefetch_related("supporting_bodies", "measures__framework")
    )
    return {one.token: one for one in found}


def _left(rows: Sequence[Staged], held: Mapping[str, Activity]) -> dict[int, Reason]:
    if any("confirmed_on" not in row.data for row in rows):
        raise NotUndoable(
            gettext_noop(
                "The import was applied before work plans could be undone as a whole. The history "
                "of each activity shows what it was; import a corrected file."
            )
        )
    added = [row.data["token"] for row in rows if not row.before]
    referred = set(
        FollowUp.objects.filter(activity__token__in=added).values_list("activity", flat=True)
    )
    found: dict[int, Reason] = {}
    changed: dict[int, int] = {}
    for row in rows:
        activity = held.get(row.data["token"])
        if activity is None:
            found[row.pk] = (gettext_noop("It is not there any more."), {})
        elif not _is_as_written(row, activity):
            changed[row.pk] = activity.pk
        elif _confirmed_on(activity) != row.data["confirmed_on"]:
            text = gettext_noop("%(who)s confirmed on %(day)s that it is right.")
            day = _confirmed_on(activity)
            found[row.pk] = (text, {"who": str(activity.confirmed_by or "–"), "day": day})
        elif activity.pk in referred:
            found[row.pk] = (gettext_noop("Follow-up of a declaration refers to it."), {})
    return found | _who_changed(changed)


def _is_as_written(row: Staged, activity: Activity) -> bool:
    now = {name: value for name, value in said_by(activity).items() if name not in _NAMED}
    now |= connected_with(activity)
    wrote = {name: row.data[name] for name in now}
    wrote["body_ids"] = [pk for pk in wrote["body_ids"] if pk != wrote["lead_id"]]
    return now == wrote


def _confirmed_on(activity: Activity) -> str:
    return activity.confirmed_on.isoformat() if activity.confirmed_on else ""


def _who_changed(changed: Mapping[int, int]) -> dict[int, Reason]:
    """By row, who saved its activity last and on which day (UTC)."""
    entries = Activity.history.filter(id__in=changed.values()).order_by("history_id")
    last = {entry.id: entry for entry in entries.select_related("history_user")}
    found = {}
    for row, pk in changed.items():
        who = str(last[pk].history_user or "–") if pk in last else "–"
        day = last[pk].history_date.date().isoformat() if pk in last else "–"
        text = gettext_noop("%(who)s changed it on %(day)s.")
        found[row] = (text, {"who": who, "day": day})
    return found
