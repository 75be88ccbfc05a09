"""What a statistics program is told of every column: a legal name, a type, codes and measure.

`.sav`, `.sps` and DDI describe the same columns, in the same order and with the same codes, as CSV
and XLSX hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from surveys.errors import ExportRefused
from surveys.exports import codebook, weights
from surveys.exports.columns import Alignment, Column, columns_of
from surveys.exports.names import legal_names
from surveys.exports.rows import LEADING, Table
from surveys.exports.words import agreed_word, chosen_words, missing_words
from surveys.models import Response
from surveys.questionnaire.definition import CONSENT_CODE, MISSING_CODES, NOT_ASKED, Question, Texts

CODED, NUMBER, TEXT, DAY, TIME, MOMENT = "coded", "number", "text", "day", "time", "moment"
"""How a column's values are held: whole codes, numbers, texts, days, times of day, days with time."""
MISSING = (*MISSING_CODES, NOT_ASKED)
"""Don't know, refused, not asked."""
_WHOLE = re.compile(r"(0|-?[1-9][0-9]{0,6})\Z")
_TYPES = {"number": NUMBER, "bool": CODED, "date": DAY, "time": TIME, "datetime": MOMENT}
_KINDS = {"scale": NUMBER, "number": NUMBER, "date": DAY, "time": TIME, "datetime": MOMENT}


@dataclass(frozen=True, slots=True)
class Variable:
    """One column: `name` in statistics programs, `column` in CSV and XLSX, `source` its question's;
    `own` is what a column in front of the answers holds, which may be called otherwise.

    `codes` are the values that have a meaning, missing codes last; `missing` those that mean don't
    know, refused or not asked. `measure` is nominal, ordinal or scale.
    """

    name: str
    column: str
    storage: str
    measure: str
    codes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    decimals: int = 0
    source: Column | None = None
    own: str = ""

    @property
    def is_weight(self) -> bool:
        """Whether it is one of the columns of weights."""
        return self.own in weights.NAMES


