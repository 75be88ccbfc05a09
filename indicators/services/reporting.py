"""A submission's way: drafted, submitted, approved nationally, accepted, published; or returned.

Each step is stamped with who, in which post, when and why, and is claimed by a conditional update,
so that two people cannot take the same step twice. Only the last step reaches the ledger.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import NotAllowed, ReasonRequired, WrongState
from indicators.ledger import Estimate, record
from indicators.models import AskedValue, Submission, SubmissionStep
from indicators.reporting.reporters import acting_as, office_day
from indicators.services.entry import REPORTS, locked, may_write

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
    # Taken back by those who handed it in, as long as nobody has approved it.
    Step(State.SUBMITTED, State.DRAFTING, "change_submission"),
    Step(State.SUBMITTED, State.NATIONALLY_APPROVED, "approve_submission", only_areas=True),
    Step(State.SUBMITTED, State.RETURNED, "approve_submission", True, only_areas=True),
    Step(State.SUBMITTED, State.ACCEPTED, "accept_submission", only_bodies=True),
    Step(State.SUBMITTED, State.RETURNED, "accept_submission", True, only_bodies=True),
    Step(State.NATIONALLY_APPROVED, State.ACCEPTED, "accept_submission"),
    Step(State.NATIONALLY_APPROVED, State.RETURNED, "accept_submission", needs_reason=True),
    Step(State.ACCEPTED, State.PUBLISHED, "publish_submission"),
    Step(State.ACCEPTED, State.RETURNED, "publish_submission", needs_reason=True),
    # Unlocking what was published: the values stay until the corrected ones are published.
    Step(State.PUBLISHED, State.RETURNED, "publish_submission", needs_reason=True),
)


# Steps that somebody else than the person who handed the values in has to take.
_BY_ANOTHER = frozenset({State.NATIONALLY_APPROVED, State.ACCEPTED})


@transaction.atomic
def advance(
    *, submission: Submission, to_state: str, by: Any, at: datetime, reason: str = ""
) -> Submission:
    """Take one step. Publishing records the values in the ledger under the area or body.

    Raises WrongState if the step does not follow from the state the row is in by now or a value
    asked for is missing, NotAllowed without the right, ReasonRequired where the step needs one and
    none is given.
    """
    submission = locked(submission)
    step = next((one for one in _steps_from(submission) if one.to_state == to_state), None)
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
    if to_state in _BY_ANOTHER and _handed_in_by(submission, by):
        raise NotAllowed(
            _("You handed these values in yourself. Somebody else has to look at them.")
        )
    if step.needs_reason and not reason.strip():
        raise ReasonRequired(_("Say why, so that the next person knows what to do."))
    if to_state == State.SUBMITTED:
        _refuse_incomplete(submission)
    if not _claim(submission, step):
        raise WrongState(_("Somebody else has taken this step already."))
    SubmissionStep.objects.create(
        submission=submission,
        from_state=step.from_state,
        to_state=to_state,
        reason=reason.strip(),
        at=at,
        by=by,
        acting_as=acting_as(
            by,
            f"indicators.{step.permission}",
            at=at,
            area=submission.area,
            body=submission.body,
        ),
    )
    submission.state = to_state
    if to_state == State.PUBLISHED:
        _publish(submission, by, at)
    return submission


def possible_steps(submission: Submission, by: Any, at: datetime) -> list[Step]:
    """The steps this person may take now."""
    return [
        step
        for step in _steps_from(submission)
        if _may_take(step, submission, by, at)
        and not (step.to_state in _BY_ANOTHER and _handed_in_by(submission, by))
    ]


def missing_values(submission: Submission) -> list[str]:
    """The indicators asked for that have neither a value nor a reason for none."""
    given = submission.values.values("indicator")
    asked = (
        AskedValue.objects.filter(
            round=submission.round_id, area=submission.area_id, body=submission.body_id
        )
        .exclude(indicator__in=given)
        .select_related("indicator")
        .order_by("indicator__position")
    )
    return [str(row.indicator) for row in asked]


def _claim(submission: Submission, step: Step) -> bool:
    """Move the row on, if it still is in the state the step leads from."""
    rows = Submission.objects.filter(pk=submission.pk, state=step.from_state)
    return rows.update(state=step.to_state) == 1


def _steps_from(submission: Submission) -> list[Step]:
    return [
        step
        for step in STEPS
        if step.from_state == submission.state
        and not (step.only_areas and submission.area_id is None)
        and not (step.only_bodies and submission.body_id is None)
    ]


def _may_take(step: Step, submission: Submission, by: Any, at: datetime) -> bool:
    permission = f"indicators.{step.permission}"
    if permission == REPORTS:
        return may_write(by, submission.area, submission.body, at)
    if not by.is_active or not by.has_perm(permission):
        return False
    if step.permission != "approve_submission" or submission.area is None:
        return True
    # Who holds the right for named areas approves for these; who holds it without limit, for all.
    areas = by.granted_areas(office_day(at))
    return not areas.exists() or areas.filter(pk=submission.area_id).exists()


def _handed_in_by(submission: Submission, by: Any) -> bool:
    last = submission.steps.filter(to_state=State.SUBMITTED).order_by("-at", "-pk").first()
    return last is not None and last.by_id == by.pk


def _refuse_incomplete(submission: Submission) -> None:
    missing = missing_values(submission)
    if missing:
        named = "; ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        raise WrongState(
            _(
                "%(count)s of the values asked for are missing: %(named)s. Enter each, or say "
                "“no data” and why."
            )
            % {"count": len(missing), "named": named}
        )
    if not submission.values.exists():
        raise WrongState(_("There is no value to hand in yet. Enter at least one."))


def _publish(submission: Submission, by: Any, at: datetime) -> None:
    code = submission.area.code if submission.area else submission.body.acronym
    area = submission.area.code if submission.area else "ASEAN"
    values = list(submission.values.select_related("indicator"))
    steps = list(submission.steps.all())
    entered = {
        change.indicator_id: change
        for change in submission.changes.filter(is_removed=False).order_by("version")
    }
    estimates = [
        Estimate(
            indicator=value.indicator.slug,
            area=area,
            period=value.period,
            value=value.value,
            status=value.status,
            method="reported",
            provenance={
                "kind": "submission",
                "submission": submission.round.title,
                "submission_token": submission.token,
                "reported_by": _name_and_code(submission),
                "note": value.note,
                **_way(steps, entered.get(value.indicator_id)),
            },
            is_demonstration=submission.round.is_demonstration,
        )
        for value in values
    ]
    content = json.dumps(
        [[v.indicator.slug, v.period, str(v.value), v.status, v.note] for v in values]
        + [[step.pk for step in steps]]
    )
    last_return = next((s for s in reversed(steps) if s.to_state == State.RETURNED), None)
    record(
        estimates,
        source=f"reporting:{code}",
        digest=hashlib.sha256(content.encode()).hexdigest(),
        at=at,
        by=by,
        reason=last_return.reason if last_return else submission.round.title,
        withdraw_missing=False,
    )


def _name_and_code(submission: Submission) -> str:
    if submission.area:
        return f"{submission.area.name} ({submission.area.code})"
    return f"{submission.body.name} ({submission.body.acronym})"


def _way(steps: list[SubmissionStep], entered: Any) -> dict[str, Any]:
    """Who did what in which post, and when: for the public, so without anybody's name."""
    keys = {
        State.SUBMITTED: "handed_in",
        State.NATIONALLY_APPROVED: "approved",
        State.ACCEPTED: "accepted",
        State.PUBLISHED: "published",
    }
    way: dict[str, Any] = {}
    if entered is not None:
        way["entered"] = _stamp(entered.at, entered.acting_as)
        if entered.file:
            way["file"] = entered.file
    for step in steps:
        if step.to_state in keys:
            way[keys[step.to_state]] = _stamp(step.at, step.acting_as)
    returned = [step.at.strftime("%Y-%m-%d") for step in steps if step.to_state == State.RETURNED]
    if returned:
        way["returned"] = returned
    return way


def _stamp(at: datetime, acting_as: str) -> str:
    day = at.strftime("%Y-%m-%d")
    return f"{day}, {acting_as}" if acting_as else day
