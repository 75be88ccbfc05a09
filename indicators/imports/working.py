"""Doing what an import waits for, in one process: its check, its application, or its undoing."""

import logging
from datetime import datetime
from itertools import starmap

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from indicators.errors import FileRefused, IndicatorsError, NotUndoable, Outdated, TakenOver
from indicators.imports import staging
from indicators.imports.kinds import Reason, Staged, Task
from indicators.models import Import, ImportRow, Recording

logger = logging.getLogger(__name__)

State = Import.State
_LOCK = "imports"
_SOME_LEFT = gettext_noop(
    "%(left)s of %(all)s rows were changed since the import and are left as they are. They are "
    "named below."
)
_NONE_LEFT = gettext_noop(
    "Everything that the import wrote was changed by somebody since. Nothing was changed back."
)


def work(*, imported: Import, claim: str) -> bool:
    """Do the step an import of which one holds the claim is in; False if it was lost or failed.

    A file that cannot be read and a ledger that has changed are states with a sentence, not errors.
    """
    held = Import.objects.filter(pk=imported.pk, claim=claim, state=imported.state)
    at = timezone.now()
    try:
        if imported.state == State.CHECKING:
            staging.check(imported=imported, held=held, at=at)
        else:
            _write(imported, held, at)
    except TakenOver:
        logger.warning("The import %s was taken over by another process.", imported.token)
        return False
    except Outdated as error:
        text = gettext_noop(
            "“%(label)s” was changed by somebody else in the meantime. Nothing was written. Check "
            "the file again to see how it differs now."
        )
        if imported.state == State.UNDOING:
            text = gettext_noop(
                "“%(label)s” was changed again since the import, so it cannot be undone as a whole. "
                "Nothing was changed back."
            )
        back = State.APPLIED if imported.state == State.UNDOING else State.CHECKED
        _stop(held, back, text, label=str(error)[:200])
        return False
    except (FileRefused, IndicatorsError) as error:
        _stop(held, imported.after_failure, str(error))
        return False
    except Exception:
        logger.exception("The import %s failed.", imported.token)
        text = gettext_noop(
            "The import could not be finished, and nothing was written. The administrators' log "
            "says why."
        )
        _stop(held, imported.after_failure, text)
        return False
    return True


def _write(imported: Import, held: QuerySet[Import], at: datetime) -> None:
    """Apply or undo all rows, in one transaction."""
    kind = staging.kind_of(imported)
    is_undoing = imported.state == State.UNDOING
    staging.touch(held)
    with transaction.atomic():
        # One import writes at a time: two new values for the same thing would both find nothing.
        Recording.objects.get_or_create(source=_LOCK)
        Recording.objects.select_for_update().get(source=_LOCK)
        # Whoever claims the import anew waits here, and then finds it done.
        if held.select_for_update().first() is None:
            raise TakenOver
        task = Task(imported, by=imported.applied_by, at=at, reason=imported.reason)
        # In the order of what they are about, so that each piece touches few indicators.
        keys = list(
            ImportRow.objects.filter(source=imported)
            .exclude(outcome=ImportRow.Outcome.BAD)
            .order_by("label", "number")
            .values_list("pk", flat=True)
        )
        left = 0
        for piece in staging.pieces(keys, staging.PIECE):
            found = ImportRow.objects.filter(pk__in=piece).order_by("label", "number")
            rows = list(starmap(Staged, found.values_list(*Staged._fields)))
            if is_undoing:
                left += _name_left(kind.undo(rows, task))
            else:
                kind.apply(rows, task)
        if left and left == len(keys):
            raise NotUndoable(_NONE_LEFT)
        done = {"undone_at": at} if is_undoing else {"applied_at": at}
        state = State.UNDONE if is_undoing else State.APPLIED
        error = {"text": _SOME_LEFT, "details": {"left": left, "all": len(keys)}} if left else {}
        if not held.update(state=state, claim="", error=error, **done):
            raise TakenOver


def _name_left(reasons: dict[int, Reason]) -> int:
    """Keep with the rows that are left as they are why they are; return how many."""
    left = [ImportRow(pk=pk, problems=[["", "", *reason]]) for pk, reason in reasons.items()]
    ImportRow.objects.bulk_update(left, ["problems"], batch_size=500)
    return len(left)


def _stop(held: QuerySet[Import], state: str, text: str, **details: str) -> None:
    held.update(state=state, claim="", error={"text": text[:2000], "details": details})
