"""Forms as Markdown tables, and ways to make files of them."""

from __future__ import annotations

import io

import xlsxwriter
from openpyxl import Workbook
from pyxform.xls2json_backends import _md_table_to_ss_structure

from surveys.questionnaire.definition import Definition, Question
from surveys.questionnaire.logic import to_text
from surveys.questionnaire.xlsform import Imported, Level, read_xlsform


def read(markdown: str, name: str = "form.md") -> Imported:
    """Import a form written as a Markdown table."""
    return read_xlsform(markdown.encode(), name)


def survey(*rows: str, columns: str = "type | name | label", choices: str = "") -> Imported:
    """Import the rows of a survey sheet, cells separated by |, with an optional choices sheet."""
    lines = ["| survey |", f"| | {columns} |", *(f"| | {row} |" for row in rows)]
    if choices:
        lines += ["| choices |", *(f"| | {line.strip()} |" for line in choices.strip().split("\n"))]
    return read("\n".join(lines))


YES_NO = """list_name | name | label
yn | yes | Yes
yn | no | No"""


def question(imported: Imported, code: str) -> Question:
    return imported.definition.by_code[code]


def relevant(imported: Imported, code: str) -> str:
    """The condition of a question as text."""
    tree = question(imported, code).relevant
    return to_text(tree) if tree is not None else ""


def constraint(imported: Imported, code: str) -> str:
    tree = question(imported, code).constraint
    return to_text(tree) if tree is not None else ""


def sentences(imported: Imported, level: Level | None = None) -> list[str]:
    return [str(one) for one in imported.findings if level is None or one.level == level]


def found(imported: Imported, *, row: int, column: str = "", sheet: str = "survey") -> str:
    """All sentences about one place, joined."""
    return " ".join(
        one.sentence
        for one in imported.findings
        if (one.sheet, one.row) == (sheet, row) and (not column or one.column == column)
    )


def kinds(definition: Definition) -> list[str]:
    return [f"{one.code}:{one.kind}" for one in definition.questions]


def sheets_of(markdown: str) -> dict[str, list[tuple[str | None, ...]]]:
    return _md_table_to_ss_structure(markdown)


def xlsx(sheets: dict[str, list], *, prepare=None) -> bytes:
    """An .xlsx of lists of cells; `prepare(workbook)` may change it before it is saved."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if prepare:
        prepare(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def large_xlsx(rows: int, languages: tuple[str, ...]) -> bytes:
    """A form of so many questions in groups of 20, with conditions and choices."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("survey")
        labels = [f"label::{language}" for language in languages]
        sheet.write_row(0, 0, ["type", "name", *labels, "relevant", "constraint", "required"])
        number = 1
        for index in range(rows):
            if index % 20 == 0:
                if index:
                    sheet.write_row(number, 0, ["end_group"])
                    number += 1
                names = [f"Part {index // 20}"] * len(labels)
                sheet.write_row(number, 0, ["begin_group", f"g{index}", *names])
                number += 1
            kind = ("select_one yn", "integer", "text", "select_multiple many")[index % 4]
            words = [f"Question {index} in {language} ក្រុម" for language in languages]
            condition = f"${{q{index - 1}}} != ''" if index else ""
            bound = ". >= 0 and . < 120" if kind == "integer" else ""
            sheet.write_row(number, 0, [kind, f"q{index}", *words, condition, bound, "yes"])
            number += 1
        sheet.write_row(number, 0, ["end_group"])
        choices = book.add_worksheet("choices")
        choices.write_row(0, 0, ["list_name", "name", *labels])
        rows_of = [("yn", "yes"), ("yn", "no"), *(("many", f"c{n}") for n in range(30))]
        for at, (list_name, name) in enumerate(rows_of, start=1):
            choices.write_row(at, 0, [list_name, name, *(f"{name} {one}" for one in languages)])
        settings = book.add_worksheet("settings")
        settings.write_row(0, 0, ["form_title", "form_id", "default_language"])
        settings.write_row(1, 0, ["Large", "large", languages[0]])
    return stream.getvalue()
