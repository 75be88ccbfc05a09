"""Reading translators' files: what each row wants, and what is wrong with it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import polib
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from indicators.archives import Fault, Limits, UnsafeArchive, walked

from ...definition import MAX_TEXT
from ..cells import tidy
from .outgoing import CONTEXT, KEY

LARGEST = 10_000_000
"""Bytes of an uploaded file."""
LIMITS = Limits(parts=300, unpacked=100_000_000, ratio=200)
MOST_ROWS = 20_000
MOST_COLUMNS = 80
MOST_TROUBLE = 200
_CODE = re.compile(r"(?:.*\()?\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)?\s*\Z", re.DOTALL)
_IN_NAME = re.compile(r"[-_.]([a-z]{2,3}(?:-[a-z0-9]{2,8})*)\.po\Z", re.IGNORECASE)


class FileRefused(ValueError):
    """The file as a whole cannot be read; the text is a sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a file wants a text to say. `source` is the source wording the translator saw.

    `is_fuzzy` is None in a workbook, which cannot say it; `where` is the row and column or the file.
    """

    place: str
    language: str
    text: str
    source: str
    where: str
    is_fuzzy: bool | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A row or column that cannot be used."""

    where: str
    sentence: str


@dataclass
class Read:
    """The usable wordings and the trouble of one file. Empty translations are in neither."""

    wordings: list[Wording] = field(default_factory=list)
    trouble: list[Trouble] = field(default_factory=list)

    def complain(self, where: str, sentence: str) -> None:
        """Note that something cannot be used; the first two hundred are kept."""
        if len(self.trouble) < MOST_TROUBLE:
            self.trouble.append(Trouble(where, sentence))


def read(data: bytes, name: str, *, languages: Collection[str], default_language: str) -> Read:
    """Read a `.po`, a `.zip` of them, or an `.xlsx` of a questionnaire with these languages.

    Raises `FileRefused` for a file that is none of these, too large, or without keys or languages.
    """
    if not data:
        raise FileRefused("The file is empty. Choose the file that the translator sent.")
    if len(data) > LARGEST:
        raise FileRefused(
            f"The file has {len(data) // 1_000_000} MB; at most {LARGEST // 1_000_000} MB are read. "
            "A questionnaire's texts need far less: is it the right file?"
        )
    if data[:4] == b"PK\x03\x04":
        return _read_archive(data, languages, default_language)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileRefused(
            "This is a workbook of the old kind (.xls) or one with a password. Save it as .xlsx "
            "without a password and upload that."
        )
    found = Read()
    _read_po(data, name, languages, default_language, found)
    return found


def _read_archive(data: bytes, languages: Collection[str], default_language: str) -> Read:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _look_through(archive)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" in names:
                return _guarded(lambda: _read_workbook(data, languages, default_language))
            files = [part for part in parts if part.filename.lower().endswith(".po")]
            if not files:
                raise FileRefused("The archive holds no .po file and is no .xlsx workbook.")
            found = Read()
            for part in files:
                with archive.open(part) as opened:
                    content = opened.read(LARGEST + 1)
                if len(content) > LARGEST:
                    raise FileRefused(f"{part.filename[:80]} is larger than it claims to be.")
                _read_po(content, part.filename[-80:], languages, default_language, found)
            return found
    except FileRefused:
        raise
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError,
        NotImplementedError, RuntimeError,
    ) as error:  # fmt: skip
        raise FileRefused(
            "The file is damaged or protected by a password: it cannot be unpacked. Save it again."
        ) from error


def _look_through(archive: zipfile.ZipFile) -> None:
    try:
        for _name, _piece, _known in walked(archive, LIMITS):
            pass
    except UnsafeArchive as error:
        raise FileRefused(
            "The file holds a document type, which no spreadsheet program writes, so it was not "
            "opened. Export a fresh file and copy the translations into it."
            if error.fault is Fault.DOCTYPE
            else "The file would unpack to far more than texts of a questionnaire need, so it was "
            "not opened. Export a fresh file and copy the translations into it."
        ) from error


def _guarded(work: Callable[[], Read]) -> Read:
    """Do something with openpyxl, whose many ways to fail on a broken file become one sentence."""
    try:
        return work()
    except FileRefused:
        raise
    except (
        InvalidFileException, ParseError, KeyError, ValueError, TypeError, AttributeError,
        IndexError, OSError, SyntaxError, zlib.error,
    ) as error:  # fmt: skip
        raise FileRefused(
            "The workbook cannot be read: it is damaged or no ordinary .xlsx. Open it in a "
            "spreadsheet program, save it as .xlsx and upload that."
        ) from error


def _read_po(
    data: bytes, name: str, languages: Collection[str], default_language: str, found: Read
) -> None:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise FileRefused(f"{name[:80]} is saved as UTF-16. Save it as UTF-8 and upload it again.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"{name[:80]} is not UTF-8 text (byte {error.start}). If it is a .po file, set its "
            "encoding to UTF-8; otherwise upload a .po, .zip or .xlsx file."
        ) from error
    if "msgid" not in text:
        raise FileRefused(
            f"{name[:80]} is not a .po file: it has no entries. Upload a .po, .zip or .xlsx file."
        )
    if "\x00" in text:
        raise FileRefused(f"{name[:80]} holds null characters and is no text. Save it again.")
    try:
        # A comment in front, so that the library never takes a content for the name of a file.
        po = polib.pofile(f"#\n{text}")
    except (OSError, ValueError, IndexError, KeyError, AttributeError, UnicodeError) as error:
        raise FileRefused(f"{name[:80]} cannot be read: {_po_reason(error)}") from error
    language = _po_language(po, name, languages, default_language)
    if len(po) > MOST_ROWS:
        raise FileRefused(f"{name[:80]} has {len(po)} entries; at most {MOST_ROWS} are read.")
    seen: set[str] = set()
    for entry in po:
        where = f"{name[-60:]}, line {max(1, entry.linenum - 1)}"
        place = (entry.msgctxt or "").strip()
        if entry.obsolete or not entry.msgstr.strip():
            continue
        if not place:
            found.complain(where, "The entry has no context (msgctxt), so its place is unknown.")
        elif place in seen:
            found.complain(where, f"{place[:120]} comes twice; the first one counts.")
        else:
            seen.add(place)
            _keep(found, place, language, entry.msgstr, entry.msgid, where, entry.fuzzy)


