"""An .xlsx is an archive: looked through once before any parser sees it.

On the way the merged cells are noted, which openpyxl's streaming reader does not tell.
"""

import re
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import BinaryIO

from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

from indicators.archives import Fault, Limits, UnsafeArchive, walked
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
    """What a look through a sheet's part tells: its merged cells, and about how many rows it has.

    `is_in_order` is False where a row stands below one of a higher number, or beyond what a sheet
    holds: openpyxl leaves the first out and says nothing.
    """

    merges: list[Merge] = field(default_factory=list)
    rows: int = 0
    last: int = 0
    is_in_order: bool = True


_MOST_MERGES = 50_000
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})[\"']"
)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=[\"'](\d{1,9})[\"']")
_MOST_ROWS = 1_048_576


def looked_through(file: BinaryIO) -> dict[str, Seen]:
    """What each sheet's part holds. Raises FileRefused for what must not be opened."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = {part.filename for part in archive.infolist()}
            _refuse_others(names)
            seen = _parts(archive)
    except UnsafeArchive as error:
        raise FileRefused(_sentence(error.fault)) from error
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


def _sentence(fault: Fault) -> str:
    return {
        Fault.PARTS: _(
            "The workbook has more than %(most)s parts. Copy the sheet with the table into a new "
            "workbook."
        )
        % {"most": MAX_PARTS},
        Fault.SIZE: _(
            "The workbook unpacks to more than %(most)s or is packed far tighter than any real "
            "table. It was not opened. Copy the sheet with the table into a new workbook."
        )
        % {"most": megabytes(MAX_UNPACKED)},
        Fault.DOCTYPE: _(
            "The workbook holds a document type or entities, which no spreadsheet program writes. "
            "It was not opened."
        ),
    }[fault]


def _parts(archive: zipfile.ZipFile) -> dict[str, Seen]:
    seen: dict[str, Seen] = defaultdict(Seen)
    shared = 0
    for name, plain, known in walked(archive, Limits(MAX_PARTS, MAX_UNPACKED, MAX_RATIO)):
        place = name.lower()
        if place == "xl/sharedstrings.xml":
            shared += len(plain) - known
            if shared > MAX_SHARED:
                raise UnsafeArchive(Fault.SIZE)
        elif place.startswith("xl/worksheets/") and place.endswith(".xml"):
            _note(plain, known, seen[name])
    return dict(seen)


def _note(plain: bytes, known: int, seen: Seen) -> None:
    """Note merged cells and rows. The first `known` bytes have been looked at before."""
    seen.rows += plain.count(b"<row ") - plain.count(b"<row ", 0, known)
    for match in _ROW.finditer(plain):
        if match.end() > known:
            number = int(match.group(1))
            seen.is_in_order &= seen.last < number <= _MOST_ROWS
            seen.last = number
    if b"mergeCell" in plain:
        for match in _MERGE.finditer(plain):
            if match.end() > known and len(seen.merges) < _MOST_MERGES:
                seen.merges.append(range_boundaries(match.group(1).decode()))
