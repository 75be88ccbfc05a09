"""An .xlsx is an archive: looked through once, in small pieces, before any parser sees it.

The sizes its parts *have* are counted, not those they declare. A part with a document type, the
carrier of entity bombs, is refused. On the way the merged cells are noted, which openpyxl's
streaming reader does not tell.
"""

import re
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

from indicators.errors import FileRefused
from indicators.imports.limits import (
    MAX_PARTS,
    MAX_RATIO,
    MAX_SHARED,
    MAX_UNPACKED,
    megabytes,
)

Merge = tuple[int, int, int, int]
"""Left, top, right and bottom of merged cells, counted from 1."""


@dataclass(slots=True)
class Seen:
    """What a look through a sheet's part tells: its merged cells, and about how many rows it has."""

    merges: list[Merge] = field(default_factory=list)
    rows: int = 0


_PIECE = 1024 * 1024
_TAIL = 200
_MOST_MERGES = 50_000
_DOCTYPE = re.compile(rb"<\s*!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})")


def looked_through(file: BinaryIO) -> dict[str, Seen]:
    """What each sheet's part holds. Raises FileRefused for what must not be opened."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = {part.filename for part in archive.infolist()}
            _refuse_others(names)
            seen = _parts(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError) as error:
        raise FileRefused(
            _(
                "The workbook is damaged: it cannot be unpacked. The upload may have been cut off. "
                "Open it in Excel or LibreOffice, save it anew and upload it again."
            )
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise FileRefused(
            _(
                "The file is packed in a way that is not read here, or with a password. Open it in "
                "Excel or LibreOffice and save it as .xlsx."
            )
        ) from error
    file.seek(0)
    return seen


def _refuse_others(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names:
        raise FileRefused(_("The file is a binary workbook (.xlsb). Save it as .xlsx or CSV."))
    if "content.xml" in names:
        raise FileRefused(_("The file is an OpenDocument file. Save it as .xlsx or CSV."))
    raise FileRefused(_("The file is an archive, but not a workbook. Upload an .xlsx or a CSV."))


def _parts(archive: zipfile.ZipFile) -> dict[str, Seen]:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise FileRefused(
            _(
                "The workbook has %(count)s parts; at most %(most)s are read. Copy the sheet with "
                "the table into a new workbook."
            )
            % {"count": len(parts), "most": MAX_PARTS}
        )
    bomb = FileRefused(
        _(
            "The workbook unpacks to more than %(most)s or is packed far tighter than any real "
            "table. It was not opened. Copy the sheet with the table into a new workbook."
        )
        % {"most": megabytes(MAX_UNPACKED)}
    )
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise bomb
    total = 0
    seen: dict[str, Seen] = defaultdict(Seen)
    for part in parts:
        name = part.filename.lower()
        is_xml = name.endswith((".xml", ".rels", ".vml"))
        is_sheet = name.startswith("xl/worksheets/")
        most = MAX_SHARED if name == "xl/sharedstrings.xml" else MAX_UNPACKED
        size, tail = 0, b""
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                total += len(piece)
                tightest = MAX_RATIO * max(part.compress_size, 1)
                if total > MAX_UNPACKED or size > most or _PIECE < size > tightest:
                    raise bomb
                if not is_xml:
                    continue
                # A UTF-16 part is looked at without its zero bytes.
                plain = tail + (piece.replace(b"\x00", b"") if b"\x00" in piece else piece)
                if _DOCTYPE.search(plain):
                    raise FileRefused(
                        _(
                            "The workbook holds a document type or entities, which no spreadsheet "
                            "program writes. It was not opened."
                        )
                    )
                end = _noted(plain, len(tail), seen[part.filename]) if is_sheet else 0
                tail = plain[max(end, len(plain) - _TAIL) :]
    return dict(seen)


def _noted(plain: bytes, known: int, seen: Seen) -> int:
    """Note merged cells and rows; return where the last merge ends. The first `known` bytes have
    been looked at before."""
    seen.rows += plain.count(b"<row ") - plain.count(b"<row ", 0, known)
    end = 0
    if b"mergeCell" in plain:
        for match in _MERGE.finditer(plain):
            end = match.end()
            if len(seen.merges) < _MOST_MERGES:
                seen.merges.append(range_boundaries(match.group(1).decode()))
    return end
