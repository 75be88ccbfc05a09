"""The one way a draft changes: checked, numbered and written down, or refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.errors import EditRefused, StaleEdit
from surveys.models import Questionnaire, QuestionnaireEdit
from surveys.models.edits import pack
from surveys.models.questionnaires import content_hash
from surveys.questionnaire import cache
from surveys.questionnaire.definition import DefinitionError, parse, to_document
from surveys.questionnaire.translation import reconciled

Document = dict[str, Any]

STEPS_KEPT = 200
"""How many of the newest steps can be undone; older ones keep their words and lose the document."""
ONE_STROKE = timedelta(seconds=90)
"""Edits of the same thing by the same person within this time are one step of undo."""


@transaction.atomic
def edit(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    summary: str,
    change: Callable[[Document], None],
    subject: str = "",
    joins: bool = False,
) -> QuestionnaireEdit | None:
    """Change the document of a draft in place by `change` and store it as the next revision.

    `subject` names what is edited ("question:age"). With `joins` an edit of the same subject by
    the same person shortly after the last one becomes part of that step, as typing does. Returns
    the step, or None when nothing changed. Raises `StaleEdit` when the draft is no longer at
    `revision`, and `EditRefused` when it is published or the result could not be stored.
    """
    current = locked(questionnaire, revision)
    before = current.document
    document = copied(before)
    change(document)
    document = checked(document)
    if document == before:
        _renew(questionnaire, current)
        return None
    _store(current, document)
    step = _written_down(current, before, summary, subject, by, at, joins=joins)
    _renew(questionnaire, current)
    return step


def record(
    *, draft: Questionnaire, before: Document, summary: str, subject: str, by: Any, at: datetime
) -> QuestionnaireEdit:
    """Number and write down a change that another service has made to a locked draft.

    Call it in the transaction that stored the change; what others have open is then stale.
    """
    draft.revision += 1
    Questionnaire.objects.filter(pk=draft.pk).update(revision=draft.revision)
    return _written_down(draft, before, summary, subject, by, at, joins=True)


def _written_down(
    current: Questionnaire,
    before: Document,
    summary: str,
    subject: str,
    by: Any,
    at: datetime,
    *,
    joins: bool,
) -> QuestionnaireEdit:
    step = _joined(current, subject, by, at) if joins else None
    if step is None:
        current.edits.filter(undone_at__isnull=False, is_overtaken=False).update(
            is_overtaken=True, before=None, after=None
        )
        step = QuestionnaireEdit(questionnaire=current, before=pack(before), subject=subject[:150])
    step.by, step.at, step.revision, step.summary = by, at, current.revision, summary[:300]
    step.save()
    _forget_old(current)
    return step


def locked(questionnaire: Questionnaire, revision: int) -> Questionnaire:
    """The draft under lock. Raises `EditRefused` when published, `StaleEdit` when not at `revision`.

    The document is not read again where the caller has it already: long ones are half a megabyte.
    """
    current = Questionnaire.objects.select_for_update().defer("document").get(pk=questionnaire.pk)
    require_draft(current)
    if current.revision != revision:
        raise stale(current, revision)
    if content_hash(questionnaire.document) == current.content_hash:
        current.document = questionnaire.document
    return current


def copied(document: Document) -> Document:
    """A copy to change; several times faster than `copy.deepcopy` for plain JSON."""
    return json.loads(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def require_draft(questionnaire: Questionnaire) -> None:
    """Raises `EditRefused` unless the questionnaire is a draft."""
    if questionnaire.is_frozen:
        raise EditRefused(
            _("Version %(number)s is published and cannot be changed. Make a new version of it.")
            % {"number": questionnaire.number}
        )


def stale(current: Questionnaire, revision: int) -> StaleEdit:
    """The refusal of an edit that was begun on an older revision, with what happened since."""
    since = list(
        current.edits.filter(revision__gt=revision)
        .select_related("by", "undone_by")
        .defer("before", "after")
        .order_by("-revision")[:20]
    )
    message = ngettext(
        "The draft was changed once since you opened it, so this was not saved.",
        "The draft was changed %(many)s times since you opened it, so this was not saved.",
        max(1, current.revision - revision),
    ) % {"many": current.revision - revision}
    return StaleEdit(message, edits=since, revision=current.revision)


def checked(document: Document) -> Document:
    """The document in its plainest form. Raises `EditRefused` with every reason against it."""
    try:
        definition = parse(document)
    except DefinitionError as error:
        fields: dict[str, list[str]] = {}
        for problem in error.problems:
            fields.setdefault(problem.path, []).append(problem.sentence)
        sentences = list(dict.fromkeys(problem.sentence for problem in error.problems))
        raise EditRefused(" ".join(sentences[:4]), fields=fields) from error
    plain = to_document(definition)
    cache.remember(content_hash(plain), definition)
    return plain


def _store(current: Questionnaire, document: Document) -> None:
    current.document = document
    current.content_hash = content_hash(document)
    current.translated_from = reconciled(document, current.translated_from)
    current.revision += 1
    stored = Questionnaire.objects.filter(
        pk=current.pk, revision=current.revision - 1, state=Questionnaire.State.DRAFTING
    ).update(
        document=document,
        content_hash=current.content_hash,
        translated_from=current.translated_from,
        revision=current.revision,
    )
    if not stored:
        current.refresh_from_db()
        require_draft(current)
        raise stale(current, current.revision - 1)


def _joined(current: Questionnaire, subject: str, by: Any, at: datetime) -> Any:
    """The last step, if this edit goes on with it."""
    last = current.edits.order_by("-pk").first()
    fits = (
        last is not None
        and last.subject == subject
        and last.undone_at is None
        and last.before is not None
        and by is not None
        and last.by_id == by.pk
        and at - last.at <= ONE_STROKE
        and last.revision == current.revision - 1
    )
    return last if fits else None


def _forget_old(current: Questionnaire) -> None:
    edge = current.edits.order_by("-pk").values_list("pk", flat=True)[STEPS_KEPT : STEPS_KEPT + 1]
    for pk in edge:
        current.edits.filter(pk__lte=pk, before__isnull=False).update(before=None, after=None)


def _renew(questionnaire: Questionnaire, current: Questionnaire) -> None:
    """The caller's object says what is stored now."""
    questionnaire.document = current.document
    questionnaire.content_hash = current.content_hash
    questionnaire.revision = current.revision
