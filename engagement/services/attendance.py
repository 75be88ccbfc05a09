"""Who came: scans at the door, and the marks staff make in a list."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from engagement.models import CheckIn, Registration, Session, User
from engagement.services.steps import Actor, State, step


@transaction.atomic
def check_in(
    *,
    registration: Registration,
    uuid: UUID,
    at: datetime,
    by: User | None = None,
    device: str = "",
    was_offline: bool = False,
    session: Session | None = None,
) -> CheckIn:
    """Record a scan at the door. The device's `uuid` makes a replayed scan count once.

    A confirmed registration becomes attended; a second door is recorded as repeated; everybody
    else is refused, with the row to show it.
    """
    existing = CheckIn.objects.filter(uuid=uuid).first()
    if existing is not None:
        return existing
    registration.refresh_from_db(fields=["state"])
    if registration.state == State.CONFIRMED:
        step(
            registration,
            to=State.ATTENDED,
            out_of=[State.CONFIRMED],
            at=at,
            actor=Actor.STAFF,
            by=by,
            reason=_("Checked in."),
        )
        result = CheckIn.Result.ADMITTED
    elif registration.state == State.ATTENDED:
        seen = CheckIn.objects.filter(registration=registration, session=session).exists()
        result = CheckIn.Result.REPEATED if seen else CheckIn.Result.ADMITTED
    else:
        result = CheckIn.Result.REFUSED
    return CheckIn.objects.create(
        uuid=uuid,
        registration=registration,
        session=session,
        device=device,
        was_offline=was_offline,
        result=result,
        by=by,
        at=at,
    )
