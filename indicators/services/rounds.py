"""Setting up, changing, closing and reopening a round. Each is kept with who, when and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indicators.errors import InvalidEntry, NotAllowed, ReasonRequired, WrongState
from indicators.models import (
    AskedValue,
    Indicator,
    ReportingRound,
    RoundStep,
    Submission,
    SubmittedValue,
)
from indicators.reporting.asking import Asked, rows

_TOLD = ("title", "period", "opens_at", "deadline_at", "instructions", "reminder_days")


@transaction.atomic
def set_up_round(
    *,
    title: str,
    period: str,
    opens_at: datetime,
    deadline_at: datetime,
    indicators: Iterable[Indicator],
    asked: Mapping[int, Asked],
    by: Any,
    at: datetime,
    instructions: str = "",
    reminder_days: list[int] | None = None,
    is_demonstration: bool = False,
) -> ReportingRound:
    """Make a round that asks for `indicators`, each of those `asked` names by its key.

    Raises InvalidEntry for a placeholder, of which nobody can say anything.
    """
    _may(by, "add_reportinground")
    made = ReportingRound(
        title=title,
        period=period,
        opens_at=opens_at,
        deadline_at=deadline_at,
        instructions=instructions,
        is_demonstration=is_demonstration,
    )
    if reminder_days is not None:
        made.reminder_days = reminder_days
    chosen = list(indicators)
    _check_described(chosen)
    made.save()
    made.indicators.set(chosen)
    keys = {one.pk for one in chosen}
    AskedValue.objects.bulk_create(
        rows(made, {key: whom for key, whom in asked.items() if key in keys})
    )
    RoundStep.objects.create(round=made, kind=RoundStep.Kind.OPENED, at=at, by=by)
    return made


@transaction.atomic
def change_round(
    *,
    round: ReportingRound,
    by: Any,
    at: datetime,
    reason: str = "",
    indicators: Iterable[Indicator] | None = None,
    **fields: Any,
) -> ReportingRound:
    """Change title, dates, instructions, reminders or indicators; what it was is kept.

    An indicator that leaves takes with it who is asked for it. Raises ReasonRequired when the
    deadline or the period changes without a reason, WrongState where a value has been entered for
    an indicator that is to leave or for the old period.
    """
    _may(by, "change_reportinground")
    if unknown := fields.keys() - set(_TOLD):
        raise TypeError(f"A round has no {', '.join(sorted(unknown))} to change.")
    round = ReportingRound.objects.select_for_update().get(pk=round.pk)
    changes = {}
    for name, value in fields.items():
        before = getattr(round, name)
        if before != value:
            changes[name] = [_plain(before), _plain(value)]
            setattr(round, name, value)
    if {"deadline_at", "period"} & changes.keys() and not reason.strip():
        raise ReasonRequired(
            _("The deadline or the period changes. Say why: those asked will want to know.")
        )
    entered = SubmittedValue.objects.filter(submission__round=round)
    if "period" in changes and entered.exists():
        raise WrongState(
            _("Values for %(period)s are entered already. Open a round for the other period.")
            % {"period": changes["period"][0]}
        )
    if indicators is not None:
        chosen = {one.pk: one for one in indicators}
        held = {one.pk: one for one in round.indicators.all()}
        _check_described(one for pk, one in chosen.items() if pk not in held)
        leaving = held.keys() - chosen.keys()
        kept = entered.filter(indicator__in=leaving).select_related("indicator").first()
        if kept is not None:
            raise WrongState(
                _("“%(indicator)s” cannot leave the round: a value for it is entered already.")
                % {"indicator": kept.indicator}
            )
        if held.keys() != chosen.keys():
            changes["indicators"] = [
                sorted(one.slug for one in held.values()),
                sorted(one.slug for one in chosen.values()),
            ]
            round.indicators.set(chosen.values())
            round.asked.filter(indicator__in=leaving).delete()
    if changes:
        round.save()
        _keep(round, RoundStep.Kind.CHANGED, by, at, reason, changes)
    return round


@transaction.atomic
def ask(*, round: ReportingRound, asked: Mapping[int, Asked], by: Any, at: datetime) -> int:
    """Ask exactly these for the indicators named by key; return how many values are asked for.

    Other indicators stay as they are. Raises WrongState where somebody is to be asked no more who
    has entered a value already.
    """
    _may(by, "change_reportinground")
    round = ReportingRound.objects.select_for_update().get(pk=round.pk)
    on_board = round.indicators.in_bulk()
    asked = {key: whom for key, whom in asked.items() if key in on_board}
    held = {
        (row.indicator_id, row.area_id, row.body_id): row
        for row in round.asked.filter(indicator__in=asked).select_related(
            "indicator", "area", "body"
        )
    }
    wanted = {(row.indicator_id, row.area_id, row.body_id): row for row in rows(round, asked)}
    leaving = held.keys() - wanted.keys()
    entered = {
        (value.indicator_id, value.submission.area_id, value.submission.body_id): value
        for value in SubmittedValue.objects.filter(
            submission__round=round, indicator__in=asked
        ).select_related("indicator", "submission__area", "submission__body")
    }
    for key in leaving & entered.keys():
        value = entered[key]
        raise WrongState(
            _("%(whom)s has entered a value for “%(indicator)s” and stays asked for it.")
            % {
                "whom": value.submission.area or value.submission.body,
                "indicator": value.indicator,
            }
        )
    joining = [row for key, row in wanted.items() if key not in held]
    for row in joining:
        row.indicator = on_board[row.indicator_id]
    if leaving or joining:
        AskedValue.objects.filter(pk__in=[held[key].pk for key in leaving]).delete()
        AskedValue.objects.bulk_create(joining)
        changes = {
            "asked": [
                sorted(_named(held[key]) for key in leaving),
                sorted(_named(row) for row in joining),
            ]
        }
        _keep(round, RoundStep.Kind.CHANGED, by, at, "", changes)
    return round.asked.count()


@transaction.atomic
def close_round(*, round: ReportingRound, by: Any, at: datetime, reason: str = "") -> None:
    """Take no more new values. What was handed in goes on its way; what is returned may be
    corrected. Raises WrongState if the round is closed already."""
    _may(by, "change_reportinground")
    closed = ReportingRound.objects.filter(pk=round.pk, closed_at=None).update(closed_at=at)
    if not closed:
        raise WrongState(_("The round “%(round)s” is closed already.") % {"round": round})
    _keep(round, RoundStep.Kind.CLOSED, by, at, reason)


@transaction.atomic
def reopen_round(*, round: ReportingRound, by: Any, at: datetime, reason: str) -> None:
    """Take values again. Raises ReasonRequired without a reason, WrongState if it is open."""
    _may(by, "change_reportinground")
    if not reason.strip():
        raise ReasonRequired(_("Say why the round is opened again."))
    opened = (
        ReportingRound.objects.filter(pk=round.pk).exclude(closed_at=None).update(closed_at=None)
    )
    if not opened:
        raise WrongState(_("The round “%(round)s” is open.") % {"round": round})
    _keep(round, RoundStep.Kind.REOPENED, by, at, reason)


def waiting_in(round: ReportingRound) -> int:
    """How many submissions of the round are with those who decide."""
    return round.submissions.filter(
        state__in=[
            Submission.State.SUBMITTED,
            Submission.State.NATIONALLY_APPROVED,
            Submission.State.ACCEPTED,
        ]
    ).count()


def _may(by: Any, permission: str) -> None:
    if by is not None and not by.has_perm(f"indicators.{permission}"):
        raise NotAllowed(_("Setting up reporting rounds needs a right you do not have."))


def _check_described(chosen: Iterable[Indicator]) -> None:
    for indicator in chosen:
        if indicator.is_placeholder:
            raise InvalidEntry(
                _(
                    "“%(indicator)s” is a placeholder: its source does not describe it, so nobody "
                    "can be asked for it. Leave it out, or describe it first."
                )
                % {"indicator": indicator},
                "indicators",
            )


def _keep(
    round: ReportingRound, kind: str, by: Any, at: datetime, reason: str, changes: Any = None
) -> None:
    RoundStep.objects.create(
        round=round, kind=kind, at=at, by=by, reason=reason.strip(), changes=changes or {}
    )


def _named(row: AskedValue) -> str:
    whom = row.area.code if row.area else row.body.acronym
    return f"{row.indicator.slug}: {whom}"


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%d %H:%M UTC") if isinstance(value, datetime) else value
