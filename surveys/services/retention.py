"""Removing what can identify people on the day a wave promised; see decision on retention."""

import logging
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.models import (
    AuditEntry,
    InvitedResponse,
    QualityFlag,
    Questionnaire,
    Response,
    SurveyInvitation,
    Wave,
)
from surveys.services.audit import note

logger = logging.getLogger(__name__)
_CHUNK = 1000
_UNFINISHED = (Response.State.STARTED, Response.State.ABANDONED)


def remove_identities(*, at: datetime) -> int:
    """Keep the promise of every wave whose day has come; how many waves that were.

    A wave that still collects is left alone and logged: its day contradicts its fieldwork, and the
    form refuses such days.
    """
    done = 0
    for wave in Wave.objects.filter(retain_until__isnull=False, identities_removed_at__isnull=True):
        if at.astimezone(ZoneInfo(wave.time_zone)).date() < wave.retain_until:
            continue
        if wave.state in (Wave.State.COLLECTING, Wave.State.PAUSED):
            logger.error("The wave %s collects on the day its identities were to go.", wave.slug)
            continue
        remove_identities_of(wave=wave, at=at)
        done += 1
    return done


@transaction.atomic
def remove_identities_of(*, wave: Wave, at: datetime, by: Any = None) -> dict[str, int]:
    """Remove free texts, receipts, paradata, links to invitations and unfinished answers.

    Coded answers, numbers, dates of days, area, consent version and language stay, and so do
    weights and estimates, which use nothing else. Returns how many of what were removed; nothing
    happens the second time.
    """
    held = Wave.objects.select_for_update(of=["self"]).select_related("survey").get(pk=wave.pk)
    if held.identities_removed_at is not None:
        return {}
    text_questions = {
        question.code
        for one in Questionnaire.objects.filter(survey=held.survey_id)
        for question in one.definition.questions
        if question.kind == "text"
    }
    unfinished = Response.objects.filter(wave=held, state__in=_UNFINISHED)
    removed = {"unfinished": unfinished.count(), "texts": 0}
    unfinished.delete()
    removed["links"] = InvitedResponse.objects.filter(response__wave=held).delete()[0]
    removed["invitations"] = SurveyInvitation.objects.filter(wave=held).delete()[0]
    batch: list[Response] = []
    for response in Response.objects.filter(wave=held).only("answers").iterator(_CHUNK):
        texts = text_questions & response.answers.keys()
        if texts:
            removed["texts"] += sum(response.answers[code] != "-7" for code in texts)
            for code in texts:
                if response.answers[code] != "-7":
                    del response.answers[code]
            batch.append(response)
        if len(batch) == _CHUNK:
            Response.objects.bulk_update(batch, ["answers"], batch_size=200)
            batch.clear()
    Response.objects.bulk_update(batch, ["answers"], batch_size=200)
    Response.objects.filter(wave=held).update(
        paradata={}, shown_order={}, receipt_hash=None, resume_hash=None
    )
    # The words of a flag may quote what was posted.
    QualityFlag.objects.filter(response__wave=held).update(how="")
    Wave.objects.filter(pk=held.pk).update(identities_removed_at=at)
    wave.identities_removed_at = at
    note(
        action=AuditEntry.Action.RETAINED,
        wave=held,
        at=at,
        by=by,
        words=_(
            "%(texts)d free texts, %(links)d links to invitations, %(invitations)d invitations, "
            "%(unfinished)d unfinished questionnaires, all receipt codes and paradata removed"
        )
        % removed,
        data=removed,
    )
    return removed
