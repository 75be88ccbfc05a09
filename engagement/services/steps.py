"""One step of a registration from state to state, with the row that remembers it."""

from collections.abc import Iterable
from datetime import datetime

from engagement.errors import RegistrationChanged
from engagement.models import Registration, RegistrationTransition, User

State = Registration.State
Actor = RegistrationTransition.Actor


def step(
    registration: Registration,
    *,
    to: str,
    out_of: Iterable[str],
    at: datetime,
    actor: str,
    by: User | None = None,
    reason: str = "",
    **columns,
) -> None:
    """Move the registration by a conditional update and record who, when and why.

    Raises RegistrationChanged when it is no longer in one of the states `out_of`; the caller's
    transaction then takes back what it did before, seats included.
    """
    before = registration.state
    moved = Registration.objects.filter(
        pk=registration.pk, state__in=list(out_of), state=before
    ).update(state=to, **columns)
    if not moved:
        raise RegistrationChanged(
            f"The registration of {registration.name} for “{registration.event}” has changed "
            f"in the meantime. Open it again to see where it stands."
        )
    registration.state = to
    for name, value in columns.items():
        setattr(registration, name, value)
    record(registration, before=before, at=at, actor=actor, by=by, reason=reason)


def record(
    registration: Registration,
    *,
    before: str,
    at: datetime,
    actor: str,
    by: User | None = None,
    reason: str = "",
) -> None:
    """Write down a step that was made."""
    RegistrationTransition.objects.create(
        registration=registration,
        from_state=before,
        to_state=registration.state,
        actor=actor,
        by=by,
        reason=reason[:300],
        at=at,
    )
