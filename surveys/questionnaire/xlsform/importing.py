"""An XLSForm file to a questionnaire document and a report on every row of it.

The stages, each in its own module: `opening` (is it safe), `workbooks` (cells), `tables`
(headings), `languages`, `choices`, `outline` (groups), `matrices`, `kinds`, then codes, and with
the codes `conditions`, `questions` and `pages`. Nothing stops at the first mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pyxform import aliases

from ..definition import (
    MAX_QUESTIONS,
    Definition,
    DefinitionError,
    Question,
    parse,
    to_document,
)
from .calculations import read_calculations, static_types
from .choices import ChoiceList, read_lists
from .conditions import TICKED, Conditions
from .form import FORMAT, Form, broken_up, put_together
from .kinds import decide_kinds
from .languages import Languages
from .matrices import find_matrices
from .names import Codes, Names, code_from
from .outline import Item, read_outline
from .pages import page_documents
from .report import Finding, Level, Report, XLSFormRefused
from .tables import OWN, Table, read_tables
from .unused import report_unused
from .workbooks import read_sheets

_QUESTION_PATH = re.compile(r"pages\[([0-9]+)\]\.questions\[([0-9]+)\]")


@dataclass(frozen=True)
class Imported:
    """What an import gives: the definition, the report, and what the file says of itself."""

    definition: Definition
    findings: tuple[Finding, ...]
    form_id: str
    version: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document to store."""
        return to_document(self.definition)


def read_xlsform(data: bytes, name: str) -> Imported:
    """Read a form from the bytes of an .xlsx, .xlsm, .xls, .csv or .md file called `name`.

    Raises `XLSFormRefused` with findings when the file holds no form that can be read at all.
    """
    report = Report()
    sheets = read_sheets(data, name, report)
    tables = read_tables(sheets, report)
    _check_survey(tables["survey"], [sheet.name for sheet in sheets], report)
    form, root = _read_form(tables, report)
    pages = page_documents(root, form)
    many = sum(len(page["questions"]) for page in pages)
    if many > MAX_QUESTIONS:
        raise XLSFormRefused(
            f"The form has {many:,} questions; at most {MAX_QUESTIONS:,} fit in a questionnaire. "
            "Split it into several."
        )
    if not many and not form.own_format:
        _refuse_empty(report)
    document = {
        "schema": 1,
        "languages": list(form.languages.listed),
        "default_language": form.languages.default,
        "title": _title(form, PurePath(name).stem),
        "pages": pages,
        "seed": form.seed,
    } | {part: _own_text(form, part) for part in ("introduction", "thanks")}
    definition = _stored(document, root, report)
    form_id, version = form.setting("id_string"), form.setting("version")
    report_unused(form, root)
    return Imported(definition, report.finished(), form_id, version)


def _check_survey(table: Table, names: list[str], report: Report) -> None:
    if not table.lines and not table.columns:
        raise XLSFormRefused(
            "There is no sheet called “survey” with questions in it. The file has: "
            + (", ".join(name[:60] for name in names[:20]) or "no sheet with content")
            + "."
        )
    missing = [f"“{name}”" for name in ("type", "name") if name not in table]
    if "type" not in table:
        raise XLSFormRefused(
            [
                *report.finished(),
                Finding(
                    Level.LEFT_OUT,
                    f"The sheet has no column {' and no column '.join(missing)}. An XLSForm needs "
                    "the columns type, name and label in its first row.",
                    sheet=table.name,
                ),
            ]
        )
    if missing:
        report.add(
            Level.CHANGED,
            "The sheet has no column “name”. Codes were made from the row numbers.",
            sheet=table.name,
        )


def _stored(document: dict[str, Any], root: Item, report: Report) -> Definition:
    """The definition; a question that cannot be stored is left out rather than the whole form."""
    try:
        return parse(document)
    except DefinitionError as error:
        lines = {item.code: item.line for item in root.walk() if item.code}
        unfit: dict[tuple[int, int], str] = {}
        for problem in error.problems:
            if match := _QUESTION_PATH.match(problem.path):
                unfit.setdefault((int(match[1]), int(match[2])), problem.sentence)
        for (page, number), sentence in sorted(unfit.items(), reverse=True):
            code = document["pages"][page]["questions"].pop(number)["code"]
            place = lines[code].place() if code in lines else {}
            report.add(Level.LEFT_OUT, f"“{code}” was left out. {sentence}", **place)
        try:
            return parse(document)
        except DefinitionError as again:
            raise XLSFormRefused(
                [
                    *report.finished(),
                    *(Finding(Level.LEFT_OUT, str(problem)) for problem in again.problems[:100]),
                ]
            ) from again


def _refuse_empty(report: Report) -> None:
    raise XLSFormRefused(
        [
            Finding(Level.LEFT_OUT, "The form has no question that can be asked here."),
            *report.finished(),
        ]
    )


