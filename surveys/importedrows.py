"""Rows of a file as answers of a questionnaire: every cell checked, every misfit named by its row.

Columns are named as in the wave's own CSV export: "heard", a grid's row "trust/asean", a choice of
several "where=tv" (1 or 0). Codes are those of the questionnaire; "-7" is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from django.http import QueryDict
from django.utils.translation import gettext as _

from surveys.answers import UNASKED, Answers, complaints, field_name, read_answer, settled
from surveys.exports.columns import Column, columns_of
from surveys.exports.rows import apart
from surveys.files.tables import Table
from surveys.questionnaire import logic
from surveys.questionnaire.definition import NOT_ASKED, Definition, Question
from surveys.wording import Wording

LANGUAGE = "language"
MOST_SENTENCES = 25
LONGEST_STRATUM = 80


@dataclass(frozen=True)
class Row:
    """One respondent: answers as they are stored, the language they were given in, and where the
    file says so the stratum and the sampling unit they were drawn from."""

    answers: Answers
    language: str
    stratum: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Drawing:
    """The columns of a file that say how people were drawn; each may be a question too."""

    strata: tuple[str, ...] = ()
    unit: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.strata, self.unit) if self.unit else self.strata


EVERYBODY_ALONE = Drawing()


def columns_in(
    definition: Definition, head: list[str], drawing: Drawing = EVERYBODY_ALONE
) -> dict[str, str]:
    """The columns of a file that are answers or say how people were drawn, and what needs each.
    Raises `ValueError` with a sentence for a column that is none, and for a file without any.

    The columns that our own exports begin with are passed over, except the language.
    """
    known = {column.name for question in definition.questions for column in columns_of(question)}
    leading = apart(known)
    expected = {*known, *leading.values(), *drawing.columns}
    strange = [name for name in head if name not in expected]
    if strange:
        raise ValueError(
            _(
                "The column “%(name)s” is no question of the questionnaire. Name columns as in the "
                "wave's CSV export, such as %(known)s."
            )
            % {"name": strange[0][:60], "known": ", ".join(sorted(known)[:5])}
        )
    found = [name for name in head if name in known or name == leading[LANGUAGE]]
    if not [name for name in found if name in known]:
        raise ValueError(_("The file has no column that is a question of the questionnaire."))
    return dict.fromkeys(drawing.columns, "the design") | dict.fromkeys(found, "the questionnaire")


class Rows:
    """The rows of a table, read one by one; `sentences` collects what is wrong with them."""

    def __init__(
        self,
        definition: Definition,
        table: Table,
        *,
        at: datetime,
        drawing: Drawing = EVERYBODY_ALONE,
    ) -> None:
        self.definition = definition
        self.drawing = drawing
        self.table = table
        self.at = at
        self.sentences: list[str] = []
        self._columns: list[tuple[Question, list[Column]]] = []
        known = [
            column.name for question in definition.questions for column in columns_of(question)
        ]
        self._language = apart(known)[LANGUAGE]
        for question in definition.questions:
            present = [one for one in columns_of(question) if one.name in table.codes]
            if present and question.kind not in UNASKED:
                self._columns.append((question, present))

    def __iter__(self) -> Iterator[Row]:
        """Every row that can be read; stops when too much is wrong."""
        texts = {
            name: [*np.append(np.asarray(column.categories, dtype=object), "")[column.codes]]
            for name, column in self.table.codes.items()
        }
        for place in range(self.table.n):
            cells = {name: values[place] for name, values in texts.items()}
            row = self._row(place, cells)
            if len(self.sentences) >= MOST_SENTENCES:
                self.sentences.append(_("There may be more; these are the first."))
                return
            if row is not None:
                yield row

    def _say(self, place: int, column: str, sentence: str) -> None:
        row = self.table.row(place)
        self.sentences.append(f"{row[0].upper()}{row[1:]}, {column}: {sentence}")

    def _row(self, place: int, cells: Mapping[str, str]) -> Row | None:
        before = len(self.sentences)
        language = cells.get(self._language) or self.definition.default_language
        if language not in self.definition.languages:
            self._say(
                place, self._language,
                _("“%(code)s” is no language of the questionnaire (%(known)s).")
                % {"code": language[:20], "known": ", ".join(self.definition.languages)},
            )  # fmt: skip
            return None
        answers: Answers = {}
        not_asked: dict[str, str] = {}
        for question, columns in self._columns:
            self._answer(place, question, columns, cells, answers, not_asked)
        stratum = " · ".join(cells[name] for name in self.drawing.strata)
        for name in self.drawing.columns:
            if not cells[name]:
                self._say(place, name, _("is empty; it says how everybody was drawn."))
        if len(stratum) > LONGEST_STRATUM:
            self._say(
                place, self.drawing.strata[0],
                _("The name of the stratum is longer than %(most)s characters.")
                % {"most": LONGEST_STRATUM},
            )  # fmt: skip
        if len(self.sentences) > before:
            return None
        row = self._on_path(place, answers, not_asked, language)
        unit = cells[self.drawing.unit] if self.drawing.unit else ""
        return row and replace(row, stratum=stratum, unit=unit)

    def _answer(
        self,
        place: int,
        question: Question,
        columns: list[Column],
        cells: Mapping[str, str],
        answers: Answers,
        not_asked: dict[str, str],
    ) -> None:
        given = {column: cells[column.name] for column in columns if cells[column.name]}
        if not given:
            return
        if NOT_ASKED in given.values():
            if set(given.values()) != {NOT_ASKED}:
                mixed = next(c.name for c, value in given.items() if value == NOT_ASKED)
                self._say(place, mixed, _("“-7” (not asked) stands beside an answer."))
            not_asked[question.code] = columns[0].name
            return
        for column, value in given.items():
            if column.choice and value not in ("0", "1"):
                self._say(
                    place, column.name,
                    _("“%(value)s” is neither 1 (chosen) nor 0.") % {"value": value[:40]},
                )  # fmt: skip
                return
        value, wrong = read_answer(question, _posted(question, given))
        if wrong:
            column, cell = next(
                (
                    (column.name, cell)
                    for column, cell in given.items()
                    if not column.choice and cell not in question.choice_codes
                ),
                (columns[0].name, " ".join(given.values())),
            )
            known = ", ".join(question.choice_codes)
            self._say(
                place, column,
                _("“%(value)s” is no answer (%(known)s).")
                % {"value": cell[:40], "known": known[:200] or wrong[0]},
            )  # fmt: skip
        elif value not in (None, "", [], {}):
            answers[question.code] = value

    def _on_path(
        self, place: int, answers: Answers, not_asked: Mapping[str, str], language: str
    ) -> Row | None:
        """The answers as stored, if they are what the questionnaire's own way leads to."""
        definition = self.definition
        path = logic.path(definition, answers, today=self.at.date(), now=self.at)
        before = len(self.sentences)
        for code in answers:
            if code not in path.questions:
                self._say(
                    place, code,
                    _("is answered, though the questionnaire does not ask it after these answers."),
                )  # fmt: skip
        for code, column in not_asked.items():
            if code in path.questions:
                self._say(place, column, _("says “-7” (not asked), but the questionnaire asks it."))
        wording = Wording.of(definition, language, answers, path)
        for code in answers:
            for sentences in self._complaints(definition.by_code[code], wording).values():
                self._say(place, code, " ".join(sentences))
        if len(self.sentences) > before:
            return None
        return Row(settled(definition, answers, path), language)

    def _complaints(self, question: Question, wording: Wording) -> dict[str, list[str]]:
        # A grid may be answered in part and a question left out: nobody can be asked again.
        if question.kind == "matrix":
            return {}
        today: date = self.at.date()
        return complaints(question, wording, today=today, now=self.at)


def _posted(question: Question, given: Mapping[Column, str]) -> QueryDict:
    """The cells as a form would have sent them, so that the same reader checks them."""
    posted = QueryDict(mutable=True)
    for column, value in given.items():
        if column.row:
            posted[field_name(question, column.row)] = value
        elif column.choice:
            if value == "1":
                posted.appendlist(field_name(question), column.choice)
        elif question.kind == "rank":
            for position, code in enumerate(value.split(), 1):
                posted[field_name(question, code)] = str(position)
        else:
            posted[field_name(question)] = value
    return posted
