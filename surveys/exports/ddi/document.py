"""The document as a whole: what is described, and in which files it lies."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element, indent, tostring

from django.conf import settings

from surveys.exports.ddi.data import add_data
from surveys.exports.ddi.elements import LANG, NAMESPACE, add
from surveys.exports.ddi.study import add_study
from surveys.exports.rows import Table
from surveys.exports.variables import Variables

VERSION = "2.5"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
SAV_FILE, CSV_FILE = "F1", "F2"


def codebook(table: Table, *, at: datetime) -> bytes:
    """The codebook of a wave's table as XML in UTF-8.

    It describes everything that the data files hold, and holds no answer itself.
    """
    variables = Variables(table)
    default = table.alignment.newest.default_language
    root = Element("codeBook", {"version": VERSION, LANG: default, "xmlns": NAMESPACE})
    root.set(_XSI, f"{NAMESPACE} {_SCHEMA}")
    _add_itself(root, table, at)
    add_study(root, variables)
    _add_files(root, variables)
    add_data(root, variables, files=f"{SAV_FILE} {CSV_FILE}")
    indent(root, space=" ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8")


def _add_itself(root: Element, table: Table, at: datetime) -> None:
    citation = add(add(root, "docDscr"), "citation")
    title = add(citation, "titlStmt")
    add(title, "titl", f"Codebook: {table.wave.title}", "en")
    production = add(citation, "prodStmt")
    add(production, "prodDate", f"{at:%Y-%m-%d}", date=f"{at:%Y-%m-%d}")
    add(production, "software", f"Suara {settings.CODE_VERSION}".strip())


def _add_files(root: Element, variables: Variables) -> None:
    table = variables.table
    rows = table.count()
    for number, name, kind, layout in (
        (SAV_FILE, f"{table.wave.slug}.sav", "SPSS system file", "SPSS"),
        (CSV_FILE, f"{table.wave.slug}.csv", "text with one line per response", "comma-delimited"),
    ):
        file = add(add(root, "fileDscr", ID=number), "fileTxt")
        add(file, "fileName", name)
        size = add(file, "dimensns")
        add(size, "caseQnty", str(rows))
        add(size, "varQnty", str(len(variables.all)))
        add(file, "fileType", kind, charset="UTF-8")
        add(file, "format", layout)
        add(
            file,
            "dataMsng",
            "-9 don't know, -8 refused, -7 not asked; blank: left empty, or a questionnaire "
            "version that did not have the question.",
            "en",
        )
