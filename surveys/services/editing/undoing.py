"""Undo and redo over many steps. Both are edits themselves: numbered, and refused when stale."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.errors import EditRefused
from surveys.models import Questionnaire, QuestionnaireEdit
from surveys.models.edits import pack, unpack

from .storing import _renew, _store, locked


def next_undo(questionnaire: Questionnaire) -> QuestionnaireEdit | None:
    """The step that undo would take back."""
    return (
        questionnaire.edits.filter(undone_at__isnull=True, before__isnull=False)
        .select_related("by")
        .defer("before", "after")
        .order_by("-pk")
        .first()
    )


def next_redo(questionnaire: Questionnaire) -> QuestionnaireEdit | None:
    """The step that redo would do again: the oldest of those undone and not overtaken."""
    return (
        questionnaire.edits.filter(undone_at__isnull=False, is_overtaken=False, after__isnull=False)
        .select_related("by")
        .defer("before", "after")
        .order_by("pk")
        .first()
    )


@transaction.atomic
def undo(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime
) -> QuestionnaireEdit:
    """Take back the last step. Raises `EditRefused` when there is none, `StaleEdit` when stale."""
    current = locked(questionnaire, revision)
    step = next_undo(current)
    if step is None:
        raise EditRefused(_("There is nothing to undo."))
    step.after = pack(current.document)
    _store(current, unpack(step.before))
    step.undone_by, step.undone_at, step.revision = by, at, current.revision
    step.save()
    _renew(questionnaire, current)
    return step


@transaction.atomic
def redo(
    *, questionnaire: Questionnaire, revision: int, by: Any, at: datetime
) -> QuestionnaireEdit:
    """Do the last undone step again. Raises as `undo` does."""
    current = locked(questionnaire, revision)
    step = next_redo(current)
    if step is None:
        raise EditRefused(_("There is nothing to do again."))
    _store(current, unpack(step.after))
    step.undone_by, step.undone_at, step.after = None, None, None
    step.revision, step.by, step.at = current.revision, by, at
    step.save()
    _renew(questionnaire, current)
    return step
