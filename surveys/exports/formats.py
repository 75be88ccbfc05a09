"""Formats of files that take their time: how each is written, and what the file is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from surveys.exports import spss, xlsx
from surveys.exports.rows import Table
from surveys.models import Export
from surveys.replication import bundle

AT_ONCE = 20_000
"""Rows up to which a file is made while the page waits."""


class Writer(Protocol):
    """Writes a table to a path and returns the number of rows of responses in the file.

    `language` is that of labels, where the format has some. Raises `ExportRefused`.
    """

    def __call__(
        self,
        table: Table,
        path: Path,
        *,
        language: str,
        at: datetime,
        on_step: Callable[[int], None] | None = None,
    ) -> int: ...


@dataclass(frozen=True)
class Format:
    """One format: its ending and media type, who refuses tables that cannot become one, who writes.

    `word` stands in the file's name where the ending does not say what it is. `columns` are those
    of the file for the audit log, where they are not the table's.
    """

    ending: str
    content_type: str
    require_room: Callable[[Table, int], None]
    write: Writer
    word: str = ""
    columns: Callable[[Table], list[str]] = lambda table: table.header


def _workbook(
    table: Table,
    path: Path,
    *,
    language: str,
    at: datetime,
    on_step: Callable[[int], None] | None = None,
) -> int:
    return xlsx.write(table, path, at=at, on_step=on_step)


def _bundle(
    table: Table,
    path: Path,
    *,
    language: str,
    at: datetime,
    on_step: Callable[[int], None] | None = None,
) -> int:
    return bundle.write_bundle(table.wave, path, at=at, on_step=on_step)


FORMATS = {
    Export.Format.XLSX: Format(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        xlsx.require_room,
        _workbook,
    ),
    Export.Format.SAV: Format("zip", "application/zip", spss.require_room, spss.write),
    Export.Format.BUNDLE: Format(
        "zip",
        "application/zip",
        bundle.require_whole,
        _bundle,
        word="replication",
        columns=lambda table: bundle.columns_of(table.wave),
    ),
}


def file_name(export_format: str, *, slug: str, language: str, day: datetime) -> str:
    """What a file is called on the reader's machine."""
    wanted = FORMATS[Export.Format(export_format)]
    parts = [slug, wanted.word, language, f"{day:%Y-%m-%d}"]
    return f"{'-'.join(part for part in parts if part)}.{wanted.ending}"
