"""Opening, pausing and closing waves, by hand with a reason and by the clock."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from surveys import quotas
from surveys.errors import TransitionRefused
from surveys.models import AuditEntry, Wave, WaveTransition
from surveys.services.audit import note

State = Wave.State

STEPS: dict[str, frozenset[str]] = {
    State.DRAFTED: frozenset({State.SCHEDULED, State.COLLECTING, State.ARCHIVED}),
    State.SCHEDULED: frozenset({State.DRAFTED, State.COLLECTING, State.CLOSED}),
    State.COLLECTING: frozenset({State.PAUSED, State.CLOSED}),
    State.PAUSED: frozenset({State.COLLECTING, State.CLOSED}),
    State.CLOSED: frozenset({State.COLLECTING, State.PUBLISHED, State.ARCHIVED}),
    State.PUBLISHED: frozenset({State.COLLECTING, State.ARCHIVED}),
    State.ARCHIVED: frozenset(),
}
NEEDS_REASON = {
    (State.CLOSED, State.COLLECTING),
    (State.PUBLISHED, State.COLLECTING),
    (State.COLLECTING, State.PAUSED),
    (State.COLLECTING, State.CLOSED),
    (State.PAUSED, State.CLOSED),
}


@transaction.atomic
def move_wave(*, wave: Wave, to: str, at: datetime, by=None, reason: str = "") -> None:
    """Take a wave to another state and write down who did it and why.

    Raises `TransitionRefused` for a step that does not exist, for one that needs a reason and
    has none, and when somebody else moved the wave in the meantime.
    """
    before = wave.state
    if to not in STEPS[before]:
        raise TransitionRefused(
            _("“%(wave)s” is %(state)s and cannot become %(to)s from there.")
            % {"wave": wave, "state": State(before).label, "to": State(to).label}
        )
    if (before, to) in NEEDS_REASON and not reason.strip():
        raise TransitionRefused(
            _("Please say why “%(wave)s” becomes %(to)s: respondents may ask.")
            % {"wave": wave, "to": State(to).label}
        )
    if to == State.COLLECTING and (
        wrong := quotas.problems(wave.quotas.all(), wave.questionnaire.definition)
    ):
        raise TransitionRefused(
            _("Nobody could submit: quotas do not fit the questionnaire. %(which)s")
            % {"which": " ".join(wrong)}
        )
    changes: dict = {"state": to}
    if to == State.COLLECTING:
        if wave.opens_at is None or wave.opens_at > at:
            changes["opens_at"] = at
        if wave.closes_at and wave.closes_at <= at:
            changes["closes_at"] = None
    if not Wave.objects.filter(pk=wave.pk, state=before).update(**changes):
        raise TransitionRefused(
            _("Somebody else changed “%(wave)s” just now. Look at it again.") % {"wave": wave}
        )
    for name, value in changes.items():
        setattr(wave, name, value)
    WaveTransition.objects.create(
        wave=wave, from_state=before, to_state=to, reason=reason.strip()[:300], by=by, at=at
    )
    note(
        action=AuditEntry.Action.MOVED,
        wave=wave,
        at=at,
        by=by,
        words=f"{State(before).label} → {State(to).label}. {reason.strip()[:300]}".strip(),
    )


def open_and_close_waves(*, at: datetime) -> int:
    """Open scheduled waves whose time has come and close those whose time is over.

    Returns the number of waves moved. A wave that somebody moves at the same moment is skipped.
    """
    due = Wave.objects.filter(
        Q(state=State.SCHEDULED, opens_at__lte=at)
        | Q(state__in=[State.COLLECTING, State.PAUSED, State.SCHEDULED], closes_at__lte=at)
    )
    moved = 0
    for wave in due:
        is_over = wave.closes_at is not None and wave.closes_at <= at
        try:
            move_wave(
                wave=wave,
                to=State.CLOSED if is_over else State.COLLECTING,
                at=at,
                reason=_("The date set for it was reached."),
            )
        except TransitionRefused:
            continue
        moved += 1
    return moved
