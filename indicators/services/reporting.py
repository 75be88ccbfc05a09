"""A submission's way: drafted, submitted, approved nationally, accepted, published; or returned.

Each step is stamped with who, when and why, and is claimed by a conditional update, so that two
people cannot take the same step twice. Only the last step reaches the ledger.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import NotAllowed, ReasonRequired, WrongState
from indicators.ledger import Estimate, record
from indicators.models import (
    Area,
    Indicator,
    ReportingRound,
    SectoralBody,
    Submission,
    SubmissionStep,
    SubmittedValue,
)
from indicators.periods import is_period

State = Submission.State


@dataclass(frozen=True, slots=True)
class Step:
    """A way from one state to another: who may go it, for whom, and whether it needs a reason."""

    from_state: str
    to_state: str
    permission: str
    needs_reason: bool = False
    only_areas: bool = False
    only_bodies: bool = False


STEPS = (
    Step(State.DRAFTING, State.SUBMITTED, "change_submission"),
    Step(State.RETURNED, State.SUBMITTED, "change_submission"),
    Step(State.SUBMITTED, State.NATIONALLY_APPROVED, "approve_submission", only_areas=True),
    Step(State.SUBMITTED, State.RETURNED, "approve_submission", needs_reason=True),
    Step(State.SUBMITTED, State.ACCEPTED, "accept_submission", only_bodies=True),
    Step(State.NATIONALLY_APPROVED, State.ACCEPTED, "accept_submission"),
    Step(State.NATIONALLY_APPROVED, State.RETURNED, "accept_submission", needs_reason=True),
    Step(State.ACCEPTED, State.PUBLISHED, "publish_submission"),
    Step(State.ACCEPTED, State.RETURNED, "publish_submission", needs_reason=True),
    # Unlocking what was published: the values stay until the corrected ones are published.
    Step(State.PUBLISHED, State.RETURNED, "publish_submission", needs_reason=True),
)


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

    Raises NotAllowed unless the user acts for that area or body, WrongState for a closed round.
    """
    if (area is None) == (body is None):
        raise ValueError("Give an area or a body, one of the two.")
    if not may_write(by, area, body, at):
        raise NotAllowed(_("You do not report for %(whom)s.") % {"whom": area or body})
    if not ReportingRound.objects.open(at).filter(pk=round.pk).exists():
        raise WrongState(_("The round “%(round)s” is not open.") % {"round": round})
    submission, _created = Submission.objects.get_or_create(round=round, area=area, body=body)
    return submission


