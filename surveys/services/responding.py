"""Answering: start, save a page, hand in, withdraw.

A respondent is known by a random secret that only their browser (or their invitation's link)
holds. The database sees one-way hashes of it: one finds the unfinished row, another (or the
invitation's state) proves that it was handed in, and neither leads to the finished response.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys import links
from surveys.answers import read_page, settled
from surveys.errors import AlreadySubmitted, AnswersRefused, WaveNotOpen
from surveys.models import InvitedResponse, PageKey, QualityFlag, Response, Wave
from surveys.quality import doubts
from surveys.questionnaire import logic
from surveys.questionnaire.ordering import Orders
from surveys.services.invitations import admit, note_started, use
from surveys.services.paradata import paradata_with
from surveys.services.paths import clock_of, first_incomplete, page_messages, path_of
from surveys.services.quotas import take_places
from surveys.services.receipts import (
    hash_of,
    known_receipt,
    mark_stale,
    receipt_code,
    receipt_hash,
)
from surveys.services.sentforms import SENT, SentForm
from surveys.wording import Wording

# What a saved page changes.
_KEPT = ("answers", "language", "area", "last_page", "paradata", "shown_order")

# What tells whether a wave takes answers.
_WHEN_OPEN = ("state", "opens_at", "closes_at")


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a saved page leads: the codes of the pages around it, None at the ends."""

    following: str | None
    preceding: str | None


def _require_open(wave: Wave, at: datetime) -> None:
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


def _fresh(wave: Wave) -> Wave:
    return Wave.objects.only(*_WHEN_OPEN).get(pk=wave.pk)


def find_started(*, wave: Wave, secret: str) -> Response | None:
    """The unfinished response of whoever holds `secret`, or None."""
    if not secret:
        return None
    response = (
        Response.objects.started()
        .filter(wave=wave, resume_hash=hash_of("resume", wave, secret))
        .first()
    )
    if response is not None:
        response.wave = wave
        if response.questionnaire_id == wave.questionnaire_id:
            response.questionnaire = wave.questionnaire
    return response


def start(
    *,
    wave: Wave,
    secret: str,
    language: str,
    at: datetime,
    source: str = Response.Source.OPEN,
    device: str = "",
    is_new: bool = False,
) -> Response:
    """Begin, or find what this respondent has begun. Consent is given by calling this.

    `is_new` says that the secret was drawn just now: nothing can be there under it.

    Raises `WaveNotOpen`, `AlreadySubmitted` for a secret that was handed in, and
    `InvitationRefused` for an invitation's link that is not valid or where one is needed.
    """
    _require_open(_fresh(wave), at)
    invitation = admit(wave=wave, secret=secret, at=at)
    if invitation is not None:
        source = Response.Source.INVITED
    elif not is_new and PageKey.objects.filter(key_hash=hash_of("page", wave, secret)).exists():
        raise AlreadySubmitted(_("You have already answered."), receipt=receipt_code(wave, secret))
    day, _now = clock_of(wave, at)
    key = hash_of("resume", wave, secret)
    content = {
        "wave": wave,
        "questionnaire": wave.questionnaire,
        "language": language,
        "source": source,
        "consent_version": wave.consent_version,
        "consent_language": language,
        "consent_on": day,
        "started_on": day,
        "paradata": {"device": device} if device else {},
        "device": device,
        "is_demonstration": wave.is_demonstration,
    }
    if is_new:
        return Response.objects.create(resume_hash=key, **content)
    response, created = Response.objects.get_or_create(resume_hash=key, defaults=content)
    if invitation is not None and created:
        note_started(wave=wave, invitation=invitation)
    return response


def restart(*, wave: Wave, secret: str) -> None:
    """Forget the unfinished answers of whoever holds `secret`: somebody else uses the device."""
    Response.objects.started().filter(
        wave=wave, resume_hash=hash_of("resume", wave, secret)
    ).delete()


def save_page(
    *,
    response: Response,
    page_code: str,
    posted: QueryDict,
    language: str,
    at: datetime,
    seconds: float = 0.0,
    must_be_complete: bool = True,
    noted: Mapping[str, Any] | None = None,
) -> Saved:
    """Keep what one page says, and tell where to go from there.

    The path is computed anew from all answers. Answers to questions of other pages are ignored
    and noted. With `must_be_complete=False` (going back, changing the language) whatever can be
    read is kept and nothing is complained about. `noted` is added to the paradata.

    The same form sent again word for word changes nothing: a phone that never saw our answer sends
    its page once more, and its seconds must not count twice. Nor does a form that was overtaken on
    the way by a later one of the same page.

    Raises `AnswersRefused` with sentences per field, and `WaveNotOpen`: a wave may close or pause
    while somebody types. What could be read is kept even then, for whoever may go on later;
    nothing is handed in.
    """
    wave = response.wave
    definition = response.questionnaire.definition
    today, now = clock_of(wave, at)
    page = next(page for page in definition.pages if page.code == page_code)
    orders = Orders(definition, str(response.pk))
    order = orders.pages()
    read = read_page(definition, page, posted)
    with transaction.atomic():
        fresh = _hold(response)
        form = SentForm.read(posted)
        is_news = form.is_news_after(response.paradata.get(SENT, {}).get(page_code))
        answers = read.merged_into(response.answers) if is_news else response.answers
        path = path_of(response, at=at, answers=answers)
        if is_news:
            response.answers = answers
            response.language = language
            response.area = _area(wave, path.complete(answers))
            response.last_page = _furthest(order, response.last_page, page_code)
            response.paradata = (
                paradata_with(response.paradata, page_code, seconds, language, posted, read)
                | dict(noted or {})
                | {SENT: response.paradata.get(SENT, {}) | {page_code: list(form)}}
            )
            response.shown_order = {**response.shown_order, **orders.of_page(page)}
            response.save(update_fields=_KEPT)
    _require_open(fresh, at)
    if must_be_complete:
        wording = Wording.of(definition, language, answers, path)
        messages = page_messages(wording, path.page(page_code), today=today, now=now)
        for name, sentences in read.unread.items():
            code = name.split("/")[1]
            if code in path.questions:
                messages[name] = sentences
        if messages:
            raise AnswersRefused(messages, page=page_code)
    here = path.page(page_code)
    following = path.after(page_code) if here else _next_shown(order, path, page_code)
    preceding = path.before(page_code) if here else None
    return Saved(
        following=following.code if following else None,
        preceding=preceding.code if preceding else None,
    )


