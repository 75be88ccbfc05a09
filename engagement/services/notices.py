"""Queueing and sending notices. The table is the queue: a crash loses no mail."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from engagement.events import appointments, letters
from engagement.models import Comment, Notice, Registration
from indicators.languages import complete

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 6
# A process that died while sending is taken to have failed after this time.
SENDING_TAKES_AT_MOST = timedelta(minutes=10)


def queue_notice(
    *,
    kind: str,
    at: datetime,
    registration: Registration | None = None,
    comment: Comment | None = None,
    reason: str = "",
    soon: bool = False,
) -> Notice:
    """Queue one mail inside the caller's transaction, and send it right after the commit.

    With `soon` the periodic job sends it instead: a change that concerns hundreds of people must
    not keep its author waiting.
    """
    notice = Notice.objects.create(
        kind=kind,
        registration=registration,
        comment=comment,
        reason=reason[:300],
        queued_at=at,
        due_at=at,
    )
    if not soon:
        # `robust`: the step is committed; a mail that fails now is sent by the periodic job.
        transaction.on_commit(lambda: send_notice(notice.pk, at=at), robust=True)
    return notice


def send_due_notices(*, at: datetime) -> int:
    """Send what is waiting; return how many were sent. One bad notice never stops the rest."""
    # Time goes on while a long queue is sent, but a test's clock does not.
    started, sent = timezone.now(), 0
    for pk in list(Notice.objects.due(at=at).values_list("pk", flat=True)[:500]):
        sent += send_notice(pk, at=at + (timezone.now() - started))
    return sent


def send_notice(pk: int, *, at: datetime) -> bool:
    """Claim one notice and send it; return whether a mail went out."""
    claimed = (
        Notice.objects.due(at=at)
        .filter(pk=pk)
        .order_by()
        .update(
            state=Notice.State.SENDING,
            due_at=at + SENDING_TAKES_AT_MOST,
            attempts=F("attempts") + 1,
        )
    )
    if not claimed:
        return False
    notice = Notice.objects.select_related(
        "registration__event",
        "registration__person",
        "comment__text__version__draft",
        "comment__text__provision__draft",
        "comment__disposition",
    ).get(pk=pk)
    try:
        sent = _send(notice, at)
    except Exception as error:
        logger.exception("The notice %s could not be sent.", pk)
        given_up = notice.attempts >= MOST_ATTEMPTS
        Notice.objects.filter(pk=pk).update(
            state=Notice.State.FAILED if given_up else Notice.State.QUEUED,
            due_at=at + timedelta(minutes=2**notice.attempts),
            last_error=f"{type(error).__name__}: {error}"[:300],
        )
        return False
    Notice.objects.filter(pk=pk).update(
        state=Notice.State.SENT if sent else Notice.State.SKIPPED,
        sent_at=at if sent else None,
        last_error="",
    )
    return sent


def _send(notice: Notice, at: datetime) -> bool:
    about = notice.registration or notice.comment
    language = complete(about.language)
    with translation.override(language):
        if notice.registration:
            letter = letters.about_registration(notice)
        else:
            letter = letters.about_comment(notice)
        if letter is None or not about.address:
            return False
        context = {
            "letter": letter,
            "name": about.name,
            "language": language,
            "site_name": _("Suara"),
            "public_url": settings.PUBLIC_URL,
        }
        mail = EmailMultiAlternatives(
            # An event's title is one line; a line break would end the header.
            subject=" ".join(letter.subject.split()),
            body=render_to_string("engagement/emails/letter.txt", context),
            to=[about.address],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(
            render_to_string("engagement/emails/letter.html", context), "text/html"
        )
        if letter.calendar:
            _attach_calendar(mail, notice.registration, letter.calendar, at)
    mail.send()
    return True


def _attach_calendar(mail, registration: Registration, method: str, at: datetime) -> None:
    made = appointments.message(registration, method=method, at=at)
    if made is None:
        return
    content, _sequence = made
    # As an alternative for programs that act on it, as an attachment for those that save it.
    mail.attach_alternative(content.decode(), f"text/calendar; method={method}")
    mail.attach("invite.ics" if method == "REQUEST" else "cancel.ics", content, "application/ics")
