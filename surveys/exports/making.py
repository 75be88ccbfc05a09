"""Making an export that was claimed: the file in a private place, its progress in its row."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.errors import ExportRefused, ExportTakenOver
from surveys.exports.formats import FORMATS, file_name
from surveys.exports.rows import Table
from surveys.models import Export

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
"""How long a finished file can be fetched."""


def make(*, export: Export, claim: str) -> bool:
    """Write the file of an export whose claim one holds; False if it was lost or failed.

    Every step touches the row, so that others see it is alive, and stops when somebody else has
    claimed it meanwhile. Begun again, it begins from nothing: a half-written file is thrown away.
    """
    held = Export.objects.filter(pk=export.pk, claim=claim, state=Export.State.RUNNING)
    folder = Path(settings.PRIVATE_ROOT) / "making" / claim
    try:
        name = _written(export, held, folder)
    except ExportTakenOver:
        logger.warning("The export %s was taken over by another process.", export.token)
        return False
    except ExportRefused as refusal:
        held.update(state=Export.State.FAILED, error=str(refusal)[:500], finished_at=timezone.now())
        return False
    except Exception:
        logger.exception("The export %s could not be made.", export.token)
        held.update(
            state=Export.State.FAILED,
            error=_("The file could not be made. The administrators' log says why."),
            finished_at=timezone.now(),
        )
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return bool(name)


def _written(export: Export, held: models.QuerySet[Export], folder: Path) -> str:
    if not export.by.is_active or not export.by.has_perm("surveys.export_response"):
        raise ExportRefused(_("Whoever asked for it may no longer export responses."))
    folder.mkdir(parents=True, exist_ok=True)
    table = Table.of(export.wave, export.by)
    total = table.count()
    wanted = FORMATS[Export.Format(export.file_format)]
    wanted.require_room(table, total)
    _touch(held, rows_total=total, columns=len(table.header))
    path = folder / f"responses.{wanted.ending}"
    rows = wanted.write(
        table,
        path,
        language=export.language,
        at=timezone.now(),
        on_step=lambda done: _touch(held, rows_done=done),
    )
    _touch(held)
    with path.open("rb") as made:
        name = storages["private"].save(f"exports/{export.token}.{wanted.ending}", File(made))
    finished = timezone.now()
    if not held.update(
        state=Export.State.READY,
        rows_done=rows,
        rows_total=rows,
        file_name=name,
        size=path.stat().st_size,
        finished_at=finished,
        expires_at=finished + KEPT,
        error="",
    ):
        storages["private"].delete(name)
        raise ExportTakenOver
    return name


def _touch(held: models.QuerySet[Export], **columns: int) -> None:
    """Say that it is alive; raise `ExportTakenOver` when it is somebody else's by now."""
    if not held.update(seen_at=timezone.now(), **columns):
        raise ExportTakenOver


def download_name(export: Export) -> str:
    """What the file is called on the reader's machine."""
    day: datetime = export.finished_at or export.created_at
    return file_name(export.file_format, slug=export.wave.slug, language=export.language, day=day)
