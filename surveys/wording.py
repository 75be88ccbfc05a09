"""The words of a questionnaire as one respondent reads them: in their language, answers put in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats

from surveys.questionnaire import logic, piping
from surveys.questionnaire.definition import MISSING_CODES, NOT_ASKED, Definition, Question, Texts
from surveys.questionnaire.logic.values import text_from_number
from surveys.questionnaire.moments import is_day

# Languages whose months Django cannot name: a date stays in figures rather than turn English.
_WITHOUT_MONTHS = ("lo", "my", "fil", "tet")


@dataclass(frozen=True, slots=True)
class Wording:
    """Reads texts in `language` with `${code}` replaced by answers on the path.

    `answers` hold the calculated values too. Nothing is said for a blank, for a question off the
    path, or for one that does not exist.
    """

    definition: Definition
    language: str
    answers: Mapping[str, Any]
    on_path: frozenset[str]

    @classmethod
    def of(
        cls, definition: Definition, language: str, answers: Mapping[str, Any], path: logic.Path
    ) -> "Wording":
        """The wording for a respondent with these answers on this path."""
        return cls(definition, language, path.complete(answers), path.questions)

    def text(self, texts: Texts) -> str:
        """The text in the respondent's language (else the default one) with answers put in."""
        return self._filled(texts, ())

    def refers(self, texts: Texts) -> bool:
        """Whether the text in the respondent's language names an answer to put in."""
        return "${" in self.definition.text(texts, self.language)

    def answer(self, code: str) -> str:
        """The answer to `code` (`question` or `matrix/row`) as the respondent reads it."""
        return self._answer(code, ())

    def _filled(self, texts: Texts, within: tuple[str, ...]) -> str:
        text = self.definition.text(texts, self.language)
        return piping.fill(text, lambda code: self._answer(code, within))

    def _answer(self, code: str, within: tuple[str, ...]) -> str:
        name, _slash, row = code.partition("/")
        question = self.definition.by_code.get(name)
        # A choice may itself name an answer; a circle of such names says nothing.
        if question is None or name not in self.on_path or name in within:
            return ""
        value = self.answers.get(name)
        if question.kind == "matrix":
            value = value.get(row) if isinstance(value, Mapping) else None
        elif row:
            return ""
        if value in (None, "", NOT_ASKED) or isinstance(value, Mapping):
            return ""
        if isinstance(value, list):
            labels = [self._label(question, str(code), (*within, name)) for code in value]
            return piping.joined([label for label in labels if label], self.language)
        return self._one(question, value, (*within, name))

    def _one(self, question: Question, value: Any, within: tuple[str, ...]) -> str:
        if isinstance(value, bool):
            return ""
        if isinstance(value, int | float):
            return text_from_number(float(value))
        text = str(value)
        if question.choice(text) is not None:
            return self._label(question, text, within)
        type_ = self.definition.types.get(question.code)
        if question.kind == "calculate" and text in MISSING_CODES:
            return ""
        if type_ == "date":
            return self._day(text)
        if type_ == "datetime":
            return f"{self._day(text[:10])} {text[11:16]}"
        is_written = question.kind in ("text", "time", "calculate")
        return text if is_written else ""

    def _label(self, question: Question, code: str, within: tuple[str, ...]) -> str:
        choice = question.choice(code)
        if choice is None:
            return code if question.kind == "calculate" else ""
        return self._filled(choice.label, within)

    def _day(self, text: str) -> str:
        if not is_day(text) or self.language in _WITHOUT_MONTHS:
            return text
        return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")
