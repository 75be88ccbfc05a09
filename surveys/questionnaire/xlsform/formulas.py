"""What openpyxl's fast reader does not tell: formulas without a value, and merged cells."""

from __future__ import annotations

import re
import zipfile
from typing import Any

from openpyxl.utils import range_boundaries

from .report import Level, Report

_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f\b')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z0-9:]{2,30})"')
_MAX_TOLD = 20
_FILLED_DOWN = 500


def uncomputed_and_merged(
    archive: zipfile.ZipFile, book: Any, sheets: list[Any], report: Report
) -> None:
    """Report every formula that was never computed; give merged cells the value they show."""
    for worksheet, sheet in zip(book.worksheets, sheets, strict=True):
        path = worksheet._worksheet_path
        xml = archive.read(path) if path in archive.namelist() else b""
        if b"<f" in xml:
            _report_uncomputed(xml, sheet, report)
        if b"<mergeCell " in xml:
            _fill_merged(xml, sheet, report)


def _report_uncomputed(xml: bytes, sheet: Any, report: Report) -> None:
    from openpyxl.utils import column_index_from_string

    rows = dict(sheet.rows)
    told = 0
    for match in _FORMULA.finditer(xml):
        end = xml.find(b"</c>", match.end())
        if b"<v>" in xml[match.end() : end] and b"<v></v>" not in xml[match.end() : end]:
            continue
        letter, number = match.group(1).decode(), int(match.group(2))
        cells = rows.get(number, [])
        place = column_index_from_string(letter)
        if place <= len(cells) and cells[place - 1]:
            continue
        told += 1
        if told > _MAX_TOLD:
            break
        report.add(
            Level.LEFT_OUT,
            "The cell holds a formula whose value was never computed. It was read as empty. Open "
            "the file in Excel or LibreOffice, save it and import it again.",
            sheet=sheet.name,
            row=number,
            column=letter,
        )


def _fill_merged(xml: bytes, sheet: Any, report: Report) -> None:
    rows = dict(sheet.rows)
    told = False
    for match in _MERGED.finditer(xml):
        try:
            left, top, right, bottom = range_boundaries(match.group(1).decode())
        except (ValueError, TypeError):
            continue
        value = rows.get(top, [])[left - 1 : left]
        # A heading merged over columns is decoration; a value merged over rows is meant for each.
        if not value or not value[0] or left != right or bottom - top > _FILLED_DOWN:
            continue
        for number in range(top + 1, bottom + 1):
            cells = rows.get(number)
            if cells is not None and len(cells) >= left and not cells[left - 1]:
                cells[left - 1] = value[0]
            elif cells is not None and len(cells) < left:
                cells.extend([""] * (left - len(cells)))
                cells[left - 1] = value[0]
        if not told:
            told = True
            report.add(
                Level.CHANGED,
                "Cells are merged over several rows. Their value was taken for each of the rows.",
                sheet=sheet.name,
                row=top,
            )