def _read_form(tables: dict[str, Table], report: Report) -> tuple[Form, Item]:
    settings = tables["settings"].lines[0] if tables["settings"].lines else None
    own_format = settings is not None and settings.get(f"{OWN}.format") == FORMAT
    languages = Languages(tables, report)
    duplicates = settings.get("allow_choice_duplicates") if settings else ""
    lists = read_lists(
        tables["choices"], report, allow_duplicates=bool(aliases.yes_no.get(duplicates.lower()))
    )
    root = read_outline(tables["survey"], report)
    find_matrices(root, report, own_format=own_format)
    decide_kinds(root, lists, report)
    names, codes = Names(), Codes()
    _give_codes(root, names, codes, report, own_format=own_format)
    conditions = Conditions(names, static_types(root), _recoded(root, lists), report, own_format)
    form = Form(tables, languages, lists, names, codes, conditions, report, own_format)
    _foresee_others(root, form)
    read_calculations(root, conditions)
    return form, root


def _give_codes(
    root: Item, names: Names, codes: Codes, report: Report, *, own_format: bool
) -> None:
    """Codes in document order; the rows of a grid have codes of their own below it."""
    rows: dict[int, Codes] = {}
    for item in root.walk():
        names.add(item)
        if item.left_out or item.kind in ("", "heading") or (item.is_group and not item.kind):
            continue
        stored = item.line.raw(f"{OWN}.code") if own_format else ""
        wanted = stored or code_from(item.name, f"row_{item.line.number}")
        around = next((group.name for group in item.ancestors if group.name), "")
        more = code_from(f"{around[:30]}_{wanted[:33]}", wanted) if around else wanted
        taken = codes if item.matrix is None else rows.setdefault(id(item.matrix), Codes())
        item.code = taken.claim(wanted, more)
        if item.name and item.code != item.name and not stored:
            report.add(
                Level.CHANGED, _renamed(item, item.code == wanted), **item.line.place("name")
            )
        elif not item.name and item.type.kind != "note" and "name" in item.line.table:
            report.add(
                Level.CHANGED,
                f"The question has no name. It got the code “{item.code}”.",
                **item.line.place("name"),
            )


def _renamed(item: Item, by_signs: bool) -> str:
    if by_signs:
        return (
            f"The name “{item.name[:80]}” has signs a code cannot have, or is too long. It became "
            f"“{item.code}”, in conditions too."
        )
    return (
        f"The name “{item.name[:80]}” is used twice (capitals do not count). This one became "
        f"“{item.code}”; conditions mean the one nearest to them."
    )


def _recoded(root: Item, lists: dict[str, ChoiceList]) -> dict[str, dict[str, str]]:
    """Choice names that changed, by question; an acknowledge's tick is the code `yes`."""
    found: dict[str, dict[str, str]] = {}
    for item in root.walk():
        chosen = lists.get(item.list_name or item.type.list_name)
        if item.code and chosen and chosen.recoded:
            found[item.code] = chosen.recoded
        elif item.code and item.kind == "consent" and not chosen:
            found[item.code] = {TICKED: "yes"}
    return found


def _foresee_others(root: Item, form: Form) -> None:
    """`${q_other}` may be referred to although `or_other` makes that question only later."""
    for item in root.walk():
        if (
            item.code
            and item.type.or_other
            and f"{item.name}_other".lower() not in (form.names.by_name)
        ):
            form.names.generated[f"{item.name}_other"] = f"{item.code[:56]}_other"
            form.conditions.types[f"{item.code[:56]}_other"] = "text"


def _title(form: Form, fallback: str) -> dict[str, str]:
    """The title in all languages: ours from the sheet `suara`, others from the settings."""
    own = _own_text(form, "title")
    default = form.languages.default
    lines = form.tables["settings"].lines
    stated = lines[0].raw("title") if lines else ""
    if form.own_format:
        if stated != form_title(own, default, form.setting("id_string")):
            own[default] = put_together(stated)
        return own
    stated = stated.strip() or form.setting("id_string") or fallback
    return {default: "".join(sign for sign in stated if sign >= " ")[:300] or "Questionnaire"}


def form_title(title: dict[str, str], default: str, form_id: str) -> str:
    """What stands as `form_title`, which has one language, for a title in several."""
    return broken_up(title.get(default) or next((title[code] for code in sorted(title)), form_id))


def _own_text(form: Form, name: str) -> dict[str, str]:
    for line in form.tables[OWN].lines:
        if line.get("text") == name:
            return form.languages.gather(line.tagged("label"))
    return {}


def questions_of(definition: Definition) -> tuple[Question, ...]:
    """The questions people answer: notes and calculations are not counted."""
    return tuple(one for one in definition.questions if one.kind not in ("note", "calculate"))