@transaction.atomic
def save_values(
    *,
    submission: Submission,
    values: Iterable[tuple[Indicator, str, Decimal | None, str]],
    by: Any,
    at: datetime,
) -> int:
    """Keep the draft's values, (indicator, period, value, note) each; an empty one is removed.

    Raises WrongState once the submission has been handed in, NotAllowed for others' submissions.
    Returns how many values the draft now has.
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("area", "body")
        .get(pk=submission.pk)
    )
    if not may_write(by, submission.area, submission.body, at):
        raise NotAllowed(_("You do not report for %(whom)s.") % {"whom": _whom(submission)})
    if not submission.is_open_for_entry:
        raise WrongState(
            _("The submission is %(state)s; its values can only change in a draft.")
            % {"state": submission.get_state_display()}
        )
    for indicator, period, value, note in values:
        if not is_period(period):
            raise WrongState(
                _("The period “%(period)s” is not understood. Write 2026 or 2026-Q4.")
                % {"period": period}
            )
        if value is None and not note.strip():
            submission.values.filter(indicator=indicator, period=period).delete()
            continue
        SubmittedValue.objects.update_or_create(
            submission=submission,
            indicator=indicator,
            period=period,
            defaults={"value": value, "note": note.strip()},
        )
    return submission.values.count()


@transaction.atomic
def advance(
    *, submission: Submission, to_state: str, by: Any, at: datetime, reason: str = ""
) -> Submission:
    """Take one step. Publishing records the values in the ledger under the area or body.

    Raises WrongState if the step does not follow from the state the row is in by now, NotAllowed
    without the right, ReasonRequired where the step needs one and none is given.
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("area", "body")
        .get(pk=submission.pk)
    )
    step = next(
        (
            step
            for step in STEPS
            if (step.from_state, step.to_state) == (submission.state, to_state)
            and not (step.only_areas and submission.area is None)
            and not (step.only_bodies and submission.body is None)
        ),
        None,
    )
    if step is None:
        raise WrongState(
            _("From “%(state)s” there is no step to “%(to)s”.")
            % {
                "state": submission.get_state_display(),
                "to": dict(State.choices).get(to_state, to_state),
            }
        )
    if not _may_take(step, submission, by, at):
        raise NotAllowed(_("This step needs a right you do not have."))
    if step.needs_reason and not reason.strip():
        raise ReasonRequired(_("Say why, so that the next person knows what to do."))
    if to_state == State.SUBMITTED and not submission.values.exists():
        raise WrongState(_("There is no value to hand in yet. Enter at least one."))
    if to_state == State.PUBLISHED:
        _publish(submission, by, at)
    claimed = Submission.objects.filter(pk=submission.pk, state=step.from_state).update(
        state=to_state
    )
    if not claimed:
        raise WrongState(_("Somebody else has taken this step already."))
    SubmissionStep.objects.create(
        submission=submission,
        from_state=step.from_state,
        to_state=to_state,
        reason=reason.strip(),
        at=at,
        by=by,
    )
    submission.state = to_state
    return submission


def possible_steps(submission: Submission, by: Any, at: datetime) -> list[Step]:
    """The steps this person may take now."""
    return [
        step
        for step in STEPS
        if step.from_state == submission.state
        and not (step.only_areas and submission.area_id is None)
        and not (step.only_bodies and submission.body_id is None)
        and _may_take(step, submission, by, at)
    ]


def may_write(by: Any, area: Area | None, body: SectoralBody | None, at: datetime) -> bool:
    """Whether the person hands in values for that area or body on the day."""
    if not by.is_active or not by.has_perm("indicators.change_submission"):
        return False
    if by.is_superuser:
        return True
    if area is not None:
        return by.granted_areas(at.date()).filter(pk=area.pk).exists()
    return body is not None and by.granted_bodies(at.date()).filter(pk=body.pk).exists()


def _may_take(step: Step, submission: Submission, by: Any, at: datetime) -> bool:
    if step.permission == "change_submission":
        return may_write(by, submission.area, submission.body, at)
    return by.is_active and by.has_perm(f"indicators.{step.permission}")


def _publish(submission: Submission, by: Any, at: datetime) -> None:
    whom = submission.area.code if submission.area else submission.body.acronym
    area = submission.area.code if submission.area else "ASEAN"
    values = list(submission.values.select_related("indicator"))
    estimates = [
        Estimate(
            indicator=value.indicator.slug,
            area=area,
            period=value.period,
            value=value.value,
            status="A" if value.value is not None else "O",
            method="reported",
            provenance={
                "kind": "submission",
                "submission": str(submission.round),
                "reported_by": whom,
                "note": value.note,
            },
            is_demonstration=submission.round.is_demonstration,
        )
        for value in values
    ]
    content = json.dumps([[v.indicator.slug, v.period, str(v.value), v.note] for v in values])
    last_return = submission.steps.filter(to_state=State.RETURNED).order_by("-at", "-pk").first()
    record(
        estimates,
        source=f"reporting:{whom}",
        digest=hashlib.sha256(content.encode()).hexdigest(),
        at=at,
        by=by,
        reason=last_return.reason if last_return else str(submission.round),
        withdraw_missing=False,
    )


def _whom(submission: Submission) -> str:
    return str(submission.area or submission.body)
