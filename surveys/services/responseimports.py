"""Responses collected elsewhere become responses of a wave: all of a file, or nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.errors import InputRefused, ResponsesRefused
from surveys.files.tables import read_table
from surveys.importedrows import EVERYBODY_ALONE, Drawing, Row, Rows, columns_in
from surveys.models import (
    AuditEntry,
    QualityFlag,
    Questionnaire,
    Response,
    ResponseImport,
    Wave,
)
from surveys.quality.doubts import doubts
from surveys.services.audit import note
from surveys.services.paths import clock_of
from surveys.services.receipts import mark_stale

_TAKES = (Wave.State.COLLECTING, Wave.State.PAUSED, Wave.State.CLOSED, Wave.State.PUBLISHED)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: responses written, those of an earlier file that went, and whether the
    wave held this very file already."""

    rows: int
    replaced: int
    is_known: bool


def read_responses(
    *, wave: Wave, path: Path, at: datetime, drawing: Drawing = EVERYBODY_ALONE
) -> list[Row]:
    """The rows of a file (CSV, Parquet or SPSS) as answers of the wave's questionnaire; `drawing`
    names the columns with strata and sampling units.

    Raises `ResponsesRefused` with a sentence for every cell that does not fit, up to some.
    """
    definition = wave.questionnaire.definition
    try:
        table = read_table(path, lambda head: columns_in(definition, head, drawing))
    except InputRefused as refusal:
        raise ResponsesRefused([str(refusal)]) from refusal
    except ValueError as refusal:
        raise ResponsesRefused([f"{path.name}: {refusal}"]) from refusal
    day, _now = clock_of(wave, at)
    rows = Rows(definition, table, at=datetime(day.year, day.month, day.day), drawing=drawing)
    found = list(rows)
    if rows.sentences:
        raise ResponsesRefused(rows.sentences)
    return found


@transaction.atomic
def import_responses(
    *,
    wave: Wave,
    path: Path,
    at: datetime,
    by: Any = None,
    replace: bool = False,
    drawing: Drawing = EVERYBODY_ALONE,
) -> Imported:
    """Write the responses of a file into a wave, with the source "imported".

    With `drawing` the errors of the figures know the strata and sampling units people were drawn
    from. The same answers again change nothing. Another file than the one the wave holds is refused
    unless `replace`, which deletes the responses of the earlier one. Raises `ResponsesRefused`;
    then nothing was written.
    """
    held = (
        Wave.objects.select_for_update(of=["self"]).select_related("questionnaire").get(pk=wave.pk)
    )
    _require_ready(held)
    rows = read_responses(wave=held, path=path, at=at, drawing=drawing)
    digest = _digest(held, rows)
    earlier = ResponseImport.objects.filter(wave=held).first()
    if earlier is not None and earlier.digest == digest:
        return Imported(earlier.rows, 0, is_known=True)
    replaced = 0
    if earlier is not None:
        if not replace:
            raise ResponsesRefused(
                [
                    _(
                        "The wave holds %(rows)s responses of the file %(name)s already. To put "
                        "these in their place, say so (--replace)."
                    )
                    % {"rows": earlier.rows, "name": earlier.file_name}
                ]
            )
        replaced, _tables = Response.objects.filter(
            wave=held, source=Response.Source.IMPORTED
        ).delete()
        replaced = earlier.rows
        earlier.delete()
    _write(held, rows, at)
    ResponseImport.objects.create(
        wave=held,
        file_name=path.name[:200],
        digest=digest,
        rows=len(rows),
        stratum_columns=list(drawing.strata),
        unit_column=drawing.unit,
        by=by,
        created_at=at,
    )
    note(
        action=AuditEntry.Action.IMPORTED,
        wave=held,
        at=at,
        by=by,
        words=f"{path.name[:100]}, {len(rows)} responses, {replaced} replaced",
        data={"file": path.name[:200], "digest": digest, "rows": len(rows), "replaced": replaced},
    )
    mark_stale(wave=held, at=at)
    return Imported(len(rows), replaced, is_known=False)


def _require_ready(wave: Wave) -> None:
    if wave.state not in _TAKES:
        raise ResponsesRefused(
            [
                _("The wave is %(state)s. Open it, or open and close it, before responses come in.")
                % {"state": wave.get_state_display()}
            ]
        )
    if wave.questionnaire.state == Questionnaire.State.DRAFTING:
        raise ResponsesRefused([_("The wave's questionnaire is a draft. Publish it first.")])
    if wave.identities_removed_at is not None:
        raise ResponsesRefused([_("The wave's retention is over; nothing can be added to it.")])


def _digest(wave: Wave, rows: list[Row]) -> str:
    """SHA-256 of the questionnaire version, all answers, and how people were drawn, whatever the
    order of the rows."""
    lines = sorted(
        json.dumps(
            [row.language, row.answers, *filter(None, (row.stratum, row.unit))],
            sort_keys=True,
            ensure_ascii=False,
        )
        for row in rows
    )
    found = hashlib.sha256(wave.questionnaire.content_hash.encode())
    for line in lines:
        found.update(b"\x00" + line.encode())
    return found.hexdigest()


def _numbered(rows: list[Row]) -> dict[tuple[str, str], str]:
    """A number for every sampling unit within its stratum: a unit is often a village."""
    units = sorted({(row.stratum, row.unit) for row in rows if row.unit})
    return {unit: str(number) for number, unit in enumerate(units, 1)}


def _write(wave: Wave, rows: list[Row], at: datetime) -> None:
    day, _now = clock_of(wave, at)
    # Nobody asks a file when each person answered; the wave's own time is all that is said.
    day = min(moment for moment in (wave.opens_at and wave.opens_at.date(), day) if moment)
    units = _numbered(rows)
    responses = []
    flags = []
    for row in rows:
        area = row.answers.get(wave.area_question, "")
        response = Response(
            id=uuid4(),
            wave=wave,
            questionnaire=wave.questionnaire,
            state=Response.State.SUBMITTED,
            source=Response.Source.IMPORTED,
            language=row.language,
            area=area[:10] if isinstance(area, str) else "",
            answers=row.answers,
            started_on=day,
            submitted_on=day,
            submitted_within=Response.Within.WAVE,
            stratum=row.stratum,
            sampling_unit=units.get((row.stratum, row.unit), ""),
            is_demonstration=wave.is_demonstration,
        )
        response.derive()
        responses.append(response)
        flags += [
            QualityFlag(
                response=response,
                kind=doubt.kind,
                score=doubt.score,
                how=doubt.how[:200],
                computed_on=day,
            )
            for doubt in doubts(wave.questionnaire.definition, row.answers, {}, minimum_seconds=0)
        ]
    Response.objects.bulk_create(responses, batch_size=_BATCH)
    QualityFlag.objects.bulk_create(flags, batch_size=_BATCH)
