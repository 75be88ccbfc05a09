"""Asking for an export: the row that the queue finds, and the entry in the audit log."""

from datetime import datetime
from typing import Any

from django.db import transaction

from surveys.exports import xlsx
from surveys.exports.rows import Table
from surveys.models import AuditEntry, Export, Wave
from surveys.services.audit import note


def audit_export(
    *, table: Table, rows: int, file_format: str, at: datetime, by: Any, how: str = "at once"
) -> None:
    """Write down who exported how many rows and which columns of a wave."""
    note(
        action=AuditEntry.Action.EXPORTED,
        wave=table.wave,
        at=at,
        by=by,
        words=f"{file_format.upper()}, {rows} rows, {len(table.header)} columns, {how}",
        data={
            "format": file_format,
            "rows": rows,
            "columns": table.header,
            "versions": sorted(table.alignment.versions),
        },
    )


@transaction.atomic
def request_export(*, wave: Wave, at: datetime, by: Any) -> Export:
    """Ask for a workbook of a wave's responses, or find the one `by` is waiting for already.

    Raises `ExportRefused` when no workbook can hold it.
    """
    Wave.objects.select_for_update(of=["self"]).get(pk=wave.pk)
    waiting = Export.objects.filter(
        wave=wave, by=by, state__in=[Export.State.QUEUED, Export.State.RUNNING]
    ).first()
    if waiting is not None:
        return waiting
    table = Table.of(wave, by)
    rows = table.count()
    xlsx.require_room(table, rows)
    audit_export(
        table=table, rows=rows, file_format="xlsx", at=at, by=by, how="made in the background"
    )
    return Export.objects.create(
        wave=wave, by=by, created_at=at, rows_total=rows, columns=len(table.header)
    )
