"""Asking for an export: the row that the queue finds, and the entry in the audit log."""

from datetime import datetime
from typing import Any

from django.db import transaction

from surveys.exports.formats import FORMATS
from surveys.exports.rows import Table
from surveys.models import AuditEntry, Export, Wave
from surveys.services.audit import note


def audit_export(
    *,
    table: Table,
    rows: int,
    file_format: str,
    at: datetime,
    by: Any,
    how: str = "at once",
    language: str = "",
) -> None:
    """Write down who exported how many rows and which columns of a wave."""
    wanted = FORMATS.get(file_format)
    columns = wanted.columns(table) if wanted else table.header
    note(
        action=AuditEntry.Action.EXPORTED,
        wave=table.wave,
        at=at,
        by=by,
        words=f"{file_format.upper()}, {rows} rows, {len(columns)} columns, {how}",
        data={
            "format": file_format,
            "rows": rows,
            "columns": columns,
            "versions": sorted(table.alignment.versions),
        }
        | ({"language": language} if language else {}),
    )


@transaction.atomic
def request_export(
    *,
    wave: Wave,
    at: datetime,
    by: Any,
    file_format: str = Export.Format.XLSX,
    language: str = "",
) -> Export:
    """Ask for a file of a wave's responses, or find the same one `by` is waiting for already.

    `language` is that of the labels, for formats that have some. Raises `ExportRefused` when no
    file of that format can hold the wave.
    """
    Wave.objects.select_for_update(of=["self"]).get(pk=wave.pk)
    waiting = Export.objects.filter(
        wave=wave,
        by=by,
        file_format=file_format,
        language=language,
        state__in=[Export.State.QUEUED, Export.State.RUNNING],
    ).first()
    if waiting is not None:
        return waiting
    table = Table.of(wave, by)
    rows = table.count()
    wanted = FORMATS[Export.Format(file_format)]
    wanted.require_room(table, rows)
    audit_export(
        table=table,
        rows=rows,
        file_format=file_format,
        at=at,
        by=by,
        how="made in the background",
        language=language,
    )
    return Export.objects.create(
        wave=wave,
        by=by,
        created_at=at,
        rows_total=rows,
        columns=len(wanted.columns(table)),
        file_format=file_format,
        language=language,
    )
