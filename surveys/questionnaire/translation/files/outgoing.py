"""Writing translators' files."""

from __future__ import annotations

import io
import zipfile

import polib
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ...definition import Definition
from ..cells import Text, texts_of
from ..staleness import Recorded, is_outdated

KEY = "key"
CONTEXT = ("page", "question", "what")
"""Columns of a workbook between the key and the source wording: for people, never read back."""
SHEET = "Translations"


def po_file(definition: Definition, language: str, recorded: Recorded, *, project: str) -> bytes:
    """One language as PO: the place as context, the source wording as id.

    A translation made from an older source wording is marked fuzzy, as gettext does.
    """
    po = polib.POFile(wrapwidth=0)
    po.metadata = {
        "Project-Id-Version": project,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Source-Language": definition.default_language,
    }
    for text in _written(definition):
        outdated = is_outdated(text, language, recorded, definition.default_language)
        po.append(
            polib.POEntry(
                msgctxt=text.place,
                msgid=text.source,
                msgstr=text.in_language(language),
                comment=_context(definition, text),
                flags=["fuzzy"] if outdated else [],
            )
        )
    return str(po).encode("utf-8", "replace")


def _written(definition: Definition) -> list[Text]:
    """Texts that have a wording to translate from."""
    return [text for text in texts_of(definition) if text.source]


def _context(definition: Definition, text: Text) -> str:
    parts = [text.part.replace("_", " ")]
    question = definition.by_code.get(text.question)
    if question is not None:
        label = definition.text(question.label, definition.default_language)
        parts.append(f"{question.kind} question “{' '.join(label.split())}”")
    if text.page:
        parts.append(f"page {text.page}")
    if text.source_language != definition.default_language:
        parts.append(
            f"the wording above is in {text.source_language}: the source language has none"
        )
    if not text.is_read:
        parts.append("not read by respondents")
    return "; ".join(parts)


def archive(definition: Definition, recorded: Recorded, *, project: str, name: str) -> bytes:
    """All languages as a ZIP of PO files, `NAME-km.po`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as found:
        for language in definition.languages:
            if language != definition.default_language:
                found.writestr(
                    f"{name}-{language}.po",
                    po_file(definition, language, recorded, project=project),
                )
    return made.getvalue()


def workbook(
    definition: Definition, languages: list[str], recorded: Recorded, *, names: dict[str, str]
) -> bytes:
    """Languages as one Excel sheet: a row per text, a column per language, keys on grey.

    Missing translations are orange, those made from an older source wording yellow.
    """
    made = io.BytesIO()
    book = Workbook(
        made,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(SHEET)
    formats = _Formats(book)
    default = definition.default_language
    columns = [default, *(code for code in languages if code != default)]
    for place, name in enumerate([KEY, *CONTEXT]):
        sheet.write_string(0, place, name, formats.head)
    first = 1 + len(CONTEXT)
    for place, code in enumerate(columns, first):
        name = names.get(code)
        sheet.write_string(0, place, f"{name} ({code})" if name else code, formats.head)
    for number, text in enumerate(_written(definition), 1):
        _row(sheet, number, definition, text, columns, recorded, formats)
    sheet.freeze_panes(1, first + 1)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, len(CONTEXT), 14)
    sheet.set_column(first, first + len(columns) - 1, 44)
    sheet.autofilter(0, 0, max(1, len(_written(definition))), first + len(columns) - 1)
    book.close()
    return made.getvalue()


class _Formats:
    def __init__(self, book: Workbook) -> None:
        plain = {"text_wrap": True, "valign": "top"}
        self.head: Format = book.add_format({"bold": True, "bg_color": "#d3dcd9", "border": 1})
        self.key: Format = book.add_format(plain | {"bg_color": "#e8eceb", "font_color": "#47595c"})
        self.plain: Format = book.add_format(plain)
        self.missing: Format = book.add_format(plain | {"bg_color": "#fde8d0"})
        self.outdated: Format = book.add_format(plain | {"bg_color": "#fff6bf"})


def _row(
    sheet: Worksheet,
    number: int,
    definition: Definition,
    text: Text,
    columns: list[str],
    recorded: Recorded,
    formats: _Formats,
) -> None:
    what = text.part.replace("_", " ") + ("" if text.is_read else " (not read by respondents)")
    for place, value in enumerate([text.place, text.page, text.question, what]):
        sheet.write_string(number, place, value, formats.key)
    default = definition.default_language
    for place, code in enumerate(columns, 1 + len(CONTEXT)):
        wording = text.in_language(code)
        if code == default:
            sheet.write_string(number, place, text.in_language(default), formats.key)
        elif not wording.strip():
            sheet.write_blank(
                number, place, None, formats.missing if text.counts else formats.plain
            )
        else:
            outdated = is_outdated(text, code, recorded, default)
            sheet.write_string(
                number, place, wording, formats.outdated if outdated else formats.plain
            )
