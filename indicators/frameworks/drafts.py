"""A framework read from a workbook or an old version, before anything of it is applied."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators import imports
from indicators.errors import FileRefused
from indicators.frameworks.cells import columns, from_json
from indicators.frameworks.contents import FRAMEWORK, SECTIONS, Section
from indicators.frameworks.sheets import NAMES
from indicators.imports import Book, CellRefused, Problem, Record, Sheet

MOST_ROWS = 20_000


@dataclass(frozen=True)
class DraftRow:
    """One row that was read: where it stands, and the columns that were given."""

    sheet: str
    number: int
    values: dict[str, Any]


@dataclass
class Draft:
    """What was read. `rows` by the name of the section; columns a file lacks are not in `values`."""

    rows: dict[str, list[DraftRow]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Which framework it is about."""
        found = self.rows.get(FRAMEWORK.name) or []
        return found[0].values.get("slug", "") if found else ""

    def as_json(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The rows and the problems, to be kept until somebody decides."""
        rows = {name: [asdict(row) for row in found] for name, found in self.rows.items()}
        return rows, [asdict(problem) for problem in self.problems]

    @classmethod
    def from_json(cls, rows: dict[str, Any], problems: Sequence[dict[str, Any]]) -> "Draft":
        """What `as_json` gave."""
        return cls(
            {name: [DraftRow(**row) for row in found] for name, found in rows.items()},
            [Problem(**problem) for problem in problems],
        )


def draft_of(document: dict[str, Any]) -> Draft:
    """A draft that asks for everything as it stands in the document of an old version."""
    rows = {}
    for section in SECTIONS:
        found = document.get(section.name) or []
        found = [found] if isinstance(found, dict) else found
        known = set(section.names)
        rows[section.name] = [
            DraftRow(NAMES[section.name], number, {k: v for k, v in row.items() if k in known})
            for number, row in enumerate(found, start=1)
        ]
    return Draft(rows)


def read_draft(book: Book) -> Draft:
    """Everything a workbook says about a framework; what cannot be read is among the problems.

    Raises FileRefused for a file without a sheet "Framework" that names the framework, or with more
    than `MOST_ROWS` rows.
    """
    draft = Draft()
    total = 0
    for section in SECTIONS:
        sheet = book.named(NAMES[section.name])
        if sheet is None:
            continue
        rows = _read(section, sheet, draft.problems)
        total += len(rows)
        if total > MOST_ROWS:
            raise FileRefused(
                _("The workbook has more than %(most)s rows, more than a framework ever had.")
                % {"most": f"{MOST_ROWS:,}"}
            )
        draft.rows[section.name] = rows
    if not draft.slug:
        raise FileRefused(
            _(
                "The workbook does not say which framework it is about: the column “slug” of the "
                "sheet “Framework” is missing or empty. Export a framework and use its file as a "
                "pattern."
            )
        )
    for extra in draft.rows[FRAMEWORK.name][1:]:
        draft.problems.append(
            problem(
                extra,
                "slug",
                gettext_noop("A workbook holds one framework; this row was not read."),
            )
        )
    del draft.rows[FRAMEWORK.name][1:]
    return draft


def problem(row: DraftRow, column: str, text: str, **details: Any) -> Problem:
    """Something wrong with a row that was read. `text` is marked for translation."""
    value = row.values.get(column, "")
    return Problem(row.sheet, row.number, column, imports.shown(str(value or "")), text, details)


def _read(section: Section, sheet: Sheet, problems: list[Problem]) -> list[DraftRow]:
    known = columns(section)
    head = imports.head_of(sheet, known)
    mapping = imports.match(head.headings, known)
    for place, heading in enumerate(head.headings):
        if place not in mapping.values() and not heading.startswith("column "):
            problems.append(
                Problem(
                    sheet.name,
                    head.row,
                    heading,
                    "",
                    gettext_noop("This column is not known and was not read."),
                )
            )
    sign = imports.sign_of(sheet, head, mapping, known)
    rows: list[DraftRow] = []
    for record in imports.records(sheet, head, mapping, known, sign=sign):
        if len(rows) > MOST_ROWS:
            break
        row = _row(section, record, sheet.name)
        found = [*record.problems, *_check(section, row)]
        problems += found
        # Of the framework's own row, what was understood: without it nothing could be told.
        if not found or section is FRAMEWORK:
            rows.append(row)
    return rows


def _row(section: Section, record: Record, sheet: str) -> DraftRow:
    values = {
        name: value
        for name, value in record.values.items()
        if "." not in name and name not in _json_names(section)
    }
    titles = {
        name.removeprefix("titles."): value
        for name, value in record.values.items()
        if name.startswith("titles.")
    }
    if titles:
        values["titles"] = titles
    for name in _json_names(section):
        if name in record.values:
            parts = [record.values.get(f"{name}.{number}", "") for number in range(2, 21)]
            try:
                values[name] = from_json(section, name, record.values[name] + "".join(parts))
            except CellRefused as refusal:
                record.problems.append(
                    Problem(sheet, record.row.number, name, "", refusal.text, refusal.details)
                )
    _name(section, values)
    return DraftRow(sheet, record.row.number, values)


def _json_names(section: Section) -> list[str]:
    return [name for name in ("printed_facts",) if section.field(name) is not None]


def _name(section: Section, values: dict[str, Any]) -> None:
    """Give a row without a key or address one made from its code or title."""
    [*_rest, last] = section.known_by
    if len(section.known_by) > 1 or values.get(last):
        return
    words = str(values.get("code") or values.get("title") or "")
    values[last] = slugify(words.replace(".", "-"))[:120].strip("-")


def _check(section: Section, row: DraftRow) -> list[Problem]:
    missing = [name for name in section.known_by if not row.values.get(name)]
    return [
        problem(row, name, gettext_noop("The cell is empty, but this column is needed."))
        for name in missing
    ]