def note_circumstances(*, response: Response, noted: Mapping[str, Any]) -> None:
    """Add to the paradata of an unfinished response.

    Raises `AlreadySubmitted` when it is no longer unfinished.
    """
    with transaction.atomic():
        _hold(response)
        response.paradata = response.paradata | dict(noted)
        response.save(update_fields=["paradata"])


def _hold(response: Response, *, receipt: str = "") -> Wave:
    """Lock the unfinished row and take over what another tab has saved since it was read.

    Returns the wave's columns that tell whether it is open, as the database has them now. Raises
    `AlreadySubmitted` when the response is no longer unfinished.
    """
    held = (
        Response.objects.started()
        .select_for_update(of=["self"])
        .select_related("wave")
        .only(*_KEPT, *(f"wave__{name}" for name in _WHEN_OPEN))
        .filter(pk=response.pk)
        .first()
    )
    if held is None:
        raise AlreadySubmitted(_("You have already answered."), receipt=receipt)
    for name in _KEPT:
        setattr(response, name, getattr(held, name))
    return held.wave


def _next_shown(codes: list[str], path: logic.Path, page_code: str) -> Any:
    """The first shown page after one that is itself no longer shown."""
    later = codes[codes.index(page_code) + 1 :]
    return next((page for page in path.pages if page.code in later), None)


def _area(wave: Wave, answers: Mapping[str, Any]) -> str:
    value = answers.get(wave.area_question, "")
    return value[:10] if isinstance(value, str) else ""


def _furthest(codes: list[str], reached: str, page_code: str) -> str:
    if reached not in codes:
        return page_code
    return max(reached, page_code, key=codes.index)


@transaction.atomic
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
    is_invited = links.is_invited(secret)
    receipt_secret = receipt_secret or (secrets.token_urlsafe(20) if is_invited else secret)
    code = receipt_code(wave, receipt_secret)
    day, now = clock_of(wave, at)
    invitation = admit(wave=wave, secret=secret, at=at)
    if not use(wave=wave, secret=secret, invitation=invitation, on=day):
        raise AlreadySubmitted(
            _("You have already answered."), receipt=known_receipt(wave, receipt_secret)
        )
    _require_open(_hold(response, receipt=code), at)
    if problem := first_incomplete(response=response, at=at):
        raise AnswersRefused(problem[1], page=problem[0])

    definition = response.questionnaire.definition
    path = path_of(response, at=at)
    if wave.is_anonymous:
        # A stored moment could be matched with a log: what is calculated from now() gets the day.
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        calculated = logic.path(definition, response.answers, today=day, now=midnight).calculated
        path = replace(path, calculated=calculated)
        # Nothing refers to an unfinished row (the database would refuse), so nothing is looked for.
        Response.objects.filter(pk=response.pk)._raw_delete(using=response._state.db)
        questionnaire, response = response.questionnaire, response.twin()
        response.questionnaire = questionnaire
    response.wave = wave
    response.answers = settled(definition, response.answers, path)
    response.quota = take_places(
        wave=wave,
        questionnaire=response.questionnaire,
        answers=response.answers,
        today=day,
        now=now,
    )
    response.state = Response.State.OVER_QUOTA if response.quota else Response.State.SUBMITTED
    response.derive()
    response.paradata.pop(SENT, None)
    response.submitted_on = day
    response.resume_hash = None
    response.receipt_hash = receipt_hash(wave, code)
    if invitation is not None and wave.is_anonymous:
        response.started_on = response.consent_on = day
    response.save(force_insert=wave.is_anonymous)
    if invitation is not None and not wave.is_anonymous:
        InvitedResponse.objects.create(invitation=invitation, response=response)
    QualityFlag.objects.bulk_create(
        QualityFlag(
            response=response,
            kind=doubt.kind,
            score=doubt.score,
            how=doubt.how[:200],
            computed_on=day,
        )
        for doubt in doubts(
            definition,
            response.answers,
            response.paradata,
            minimum_seconds=wave.minimum_seconds,
        )
    )
    mark_stale(wave=wave, at=at)
    return code
