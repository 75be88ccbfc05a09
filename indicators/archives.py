"""Archives that people upload: gone through once, in small pieces, before any parser sees them.

The sizes that parts *have* are counted, not those they declare. An XML part with a document type,
the carrier of entity bombs, is not let through.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

_PIECE = 1024 * 1024
_TAIL = 200
_DOCTYPE = re.compile(rb"<\s*!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Fault(Enum):
    """Why an archive must not be opened."""

    PARTS = "too many parts"
    SIZE = "too large, or packed far too tightly"
    DOCTYPE = "a document type"


class UnsafeArchive(Exception):
    """An archive that must not be opened; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many parts, how many bytes together, and how many times larger than packed a part of
    more than a megabyte may be."""

    parts: int
    unpacked: int
    ratio: int


def walked(archive: zipfile.ZipFile, limits: Limits) -> Iterator[tuple[str, bytes, int]]:
    """Go through every part: its name, a piece of it, and how many bytes at the piece's beginning
    were shown before, so that words on a border are not missed. UTF-16 loses its zero bytes.

    Raises UnsafeArchive, before or on the way.
    """
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise UnsafeArchive(Fault.PARTS)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise UnsafeArchive(Fault.SIZE)
    total = 0
    for part in parts:
        is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        size, tail = 0, b""
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                total += len(piece)
                if total > limits.unpacked:
                    raise UnsafeArchive(Fault.SIZE)
                if size > _PIECE and size > limits.ratio * max(part.compress_size, 1):
                    raise UnsafeArchive(Fault.SIZE)
                plain = tail + (piece.replace(b"\x00", b"") if is_xml else piece)
                if is_xml and _DOCTYPE.search(plain):
                    raise UnsafeArchive(Fault.DOCTYPE)
                yield part.filename, plain, len(tail)
                tail = plain[-_TAIL:]
