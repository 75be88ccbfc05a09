"""The unfinished row of a respondent: found by its secret, locked, and whether it may still grow."""

from datetime import datetime

from django.utils.translation import gettext as _

from surveys.errors import AlreadySubmitted, WaveNotOpen
from surveys.models import Response, Wave
from surveys.services.receipts import hash_of

# What a saved page changes.
KEPT = ("answers", "language", "area", "last_page", "paradata", "shown_order")

# What tells whether a wave takes answers.
_WHEN_OPEN = ("state", "opens_at", "closes_at")


def find_started(*, wave: Wave, secret: str) -> Response | None:
    """The unfinished response of whoever holds `secret`, or None."""
    if not secret:
        return None
    found = Response.objects.started().filter(
        wave=wave, resume_hash=hash_of("resume", wave, secret)
    )
    for response in found[:1]:
        response.wave = wave
        if response.questionnaire_id == wave.questionnaire_id:
            response.questionnaire = wave.questionnaire
        return response
    return None


def require_open(wave: Wave, at: datetime) -> None:
    """Raise `WaveNotOpen` with the reason; `wave` must be fresh from the database."""
    if wave.is_open(at=at):
        return
    if wave.state == Wave.State.PAUSED:
        raise WaveNotOpen(_("This survey is paused for the moment. Please come back later."))
    if wave.state in (Wave.State.DRAFTED, Wave.State.SCHEDULED) or (
        wave.opens_at and wave.opens_at > at
    ):
        raise WaveNotOpen(_("This survey has not opened yet."))
    raise WaveNotOpen(_("This survey has closed and takes no more answers. Nothing was sent."))


def fresh_of(wave: Wave) -> Wave:
    return Wave.objects.only(*_WHEN_OPEN).get(pk=wave.pk)


def hold(response: Response) -> Wave:
    """Lock the unfinished row and take over what another tab has saved since it was read.

    Returns the wave's columns that tell whether it is open, as the database has them now. Raises
    `AlreadySubmitted` when the response is no longer unfinished.
    """
    held = (
        Response.objects.started()
        .select_for_update(of=["self"])
        .filter(pk=response.pk)
        .values_list(*KEPT, *(f"wave__{name}" for name in _WHEN_OPEN))[:1]
    )
    for row in held:
        for name, value in zip(KEPT, row, strict=False):
            setattr(response, name, value)
        return Wave(pk=response.wave_id, **dict(zip(_WHEN_OPEN, row[len(KEPT) :], strict=True)))
    raise AlreadySubmitted(_("You have already answered."))
