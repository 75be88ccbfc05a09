"""Answering: start, save a page.

A respondent is known by a random secret that only their browser (or their invitation's link)
holds. The database sees one-way hashes of it: one finds the unfinished row, another (or the
invitation's state) proves that it was handed in, and neither leads to the finished response.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.answers import ReadPage, read_page
from surveys.errors import AlreadySubmitted, AnswersRefused, ForeignPageKey, SurveyError
from surveys.models import PageKey, Response, Wave
from surveys.questionnaire import logic
from surveys.questionnaire.ordering import Orders
from surveys.services.handing_in import hand_in_held
from surveys.services.invitations import admit, note_started
from surveys.services.paradata import paradata_with
from surveys.services.paths import clock_of, page_messages, path_of
from surveys.services.protection import lacks_proof
from surveys.services.receipts import hash_of, receipt_code
from surveys.services.sentforms import SENT, SentForm
from surveys.services.unfinished import KEPT, hold, hold_started, refresh, require_open
from surveys.wording import Wording

Noting = Callable[[Response], Mapping[str, Any]]
"""Tells what is noted beside a page, of the response as the transaction holds it."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a saved page leads: the codes of the pages around it, None at the ends.

    `receipt` is the receipt code where the page was the last one and everything is handed in;
    `response` is otherwise as it was kept.
    """

    response: Response
    following: str | None
    preceding: str | None
    receipt: str = ""


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
    refresh(wave)
    require_open(wave, at)
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
    wave: Wave,
    secret: str,
    page_code: str,
    posted: QueryDict,
    language: str,
    at: datetime,
    seconds: float = 0.0,
    must_be_complete: bool = True,
    noting: Noting | None = None,
    may_finish: bool = False,
) -> Saved:
    """Keep what one page of this respondent's says, and tell where to go from there.

    The path is computed anew from all answers. Answers to questions of other pages are ignored
    and noted. With `must_be_complete=False` (going back, changing the language) whatever can be
    read is kept and nothing is complained about. What `noting` tells is added to the paradata.

    The same form sent again word for word changes nothing: a phone that never saw our answer sends
    its page once more, and its seconds must not count twice. Nor does a form that was overtaken on
    the way by a later one of the same page.

    With `may_finish` the questionnaire of an open link is handed in by the same transaction if this
    was the last page and nothing more must be shown, see `submit`.

    Raises `NothingStarted`, `ForeignPageKey` for a page that the questionnaire has not,
    `AnswersRefused` with sentences per field, and `WaveNotOpen`: a wave may close or pause
    while somebody types; and what `submit` raises. What could be read is kept with the last three,
    for whoever may go on later; nothing is handed in.
    """
    today, now = clock_of(wave, at)
    receipt, refusal = "", None
    with transaction.atomic():
        held = hold_started(wave=wave, secret=secret)
        response = held.response
        definition = response.questionnaire.definition
        page = next((page for page in definition.pages if page.code == page_code), None)
        if page is None:
            raise ForeignPageKey("")
        orders = Orders(definition, str(response.pk))
        order = orders.pages()
        read = read_page(definition, page, posted)
        noted = noting(response) if noting else {}
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
                | dict(noted)
                | {SENT: response.paradata.get(SENT, {}) | {page_code: list(form)}}
            )
            response.shown_order = {**response.shown_order, **orders.of_page(page)}
        here = path.page(page_code)
        following = path.after(page_code) if here else _next_shown(order, path, page_code)
        preceding = path.before(page_code) if here else None
        try:
            require_open(wave, at)
            if must_be_complete:
                wording = Wording.of(definition, language, answers, path)
                _require_complete(page_code, read, wording, path, today=today, now=now)
                if following is None and may_finish and not lacks_proof(wave, response):
                    receipt = hand_in_held(held=held, secret=secret, at=at)
        except AlreadySubmitted:
            raise
        except SurveyError as error:
            refusal = error
        if is_news and not receipt:
            response.save(update_fields=KEPT)
    if refusal is not None:
        raise refusal
    return Saved(
        response=response,
        following=following.code if following else None,
        preceding=preceding.code if preceding else None,
        receipt=receipt,
    )


def _require_complete(
    page_code: str,
    read: ReadPage,
    wording: Wording,
    path: logic.Path,
    *,
    today: date,
    now: datetime,
) -> None:
    """Raise `AnswersRefused` if one page says too little, or something that cannot be read."""
    messages = page_messages(wording, path.page(page_code), today=today, now=now)
    for name, sentences in read.unread.items():
        if name.split("/")[1] in path.questions:
            messages[name] = sentences
    if messages:
        raise AnswersRefused(messages, page=page_code)


def note_circumstances(*, response: Response, noted: Mapping[str, Any]) -> None:
    """Add to the paradata of an unfinished response.

    Raises `AlreadySubmitted` when it is no longer unfinished.
    """
    with transaction.atomic():
        hold(response)
        response.paradata = response.paradata | dict(noted)
        response.save(update_fields=["paradata"])


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
