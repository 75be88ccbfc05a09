"""The unfinished row of a respondent: found by its secret, locked, and whether it may still grow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from surveys.errors import AlreadySubmitted, NothingStarted, WaveNotOpen
from surveys.models import Quota, Response, Wave
from surveys.services.receipts import hash_of

# What a saved page changes.
KEPT = ("answers", "language", "area", "last_page", "paradata", "shown_order")

# What decides about answers. A page may show the wave as it was a moment ago; these columns are
# read anew wherever something is written.
_DECIDING = ("state", "opens_at", "closes_at", "anonymity", "takes_open_link", "protection")


class Held(NamedTuple):
    """An unfinished response that the running transaction holds, and what it found of its wave.

    `has_quotas` says that the wave has any; `is_stale` that its figures are marked as old.
    """

    response: Response
    has_quotas: bool
    is_stale: bool


_HELD = (
    Response.objects.started()
    .select_for_update(of=["self"])
    .annotate(
        **{f"wave_{name}": F(f"wave__{name}") for name in (*_DECIDING, "stale_at")},
        wave_has_quotas=Exists(Quota.objects.filter(wave=OuterRef("wave"))),
    )
)


def find_started(*, wave: Wave, secret: str) -> Response | None:
    """The unfinished response of whoever holds `secret`, or None."""
    if not secret:
        return None
    found = Response.objects.started().filter(
        wave=wave, resume_hash=hash_of("resume", wave, secret)
    )
    for response in found[:1]:
        _belongs(response, wave)
        return response
    return None


def hold_started(*, wave: Wave, secret: str) -> Held:
    """Find the unfinished response of whoever holds `secret`, and lock it.

    One question tells all that decides about its answers; the wave is refreshed by it. Raises
    `NothingStarted`.
    """
    found = _HELD.filter(wave=wave, resume_hash=hash_of("resume", wave, secret))[:1]
    for response in found:
        _take_over(wave, _DECIDING, [getattr(response, f"wave_{name}") for name in _DECIDING])
        _belongs(response, wave)
        return Held(response, response.wave_has_quotas, response.wave_stale_at is not None)
    raise NothingStarted


def _belongs(response: Response, wave: Wave) -> None:
    """Spare the wave and, where it is the same, the questionnaire from being read again."""
    response.wave = wave
    if response.questionnaire_id == wave.questionnaire_id:
        response.questionnaire = wave.questionnaire


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
