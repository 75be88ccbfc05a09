"""Handing in: the one chance is taken, and the finished response is written."""

import secrets
from copy import copy
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from surveys.answers import settled
from surveys.errors import AlreadySubmitted, AnswersRefused
from surveys.models import InvitedResponse, QualityFlag, Response, SurveyInvitation
from surveys.protection import links
from surveys.quality.doubts import doubts
from surveys.questionnaire import logic
from surveys.services.invitations import admit, use_invitation, use_page_key
from surveys.services.paths import clock_of, first_incomplete, path_of
from surveys.services.quotas import take_places
from surveys.services.receipts import known_receipt, mark_stale, receipt_code, receipt_hash
from surveys.services.sentforms import SENT
from surveys.services.unfinished import Held, hold, refresh, require_open


def submit(*, response: Response, secret: str, at: datetime, receipt_secret: str = "") -> str:
    """Hand in an unfinished response and return its receipt code.

    One transaction: the one chance to hand in is taken (so a double click gives one response), and
    the finished response, its flags and the wave's mark that its figures are old are written. In an
    anonymous wave a row with a new random key takes the unfinished one's place.

    `receipt_secret` is what the receipt follows from. An invitation's secret can be computed by
    whoever runs the server, so an invited respondent's browser gives a random one of its own.

    A response that belongs to a full quota is kept as over quota, with the quota's name.

    Raises `AnswersRefused` naming the page to mend, `WaveNotOpen`, `QuotaNotEvaluated`, and
    `AlreadySubmitted` with the receipt code when this respondent's answers are in already.
    """
    wave = response.wave
    if not receipt_secret:
        receipt_secret = secrets.token_urlsafe(20) if links.is_invited(secret) else secret
    day, _now = clock_of(wave, at)
    refresh(wave)
    try:
        with transaction.atomic():
            invitation = admit(wave=wave, secret=secret, at=at)
            if invitation is not None:
                # Before the response, as whoever sends a new link locks them.
                use_invitation(invitation=invitation, on=day)
            hold(response)
            require_open(wave, at)
            code = receipt_code(wave, receipt_secret)
            finished = _finished(response=response, at=at)
            finished.quota = _place_of(finished, at=at)
            if invitation is None:
                # After the response and the quotas, as in `hand_in_held`.
                use_page_key(wave=wave, secret=secret, on=day)
            _write(response, finished, invitation=invitation, code=code, at=at)
    except AlreadySubmitted as error:
        receipt = known_receipt(wave, receipt_secret)
        raise AlreadySubmitted(str(error), receipt=receipt) from error
    return code


def hand_in_held(*, held: Held, secret: str, at: datetime) -> str:
    """Hand in the response of an open link that the running transaction holds and found open.

    As `submit`, in the transaction that also keeps the last page: nothing is written twice. What
    `submit` raises is raised before anything is written, but for `AlreadySubmitted`, with which the
    transaction must be given up.
    """
    response = held.response
    wave = response.wave
    day, _now = clock_of(wave, at)
    code = receipt_code(wave, secret)
    admit(wave=wave, secret=secret, at=at)
    finished = _finished(response=response, at=at)
    if held.has_quotas:
        finished.quota = _place_of(finished, at=at)
    use_page_key(wave=wave, secret=secret, on=day)
    _write(response, finished, invitation=None, code=code, at=at, is_marked=held.is_stale)
    return code


def _finished(*, response: Response, at: datetime) -> Response:
    """What the unfinished response, which is held, becomes; nothing is written.

    Raises `AnswersRefused` naming the first page with something to mend.
    """
    if problem := first_incomplete(response=response, at=at):
        raise AnswersRefused(problem[1], page=problem[0])
    wave, questionnaire = response.wave, response.questionnaire
    definition = questionnaire.definition
    day, now = clock_of(wave, at)
    path = path_of(response, at=at)
    if wave.is_anonymous:
        # A stored moment could be matched with a log: what is calculated from now() gets the day.
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        calculated = logic.path(definition, response.answers, today=day, now=midnight).calculated
        path = replace(path, calculated=calculated)
        finished = response.twin()
    else:
        finished = copy(response)
    finished.questionnaire, finished.wave = questionnaire, wave
    finished.answers = settled(definition, response.answers, path)
    finished.paradata = {key: kept for key, kept in response.paradata.items() if key != SENT}
    finished.derive()
    finished.submitted_on = day
    finished.resume_hash = None
    return finished


def _place_of(finished: Response, *, at: datetime) -> str:
    """Take its places in the quotas; the name of a full one where there is none left."""
    day, now = clock_of(finished.wave, at)
    return take_places(
        wave=finished.wave,
        questionnaire=finished.questionnaire,
        answers=finished.answers,
        today=day,
        now=now,
    )


def _write(
    response: Response,
    finished: Response,
    *,
    invitation: SurveyInvitation | None,
    code: str,
    at: datetime,
    is_marked: bool = False,
) -> None:
    """Write the finished response in place of the unfinished one, with its flags."""
    wave = finished.wave
    day = finished.submitted_on
    finished.state = Response.State.OVER_QUOTA if finished.quota else Response.State.SUBMITTED
    finished.receipt_hash = receipt_hash(wave, code)
    if invitation is not None and wave.is_anonymous:
        finished.started_on = finished.consent_on = day
    if wave.is_anonymous:
        # Nothing refers to an unfinished row (the database would refuse), so nothing is looked for.
        Response.objects.filter(pk=response.pk)._raw_delete(using=response._state.db)
    finished.save(force_insert=wave.is_anonymous)
    if invitation is not None and not wave.is_anonymous:
        InvitedResponse.objects.create(invitation=invitation, response=finished)
    QualityFlag.objects.bulk_create(
        QualityFlag(
            response=finished,
            kind=doubt.kind,
            score=doubt.score,
            how=doubt.how[:200],
            computed_on=day,
        )
        for doubt in doubts(
            finished.questionnaire.definition,
            finished.answers,
            finished.paradata,
            minimum_seconds=wave.minimum_seconds,
        )
    )
    mark_stale(wave=wave, at=at, is_marked=is_marked)
