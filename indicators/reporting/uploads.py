"""A round's spreadsheet, filled in and read back into a form.

Reading saves nothing. It gives what the good rows say and, for every other cell, sheet, row, column,
value and reason; the form shows both, and saving it is one transaction like any other entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from indicators.errors import UnusableValue
from indicators.imports import Column, Problem, head_of, match, read, records, sign_of
from indicators.imports.cells import CellRefused, Percent, is_empty, plain, shown
from indicators.imports.numbers import decimal
from indicators.imports.periods import period
from indicators.models import Indicator, Submission, SubmittedValue, ValueStatus
from indicators.reporting.workbook import HEADINGS, KEY, MARK
from indicators.services.entry import Entry, checked
from indicators.units import unit_of

_MOST_PROBLEMS = 500
# Far more than any round asks for; a larger table is another one, uploaded by mistake.
_MOST_ROWS = 20_000


@dataclass
class ReadBack:
    """What a file says: entries by the indicator's key, and what could not be used."""

    name: str
    entries: dict[int, Entry] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    hidden: int = 0

    def refuse(self, problem: Problem) -> None:
        """Keep a problem, up to as many as somebody would read."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.hidden += 1


def read_back(
    file: BinaryIO,
    name: str,
    submission: Submission,
    indicators: Sequence[Indicator],
    held: Mapping[int, SubmittedValue],
    versions: Mapping[int, int],
) -> ReadBack:
    """What the file says about the indicators asked for. Nothing is saved.

    Raises `imports.reading.FileRefused` for a file that is no table at all, UnusableValue for one
    made for another submission.
    """
    found = ReadBack(name)
    book = read(file, name)
    columns = _columns()
    sheet, head, places = None, None, {}
    for candidate in book.sheets:
        its_head = head_of(candidate, columns)
        its_places = match(its_head.headings, columns)
        _refuse_another(candidate, submission)
        if sheet is None and KEY in its_places and len(its_places) > 1:
            sheet, head, places = candidate, its_head, its_places
    if sheet is None:
        raise UnusableValue(
            _(
                "No sheet of the file has the columns “%(key)s” and “%(value)s”. Download the "
                "spreadsheet of this round and fill that in."
            )
            % {"key": _(HEADINGS[KEY]), "value": _(HEADINGS["value"])}
        )
    by_slug = {one.slug: one for one in indicators}
    by_code = {one.code.casefold(): one for one in indicators if one.code}
    seen: dict[int, int] = {}
    sign = sign_of(sheet, head, places, columns)
    for record in records(sheet, head, places, columns, sign=sign):
        if all(is_empty(cell) for cell in record.row.cells):
            continue
        found.rows += 1
        if found.rows > _MOST_ROWS:
            raise UnusableValue(_too_many_rows(sheet.name, len(indicators)))
        asked = _asked(record, by_slug, by_code, head, places, found)
        if asked is None:
            continue
        if asked.pk in seen:
            found.refuse(
                _problem(
                    record, head, places, KEY,
                    gettext_noop(
                        "“%(code)s” stands in row %(row)s already. Only the first row is used: "
                        "keep one of them."
                    ),
                    code=asked.slug, row=seen[asked.pk],
                )
            )  # fmt: skip
            continue
        seen[asked.pk] = record.row.number
        if record.problems:
            for problem in record.problems:
                found.refuse(problem)
            continue
        _take(record, asked, submission, held, versions, head, places, found)
    return found


def _take(
    record: Any,
    asked: Indicator,
    submission: Submission,
    held: Mapping[int, SubmittedValue],
    versions: Mapping[int, int],
    head: Any,
    places: Mapping[str, int],
    found: ReadBack,
) -> None:
    now = held.get(asked.pk)
    value = record.values.get("value")
    cell = record.row.cell(places["value"]) if "value" in places else None
    if _is_percentage(cell) and unit_of(asked.unit).highest is None:
        found.refuse(
            _problem(
                record, head, places, "value",
                gettext_noop(
                    "The number has a percent sign, but the unit is %(unit)s. Write it without."
                ),
                unit=asked.unit or _("not percent"),
            )
        )  # fmt: skip
        return
    version = record.values.get("version")
    entry = Entry(
        asked,
        record.values.get("period") or (now.period if now else submission.round.period),
        Decimal(value) if value is not None else None,
        record.values.get("status") or ValueStatus.NORMAL,
        record.values.get("note") or "",
        versions.get(asked.pk, 0) if version is None else version,
    )
    if entry.is_empty:
        # An empty row says nothing; it takes nothing out.
        return
    try:
        checked(entry, submission.round)
    except UnusableValue as error:
        column = "value" if value is not None else "note"
        found.refuse(_problem(record, head, places, column, str(error)))
        return
    found.entries[asked.pk] = entry


def _asked(
    record: Any,
    by_slug: Mapping[str, Indicator],
    by_code: Mapping[str, Indicator],
    head: Any,
    places: Mapping[str, int],
    found: ReadBack,
) -> Indicator | None:
    code = record.values.get(KEY)
    if code is None:
        for problem in record.problems:
            found.refuse(problem)
        return None
    asked = by_slug.get(code) or by_code.get(code.casefold())
    if asked is None:
        found.refuse(
            _problem(
                record, head, places, KEY,
                gettext_noop(
                    "“%(code)s” is not asked for in this round. Use the codes of the spreadsheet "
                    "that the round gives out."
                ),
                code=code[:80] or "–",
            )
        )  # fmt: skip
    return asked


def _problem(
    record: Any, head: Any, places: Mapping[str, int], column: str, text: str, **details: Any
) -> Problem:
    place = places.get(column)
    heading = head.headings[place] if place is not None else ""
    value = record.row.cell(place) if place is not None else None
    return Problem(record.row.sheet, record.row.number, heading, shown(value), text, details)


def _is_percentage(value: Any) -> bool:
    return isinstance(value, Percent) or (isinstance(value, str) and "%" in value)


def _columns() -> list[Column]:
    aliases = _in_every_language()

    def column(name: str, **more: Any) -> Column:
        return Column(name, _(HEADINGS[name]), aliases[name], **more)

    return [
        column(KEY),
        column("version", parse=_version),
        column("period", parse=period),
        column("value", parse=decimal, is_number=True),
        column("status", parse=_status),
        column("note"),
    ]


def _in_every_language() -> dict[str, tuple[str, ...]]:
    """The headings as they stand in a file that somebody else downloaded in another language."""
    found: dict[str, set[str]] = {name: {words} for name, words in HEADINGS.items()}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for name, words in HEADINGS.items():
                found[name].add(_(words))
    return {name: tuple(sorted(words)) for name, words in found.items()}


def _status(value: Any) -> str:
    words = " ".join(plain(value).split()).casefold()
    if not words:
        return ""
    known = _statuses()
    if words in known:
        return known[words]
    raise CellRefused(
        gettext_noop("“%(value)s” is none of the choices: %(choices)s."),
        value=shown(value),
        choices=", ".join(str(label) for label in ValueStatus.labels),
    )


def _statuses() -> dict[str, str]:
    known = {str(value).casefold(): str(value) for value in ValueStatus.values}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            known |= {
                " ".join(str(label).split()).casefold(): str(value)
                for value, label in ValueStatus.choices
            }
    return known


def _too_many_rows(sheet: str, asked: int) -> str:
    if not sheet:
        found = _(
            "The file has more than %(most)s rows; this round asks for %(asked)s values. Upload the "
            "spreadsheet of the round."
        )
    else:
        found = _(
            "The sheet “%(sheet)s” has more than %(most)s rows; this round asks for %(asked)s "
            "values. Upload the spreadsheet of the round."
        )
    return found % {"sheet": sheet, "most": _MOST_ROWS, "asked": asked}


def _version(value: Any) -> int | None:
    text = plain(value).strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    raise CellRefused(
        gettext_noop("The hidden column “Version” was changed. Download the spreadsheet again.")
    )


def _refuse_another(sheet: Any, submission: Submission) -> None:
    """Refuse a file whose explaining sheet names another submission."""
    for row in sheet:
        if row.number > 3:
            return
        if plain(row.cell(0)) == MARK and plain(row.cell(1)) != submission.token:
            raise UnusableValue(
                _("This spreadsheet was made for “%(other)s”, not for “%(this)s”.")
                % {"other": plain(row.cell(2))[:200], "this": submission}
            )