def _po_reason(error: Exception) -> str:
    line = re.search(r"line (\d+)", str(error))
    return f"line {max(1, int(line[1]) - 1)} is no valid PO." if line else "it is no valid PO file."


def _po_language(
    po: polib.POFile, name: str, languages: Collection[str], default_language: str
) -> str:
    said = po.metadata.get("Language", "").strip().lower().replace("_", "-")
    named = _IN_NAME.search(name)
    language = said or (named[1].lower() if named else "")
    if not language:
        raise FileRefused(
            f"{name[:80]} does not say its language. Put a line such as "
            '"Language: km\\n" into its header.'
        )
    if language == default_language:
        raise FileRefused(
            f"{name[:80]} is in {language[:40]}, the language that is translated from. "
            "Change wordings of it in the editor."
        )
    if language not in languages:
        raise FileRefused(
            f"{name[:80]} is in {language[:40]}, which this questionnaire does not have. "
            "Add the language first."
        )
    return language


def _keep(
    found: Read, place: str, language: str, text: Any, source: str, where: str, fuzzy: bool | None
) -> None:
    wording = tidy(str(text))
    if len(wording) > MAX_TEXT:
        found.complain(
            where, f"The wording has {len(wording)} characters; at most {MAX_TEXT} are possible."
        )
    elif wording:
        found.wordings.append(Wording(place, language, wording, tidy(source), where, fuzzy))


def _read_workbook(data: bytes, languages: Collection[str], default_language: str) -> Read:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            # What a sheet says of its own size may be wrong in either direction.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=MOST_COLUMNS, max_row=MOST_ROWS + 10)
            for number, row in enumerate(rows, 1):
                if number > 10:
                    break
                heads = [str(cell.value or "").strip() for cell in row]
                if KEY in [head.lower() for head in heads]:
                    return _Sheet(heads, number, languages, default_language).read(rows)
        raise FileRefused(
            f"No sheet has a column “{KEY}”. Export a fresh file and copy the translations into it."
        )
    finally:
        book.close()


class _Sheet:
    """One sheet below its row of headings."""

    def __init__(
        self, heads: list[str], number: int, languages: Collection[str], default_language: str
    ) -> None:
        self.found = Read()
        self.number = number
        lowered = [head.lower() for head in heads]
        self.key = lowered.index(KEY)
        self.source: int | None = None
        self.columns: dict[int, str] = {}
        for place, head in enumerate(heads):
            if place == self.key or not head or lowered[place] in CONTEXT:
                continue
            letter = get_column_letter(place + 1)
            match = _CODE.match(head)
            code = match[1].lower().replace("_", "-") if match else ""
            if code == default_language:
                self.source = place
            elif code not in languages:
                self.found.complain(
                    f"column {letter}",
                    f"“{head[:60]}” is no language of this questionnaire; the column is not read. "
                    "Headings end in the language's code, such as “ខ្មែរ (km)”.",
                )
            elif code in self.columns.values():
                self.found.complain(f"column {letter}", f"The language {code} comes twice.")
            else:
                self.columns[place] = code
        if not self.columns:
            raise FileRefused(
                "The sheet has no column of a language to translate into. Headings end in the "
                "language's code, such as “ខ្មែរ (km)”."
            )

    def read(self, rows: Any) -> Read:
        seen: set[str] = set()
        for number, row in enumerate(rows, self.number + 1):
            if number > MOST_ROWS:
                self.found.complain(f"row {number}", f"Only the first {MOST_ROWS} rows were read.")
                break
            place = self._text(row, self.key, number)
            wordings = [self._text(row, column, number) for column in self.columns]
            if not place:
                if any(wordings):
                    self.found.complain(f"row {number}", "The row has translations and no key.")
                continue
            if place in seen:
                self.found.complain(
                    f"row {number}", f"{place[:120]} comes twice; the first one counts."
                )
                continue
            seen.add(place)
            source = self._text(row, self.source, number) if self.source is not None else ""
            for (column, code), wording in zip(self.columns.items(), wordings, strict=True):
                if wording:
                    where = f"row {number}, column {get_column_letter(column + 1)}"
                    _keep(self.found, place[:300], code, wording, source, where, None)
        return self.found

    def _text(self, row: Any, column: int, number: int) -> str:
        """What a cell says as text; "" for nothing and for what cannot be a wording."""
        cell = row[column] if column < len(row) else None
        value = getattr(cell, "value", None)
        if value is None:
            return ""
        where = f"row {number}, column {get_column_letter(column + 1)}"
        if cell.data_type == "f" or not isinstance(value, str | int | float):
            kind = "formula" if cell.data_type == "f" else "date or another value that is no text"
            self.found.complain(where, f"The cell holds a {kind}. Write the wording as text.")
            return ""
        if cell.data_type == "e":
            self.found.complain(where, f"The cell shows an error ({value}). Write the wording.")
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return tidy(str(value))
