"""What a reporter does with a draft: begin it and save values, losing nobody's work.

A value carries a version. Who saves says which version they saw; where somebody else has saved
another one meanwhile, nothing is written and both are handed back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import EditedMeanwhile, NotAllowed, UnusableValue, WrongState
from indicators.models import (
    NO_DATA,
    Area,
    AskedValue,
    Indicator,
    ReportingRound,
    SectoralBody,
    Submission,
    SubmittedValue,
    ValueChange,
    ValueStatus,
)
from indicators.periods import is_period, year_of
from indicators.reporting.reporters import acting_as, office_day
from indicators.units import usable

REPORTS = "indicators.change_submission"


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody wants a value to be.

    `version` is the one they saw (0: there was none); None saves over whatever stands. An entry
    without value, note and period's meaning takes the value out.
    """

    indicator: Indicator
    period: str
    value: Decimal | None = None
    status: str = ValueStatus.NORMAL
    note: str = ""
    version: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said at all."""
        return self.value is None and not self.note.strip() and self.status not in NO_DATA

    @property
    def said(self) -> tuple:
        """What counts as the same or another content."""
        if self.is_empty:
            return ()
        return (self.period, self.value, str(self.status), self.note.strip())


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that two people changed: what stands, and what this person wanted."""

    theirs: ValueChange
    mine: Entry


@transaction.atomic
def start_submission(
    *,
    round: ReportingRound,
    area: Area | None = None,
    body: SectoralBody | None = None,
    by: Any,
    at: datetime,
) -> Submission:
    """The submission of an area or a body to a round, begun if it was not.

    Raises NotAllowed unless the user acts for that area or body and the round asks it for
    something, WrongState for a closed round.
    """
    if (area is None) == (body is None):
        raise ValueError("Give an area or a body, one of the two.")
    if not may_write(by, area, body, at):
        raise NotAllowed(_("You do not report for %(whom)s.") % {"whom": area or body})
    found = Submission.objects.filter(round=round, area=area, body=body).first()
    if found is not None:
        return found
    if not ReportingRound.objects.open(at).filter(pk=round.pk).exists():
        raise WrongState(_("The round “%(round)s” is not open.") % {"round": round})
    if not AskedValue.objects.filter(round=round, area=area, body=body).exists():
        raise NotAllowed(
            _("The round “%(round)s” asks %(whom)s for nothing.")
            % {"round": round, "whom": area or body}
        )
    return Submission.objects.get_or_create(round=round, area=area, body=body)[0]


@transaction.atomic
def save_values(
    *, submission: Submission, entries: Iterable[Entry], by: Any, at: datetime, file: str = ""
) -> int:
    """Keep the draft's values, all or none; return how many of them changed.

    `file` names the spreadsheet they were read from. Raises NotAllowed for others' submissions
    (also when a term has ended since the form was opened), WrongState once it has been handed in
    or the round has closed, UnusableValue for what the unit does not allow, EditedMeanwhile with
    both values of each conflict.
    """
    submission = locked(submission)
    if not may_write(by, submission.area, submission.body, at):
        raise NotAllowed(_("You do not report for %(whom)s.") % {"whom": whom(submission)})
    _refuse_unless_open(submission)
    asked = set(
        AskedValue.objects.filter(
            round=submission.round, area=submission.area, body=submission.body
        ).values_list("indicator_id", flat=True)
    )
    held = {value.indicator_id: value for value in submission.values.all()}
    latest, seen = _versions(submission)
    was_published = submission.steps.filter(to_state=Submission.State.PUBLISHED).exists()
    acts_as = acting_as(by, REPORTS, at=at, area=submission.area, body=submission.body)
    conflicts, changes = [], []
    for entry in entries:
        key = entry.indicator.pk
        if key not in asked:
            raise WrongState(
                _("The round does not ask %(whom)s for “%(indicator)s”.")
                % {"whom": whom(submission), "indicator": entry.indicator}
            )
        now = latest.get(key)
        stands = _said(now)
        if entry.said == stands:
            continue
        number = now.version if now else 0
        if entry.version is not None and entry.version != number:
            if entry.said == _said(seen.get((key, entry.version))):
                continue  # Untouched by this person: the other's change stands.
            conflicts.append(Conflict(now, entry))
            continue
        checked(entry, submission.round)
        if was_published:
            _refuse_to_unsay(entry, held.get(key))
        changes.append(
            ValueChange(
                submission=submission,
                indicator=entry.indicator,
                version=number + 1,
                period=entry.period,
                value=entry.value,
                status=entry.status,
                note=entry.note.strip(),
                is_removed=entry.is_empty,
                file=file[:200],
                at=at,
                by=by,
                acting_as=acts_as,
            )
        )
    if conflicts:
        raise EditedMeanwhile(
            _("Somebody else has saved other values meanwhile. Decide below which of them stand."),
            tuple(conflicts),
        )
    ValueChange.objects.bulk_create(changes)
    for change in changes:
        _apply(submission, change)
    return len(changes)


