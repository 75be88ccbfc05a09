"""Everything that happened to the values of one indicator in one area, on one line of time."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from indicators import formatting
from indicators.models import (
    NO_DATA,
    Area,
    Indicator,
    Observation,
    Revision,
    Submission,
    SubmissionStep,
    ValueChange,
)

ASEAN = "ASEAN"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: what, to which period, by whom in which post, and why."""

    at: datetime
    what: str
    period: str
    value: str
    who: str
    acting_as: str
    why: str
    whom: str = ""
    submission: Submission | None = None


def history(indicator: Indicator, area: Area, user: Any, *, on: date) -> list[Happening]:
    """What this person may know of it, oldest first. Names of people need a right of their own.

    Submissions are those visible to the user; of the ledger, what everybody or the user may see.
    """
    submissions = {
        one.pk: one
        for one in Submission.objects.visible_to(user, on)
        .filter(changes__indicator=indicator, **_of(area))
        .select_related("round", "area", "body")
        .distinct()
    }
    names = user.has_perm("indicators.view_revision") or bool(submissions)
    found = [
        *_changes(indicator, submissions),
        *_steps(submissions),
        *_ledger(indicator, area, user, names),
    ]
    return sorted(found, key=lambda one: one.at)


def _of(area: Area) -> dict[str, Any]:
    # Bodies report for ASEAN as a whole.
    return {"area": None} if area.code == ASEAN else {"area": area}


def _changes(indicator: Indicator, submissions: dict[int, Submission]) -> list[Happening]:
    rows = ValueChange.objects.filter(
        submission__in=submissions, indicator=indicator
    ).select_related("by")
    found = []
    for row in rows:
        if row.is_removed:
            what = _("taken out of the draft")
        elif row.version == 1:
            what = _("entered")
        else:
            what = _("changed in the draft")
        if row.file:
            what = _("%(what)s, from the file %(file)s") % {"what": what, "file": row.file}
        found.append(
            Happening(
                row.at,
                what,
                row.period,
                "" if row.is_removed else _value(row, indicator),
                str(row.by or ""),
                row.acting_as,
                row.note,
                str(submissions[row.submission_id].area or submissions[row.submission_id].body),
                submissions[row.submission_id],
            )
        )
    return found


def _steps(submissions: dict[int, Submission]) -> list[Happening]:
    rows = SubmissionStep.objects.filter(submission__in=submissions).select_related("by")
    return [
        Happening(
            row.at,
            _("%(from)s → %(to)s")
            % {"from": row.get_from_state_display(), "to": row.get_to_state_display()},
            submissions[row.submission_id].round.period,
            "",
            str(row.by or ""),
            row.acting_as,
            row.reason,
            str(submissions[row.submission_id].area or submissions[row.submission_id].body),
            submissions[row.submission_id],
        )
        for row in rows
    ]


def _ledger(indicator: Indicator, area: Area, user: Any, names: bool) -> list[Happening]:
    observations = list(
        Observation.objects.visible_to(user)
        .totals()
        .filter(indicator=indicator, area=area)
        .select_related("recorded_by", "indicator")
    )
    revisions: dict[int, list[Revision]] = {}
    for row in (
        Revision.objects.filter(observation__in=observations)
        .select_related("changed_by")
        .order_by("changed_at", "pk")
    ):
        revisions.setdefault(row.observation_id, []).append(row)
    found = []
    for observation in observations:
        changed = revisions.get(observation.pk, [])
        # The row of a changed value says when it changed last, not when it was first recorded.
        if not changed:
            found.append(
                Happening(
                    observation.recorded_at,
                    _("recorded in the ledger"),
                    observation.period,
                    formatting.value_text(observation, indicator),
                    str(observation.recorded_by or "") if names else "",
                    "",
                    "",
                    _source(observation),
                )
            )
        for revision in changed:
            before, after = revision.before.get("value"), revision.after.get("value")
            found.append(
                Happening(
                    revision.changed_at,
                    _("in the ledger: %(kind)s") % {"kind": revision.get_kind_display()},
                    observation.period,
                    f"{before if before is not None else _('no value')} → "
                    f"{after if after is not None else _('no value')}",
                    str(revision.changed_by or "") if names else "",
                    "",
                    revision.reason,
                    _source(observation),
                )
            )
    return found


def _source(observation: Observation) -> str:
    told = observation.provenance
    return str(
        told.get("reported_by") or told.get("document") or told.get("survey") or observation.source
    )[:200]


def _value(row: ValueChange, indicator: Indicator) -> str:
    if row.status in NO_DATA:
        return str(row.get_status_display())
    text = f"{row.value.normalize():f}"
    unit = formatting.unit_text(indicator.unit)
    text = f"{text} {unit}" if unit else text
    return text if row.status == "A" else f"{text} ({row.get_status_display()})"
