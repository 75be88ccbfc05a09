"""The unfinished row of a respondent: found by its secret, locked, and whether it may still grow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from surveys.errors import AlreadySubmitted, WaveNotOpen
from surveys.models import Response, Wave
from surveys.services.receipts import hash_of

# What a saved page changes.
KEPT = ("answers", "language", "area", "last_page", "paradata", "shown_order")

# What decides about answers. A page may show the wave as it was a moment ago; these columns are
# read anew wherever something is written.
_DECIDING = ("state", "opens_at", "closes_at", "anonymity", "takes_open_link", "protection")


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
    """Raise `WaveNotOpen` with the reason; `wave` must have been refreshed or held."""
    if wave.is_open(at=at):
        return
    if wave.state == Wave.State.PAUSED:
        raise WaveNotOpen(_("This survey is paused for the moment. Please come back later."))
    if wave.state in (Wave.State.DRAFTED, Wave.State.SCHEDULED) or (
        wave.opens_at and wave.opens_at > at
    ):
        raise WaveNotOpen(_("This survey has not opened yet."))
    raise WaveNotOpen(_("This survey has closed and takes no more answers. Nothing was sent."))


def refresh(wave: Wave) -> None:
    """Take over the columns that decide, as the database has them now.

    Raises `WaveNotOpen` for a wave that was deleted in the meantime.
    """
    for row in Wave.objects.filter(pk=wave.pk).values_list(*_DECIDING)[:1]:
        _take_over(wave, _DECIDING, row)
        return
    raise WaveNotOpen(_("This survey has closed and takes no more answers. Nothing was sent."))


def _take_over(row: Wave | Response, names: Sequence[str], values: Sequence[Any]) -> None:
    for name, value in zip(names, values, strict=True):
        setattr(row, name, value)


def hold(response: Response) -> None:
    """Lock the unfinished row and take over what another tab has saved since it was read.

    Its wave is refreshed too. Raises `AlreadySubmitted` when the response is no longer unfinished.
    """
    held = (
        Response.objects.started()
        .select_for_update(of=["self"])
        .filter(pk=response.pk)
        .values_list(*KEPT, *(f"wave__{name}" for name in _DECIDING))[:1]
    )
    for row in held:
        _take_over(response, KEPT, row[: len(KEPT)])
        _take_over(response.wave, _DECIDING, row[len(KEPT) :])
        return
    raise AlreadySubmitted(_("You have already answered."))