def checked(entry: Entry, round: ReportingRound) -> Entry:
    """The entry, if it can stand in the round. Raises UnusableValue with value and remedy."""
    if entry.is_empty:
        return entry
    if not is_period(entry.period):
        raise UnusableValue(
            _("The period “%(period)s” is not understood. Write 2026 or 2026-Q4.")
            % {"period": entry.period}
        )
    if year_of(entry.period) > year_of(round.period):
        raise UnusableValue(
            _("The period %(period)s lies after the round's, %(round)s.")
            % {"period": entry.period, "round": round.period}
        )
    if entry.value is not None:
        if entry.status in NO_DATA:
            raise UnusableValue(
                _("There is a value, and “%(status)s” beside it. Take one of the two away.")
                % {"status": ValueStatus(entry.status).label}
            )
        usable(entry.value, entry.indicator.unit)
    elif entry.status not in NO_DATA:
        raise UnusableValue(_("There is a note and no value. Give a value, or say “no data”."))
    elif not entry.note.strip():
        raise UnusableValue(_("Say why there is no data: it will stand where the value would."))
    return entry


def may_write(by: Any, area: Area | None, body: SectoralBody | None, at: datetime) -> bool:
    """Whether the person hands in values for that area or body on the day."""
    if not by.is_active or not by.has_perm(REPORTS):
        return False
    if by.is_superuser:
        return True
    on = office_day(at)
    if area is not None:
        return by.granted_areas(on).filter(pk=area.pk).exists()
    return body is not None and by.granted_bodies(on).filter(pk=body.pk).exists()


def once_might_write(by: Any, submission: Submission, at: datetime) -> bool:
    """Whether the person could hand in values when the round opened or yesterday, or has since.

    To such a person one says that their term has ended; to others, nothing.
    """
    for day in (submission.round.opens_at, at - timedelta(days=1)):
        granted = (
            by.granted_areas(office_day(day)).filter(pk=submission.area_id)
            if submission.area_id
            else by.granted_bodies(office_day(day)).filter(pk=submission.body_id)
        )
        if granted.exists():
            return True
    return submission.changes.filter(by=by).exists() or submission.steps.filter(by=by).exists()


def locked(submission: Submission) -> Submission:
    """The row itself, held until the transaction ends."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .select_related("area", "body", "round")
        .get(pk=submission.pk)
    )


def versions_of(submission: Submission) -> dict[int, int]:
    """The newest version of each value by the indicator's key, also of one that was taken out."""
    rows = submission.changes.order_by("version").values_list("indicator_id", "version")
    return dict(rows)


def whom(submission: Submission) -> str:
    """The area or body in words."""
    return str(submission.area or submission.body)


def _refuse_unless_open(submission: Submission) -> None:
    if not submission.is_open_for_entry:
        raise WrongState(
            _("The submission is %(state)s; its values can only change in a draft.")
            % {"state": submission.get_state_display()}
        )
    if submission.state == Submission.State.DRAFTING and submission.round.closed_at is not None:
        raise WrongState(
            _("The round “%(round)s” is closed. Ask for it to be opened again.")
            % {"round": submission.round}
        )


def _versions(
    submission: Submission,
) -> tuple[dict[int, ValueChange], dict[tuple[int, int], ValueChange]]:
    """The newest change of each indicator, and every change by indicator and version."""
    seen = {
        (change.indicator_id, change.version): change
        for change in submission.changes.select_related("by").order_by("version")
    }
    return {key: change for (key, _version), change in seen.items()}, seen


def _said(change: ValueChange | None) -> tuple:
    if change is None or change.is_removed:
        return ()
    return (change.period, change.value, change.status, change.note)


def _refuse_to_unsay(entry: Entry, held: SubmittedValue | None) -> None:
    """What was published once is corrected, not made to vanish."""
    if held is None:
        return
    if entry.is_empty or entry.period != held.period:
        raise UnusableValue(
            _(
                "The value for %(period)s was published. Correct it, or say “no data” and why; "
                "it cannot be taken out or moved to another period."
            )
            % {"period": held.period}
        )


def _apply(submission: Submission, change: ValueChange) -> None:
    if change.is_removed:
        submission.values.filter(indicator=change.indicator).delete()
        return
    SubmittedValue.objects.update_or_create(
        submission=submission,
        indicator=change.indicator,
        defaults={
            "period": change.period,
            "value": change.value,
            "status": change.status,
            "note": change.note,
            "version": change.version,
        },
    )
