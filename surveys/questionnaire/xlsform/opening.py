"""What kind of file was handed in, and whether it is safe to parse. Content decides, not its name.

An .xlsx is a zip: every part is unpacked once in small pieces, so that the sizes it *has* are
counted and not only those it declares, and any part with a document type (the carrier of entity
bombs) is refused before an XML parser sees it.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePath

from indicators.archives import Fault, Limits, UnsafeArchive, walked

from .limits import MAX_BYTES, MAX_PARTS, MAX_RATIO, MAX_UNPACKED, megabytes
from .report import Level, Report, XLSFormRefused

KINDS = {"xlsx": ".xlsx", "xls": ".xls", "csv": ".csv", "md": ".md"}
_EXTENSIONS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".csv": "csv", ".md": "md"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_WANTED = "Save the form as .xlsx, .xls, .csv or as a Markdown table (.md) and upload that."


def sniff(data: bytes, name: str, report: Report) -> str:
    """The kind of file: "xlsx", "xls", "csv" or "md". Raises `XLSFormRefused` for anything else."""
    if not data:
        raise XLSFormRefused(
            "The file is empty. Choose the file with the form and upload it again."
        )
    if len(data) > MAX_BYTES:
        raise XLSFormRefused(
            f"The file has {megabytes(len(data))}; at most {megabytes(MAX_BYTES)} are read. "
            "Remove pictures and sheets that do not belong to the form."
        )
    kind = _kind(data)
    extension = PurePath(name).suffix.lower()
    if _EXTENSIONS.get(extension) != kind:
        said = f"is named {extension}" if extension else "has no extension in its name"
        report.add(
            Level.REMARK,
            f"The file {said}, but its content is {KINDS[kind]}. It was read as what it is.",
        )
    return kind


def _kind(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise XLSFormRefused(
                "The workbook is protected by a password. Remove the password in Excel "
                "(File, Info, Protect Workbook) and upload it again."
            )
        if any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
            return "xls"
        raise XLSFormRefused(f"The file is an Office document, but not a workbook. {_WANTED}")
    if data.startswith(_OLD_EXCEL):
        return "xls"
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        raise XLSFormRefused(f"The file is a PDF. {_WANTED}")
    if start.startswith((b"<", b"{\\rtf")):
        raise XLSFormRefused(
            "The file holds a web page or XML, not a workbook (some programs save those as .xls). "
            + _WANTED
        )
    return "md" if _is_table(decoded(data)) else "csv"


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
            names = {part.filename for part in archive.infolist()}
    except XLSFormRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError) as error:
        raise XLSFormRefused(
            "The workbook is damaged: it cannot be unpacked. The upload may have been cut off. "
            "Open it in Excel or LibreOffice, save it anew and upload it again."
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise XLSFormRefused(
            "The file is packed in a way that is not read here, or with a password. "
            "Open it in Excel or LibreOffice and save it as .xlsx."
        ) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise XLSFormRefused(f"The file is a binary workbook (.xlsb), which is not read. {_WANTED}")
    if "content.xml" in names:
        raise XLSFormRefused(f"The file is an OpenDocument file, which is not read. {_WANTED}")
    raise XLSFormRefused(f"The file is an archive, but not an Excel workbook. {_WANTED}")


def _check_parts(archive: zipfile.ZipFile) -> None:
    limits = Limits(parts=MAX_PARTS, unpacked=MAX_UNPACKED, ratio=MAX_RATIO)
    try:
        for _name, _piece, _known in walked(archive, limits):
            pass
    except UnsafeArchive as error:
        sentences = {
            Fault.PARTS: f"The workbook has {len(archive.infolist())} parts; at most {MAX_PARTS} "
            "are read. Remove pictures and sheets that do not belong to the form.",
            Fault.SIZE: f"The workbook unpacks to more than {megabytes(MAX_UNPACKED)} or is packed "
            "far tighter than any real form. It was not opened. Copy the form's sheets into a new "
            "workbook.",
            Fault.DOCTYPE: "The workbook holds a document type or entities, which no spreadsheet "
            "program writes. It was not opened.",
        }
        raise XLSFormRefused(sentences[error.fault]) from error


def decoded(data: bytes) -> str:
    """The text of a CSV or Markdown file. Raises `XLSFormRefused` when it is in no known encoding."""
    encoding = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise XLSFormRefused(
            f"The file is neither a workbook nor a text in UTF-8: byte {error.start + 1} cannot be "
            "read. In Excel choose “CSV UTF-8 (Comma delimited)”, or upload the .xlsx."
        ) from error
    if "\x00" in text:
        raise XLSFormRefused(f"The file holds binary data, not a form. {_WANTED}")
    return text


def _is_table(text: str) -> bool:
    lines = [line.strip() for line in text[:20000].splitlines()]
    tabular = [line for line in lines if line.startswith("|") and line.count("|") >= 2]
    return len(tabular) >= 2