@dataclass(frozen=True)
class Variables:
    """All variables of a wave's table, in the order of its columns, and their words."""

    table: Table

    @property
    def alignment(self) -> Alignment:
        """The common table of the versions."""
        return self.table.alignment

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of all versions, the newest version's default language first."""
        newest = self.alignment.newest
        every = [newest.default_language, *newest.languages]
        for definition in self.alignment.versions.values():
            every += definition.languages
        return tuple(dict.fromkeys(every))

    def require_language(self, language: str) -> None:
        """Raise `ExportRefused` for a language that no version has."""
        if language not in self.languages:
            raise ExportRefused(
                _("The questionnaire has no labels in “%(language)s”. Choose one of %(languages)s.")
                % {"language": language[:40], "languages": ", ".join(self.languages)}
            )

    @cached_property
    def all(self) -> tuple[Variable, ...]:
        """One variable per column."""
        names = self._names
        leading = [self._leading(name, names["", name]) for name in self.table.own]
        return (
            *leading,
            *(self._answer(one, names[one.question, one.name]) for one in self.alignment.columns),
        )

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], str]:
        """Legal names by question and column.

        They are given out in the order in which columns came into being, oldest version first, so
        that a later version takes no name from a column of an earlier one. Names of weights are
        kept free even where there are none yet.
        """
        keys = [("", name) for name in (*LEADING, *weights.NAMES)]
        for definition in reversed(self.alignment.versions.values()):
            keys += [
                (column.question, column.name)
                for question in definition.questions
                for column in columns_of(question)
            ]
        wanted = {
            key: key[1] if key[0] else self.table.shown[key[1]] for key in dict.fromkeys(keys)
        }
        legal = legal_names(wanted.values())
        return {key: legal[name] for key, name in wanted.items()}

    @cached_property
    def sets(self) -> tuple[tuple[Question, tuple[Variable, ...]], ...]:
        """Every question of several choices with its variables."""
        found: dict[str, list[Variable]] = {}
        for variable in self.all:
            if variable.source is not None and variable.source.choice:
                found.setdefault(variable.source.question, []).append(variable)
        return tuple((self.alignment.question(code), tuple(of)) for code, of in found.items())

    def _leading(self, own: str, name: str) -> Variable:
        found = Variable(name, self.table.shown[own], TEXT, "nominal", own=own)
        if own == "version":
            return replace(found, storage=NUMBER)
        if own == "submitted_on":
            return replace(found, storage=DAY, measure="scale")
        if own == "source":
            return replace(found, codes=tuple(Response.Source.values))
        if own == "area":
            return replace(found, codes=self._area_codes())
        if own in weights.NAMES:
            return replace(found, storage=NUMBER, measure="scale", decimals=6)
        return found

    def _area_codes(self) -> tuple[str, ...]:
        question = self.alignment.questions.get(self.table.wave.area_question)
        codes = question.choice_codes if question else ()
        return tuple(code for code in codes if code not in MISSING)

    def _answer(self, column: Column, name: str) -> Variable:
        question = self.alignment.question(column.question)
        if column.choice:
            return Variable(
                name, column.name, CODED, "nominal", ("0", "1", NOT_ASKED), (NOT_ASKED,), 0, column
            )
        listed = tuple(code for code in question.choice_codes if code not in MISSING)
        codes = (*ends_of(question), *listed, *MISSING)
        storage = _KINDS.get(column.kind, TEXT)
        if column.kind == "calculate":
            storage = _TYPES.get(self.alignment.types[column.question], TEXT)
            codes = ("0", "1", *MISSING) if storage == CODED else MISSING
        elif column.kind in ("single", "matrix", "consent"):
            storage = CODED if all(_WHOLE.match(code) for code in listed) else TEXT
        is_number = storage in (NUMBER, DAY, TIME, MOMENT)
        measure = question.measure or ("scale" if is_number else "nominal")
        decimals = question.decimals
        if column.kind == "calculate" and storage == NUMBER:
            decimals = 2
        return Variable(name, column.name, storage, measure, codes, MISSING, decimals, column)

    def label_parts(
        self, variable: Variable, language: str, *, in_full: bool = False
    ) -> tuple[str, ...]:
        """The words of a label in one language: the question, then its row or choice.

        The question's short label stands for its wording unless that is wanted `in_full`.
        """
        column = variable.source
        if column is None:
            return (codebook.meanings(is_weighted=True)[variable.own],)
        definition = self.alignment.definition_of(column.question)
        question = self.alignment.question(column.question)
        short = "" if in_full else question.short_label.get(language, "")
        parts = [short or definition.text(question.label, language) or column.question]
        for code, among in ((column.row, question.rows), (column.choice, question.choices)):
            parts += [
                definition.text(one.label, language) or code
                for one in among
                if code and one.code == code
            ]
        return tuple(parts)

    def value_labels(self, variable: Variable, language: str) -> dict[str, str]:
        """Code to its meaning in one language, in the order of the codes."""
        column = variable.source
        if column is None:
            return self._leading_labels(variable, language)
        if column.choice:
            return chosen_words(language) | _only(missing_words(language), variable.missing)
        question = self.alignment.question(column.question)
        definition = self.alignment.definition_of(column.question)
        said = missing_words(language)
        if column.kind == "calculate" and variable.storage == CODED:
            said |= chosen_words(language)
        if column.kind == "consent":
            said |= {CONSENT_CODE: agreed_word(language)}
        labels = ends_of(question) | {choice.code: choice.label for choice in question.choices}
        for code, texts in labels.items():
            if text := definition.text(texts, language):
                said[code] = text
        return {code: said.get(code, code) for code in variable.codes}

    def _leading_labels(self, variable: Variable, language: str) -> dict[str, str]:
        if variable.own == "source":
            return {value: str(label) for value, label in Response.Source.choices}
        code = self.table.wave.area_question
        if variable.own != "area" or code not in self.alignment.questions:
            return {}
        definition = self.alignment.definition_of(code)
        choices = self.alignment.question(code).choices
        labels = {choice.code: definition.text(choice.label, language) for choice in choices}
        return {code: labels.get(code) or code for code in variable.codes}


def ends_of(question: Question) -> dict[str, Texts]:
    """The two ends of a scale that have words, by their codes."""
    if question.kind != "scale":
        return {}
    ends = ((question.minimum, question.minimum_label), (question.maximum, question.maximum_label))
    return {f"{end:g}": words for end, words in ends if end is not None and words}


def _only(words: Mapping[str, str], codes: tuple[str, ...]) -> dict[str, str]:
    return {code: words[code] for code in codes}
