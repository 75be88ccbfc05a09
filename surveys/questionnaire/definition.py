"""The questionnaire document as frozen dataclasses.

`parse(document)` reads the JSON that a Questionnaire stores (schema 1) and either returns a
`Definition` or raises `DefinitionError` with *every* problem as (path, sentence), so that an
editor, an importer and a test see the same words. `to_document` is its inverse.

A definition may be unfinished: labels may be missing and conditions may refer to nothing. What
stops publishing is listed by `logic.readiness`, not here; here is only what cannot be stored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .expressions import LogicError, Node

if TYPE_CHECKING:
    from .logic.paths import Plan

SCHEMA = 1
KINDS = (
    "single",
    "multiple",
    "matrix",
    "rank",
    "scale",
    "number",
    "text",
    "date",
    "time",
    "datetime",
    "note",
    "consent",
    "calculate",
)
MEASURES = ("nominal", "ordinal", "scale")
ORDERS = ("fixed", "random")
STATIC_TYPES: Mapping[str, str] = {
    "single": "single",
    "consent": "single",
    "multiple": "multi",
    "rank": "multi",
    "scale": "number",
    "number": "number",
    "text": "text",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
}
"""Kind of question to the type its answer has in conditions.

Matrix rows are `single`; what a `calculate` gives follows from its calculation.
"""
CONSENT_CODE = "yes"
"""The code a consent question stores when it has no choices of its own."""
MISSING_CODES = ("-9", "-8")
NOT_ASKED = "-7"
MAX_QUESTIONS = 5000
MAX_CHOICES = 5000
MAX_TEXT = 20000

CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}\Z")
CHOICE_CODE = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff,/]{1,64}\Z")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")

Texts = Mapping[str, str]
"""Language code to text; a language without a text is absent."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where (`pages[0].questions[2].code`) and a sentence that says the remedy."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


class DefinitionError(ValueError):
    """The document cannot be stored; `problems` lists every reason with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen. `missing` is "-9" (don't know) or "-8" (refused) or None."""

    code: str
    label: Texts
    missing: str | None = None
    exclusive: bool = False
    relevant: Node | None = None


@dataclass(frozen=True)
class Row:
    """One line of a matrix; it takes one of the question's choices."""

    code: str
    label: Texts


Default = float | str | tuple[str, ...] | None


@dataclass(frozen=True)
class Question:
    """One question. Texts are per language; conditions are trees of `expressions`.

    A `calculate` is never shown: its value is worth `calculation`. `default` is shown prefilled and
    is no answer until the respondent sends it; in a `read_only` question it is the answer.
    """

    code: str
    kind: str
    label: Texts
    hint: Texts = field(default_factory=dict)
    short_label: Texts = field(default_factory=dict)
    required: bool = False
    required_message: Texts = field(default_factory=dict)
    relevant: Node | None = None
    constraint: Node | None = None
    constraint_message: Texts = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    choice_order: str = "fixed"
    rows: tuple[Row, ...] = ()
    row_order: str = "fixed"
    minimum: float | None = None
    maximum: float | None = None
    minimum_label: Texts = field(default_factory=dict)
    maximum_label: Texts = field(default_factory=dict)
    decimals: int = 0
    max_choices: int | None = None
    max_length: int | None = None
    measure: str | None = None
    appearance: str = ""
    calculation: Node | None = None
    default: Default = None
    read_only: bool = False

    @property
    def static_type(self) -> str | None:
        """The type of the answer in conditions.

        None for a note, for a matrix as a whole and for a calculate (see `Definition.types`).
        """
        return STATIC_TYPES.get(self.kind)

    @property
    def choice_codes(self) -> tuple[str, ...]:
        """Codes an answer may hold, don't know and refused included."""
        if self.kind == "consent" and not self.choices:
            return (CONSENT_CODE,)
        return tuple(choice.code for choice in self.choices)

    @cached_property
    def has_conditional_choices(self) -> bool:
        """Whether some choice is offered only under a condition."""
        return any(choice.relevant is not None for choice in self.choices)

    @cached_property
    def _choices_by_code(self) -> Mapping[str, Choice]:
        return {choice.code: choice for choice in self.choices}

    def choice(self, code: str) -> Choice | None:
        """The choice with this code."""
        return self._choices_by_code.get(code)

    def texts(self) -> Iterator[tuple[str, Texts]]:
        """Every translatable field of the question with its place below the question."""
        for name in QUESTION_TEXTS:
            yield name, getattr(self, name)
        for index, choice in enumerate(self.choices):
            yield f"choices[{index}].label", choice.label
        for index, row in enumerate(self.rows):
            yield f"rows[{index}].label", row.label


QUESTION_TEXTS = (
    "label",
    "hint",
    "short_label",
    "required_message",
    "constraint_message",
    "minimum_label",
    "maximum_label",
)


@dataclass(frozen=True)
class Page:
    """What is shown at once. A page whose condition is false, or with nothing to show, is skipped.

    With `question_order` "random" each respondent meets its questions in an order of their own.
    Neighbouring pages with the same word in `rotation` change places among each other.
    """

    code: str
    title: Texts
    questions: tuple[Question, ...]
    relevant: Node | None = None
    question_order: str = "fixed"
    rotation: str = ""


@dataclass(frozen=True)
class Untranslated:
    """A text the default language has and `language` has not."""

    language: str
    path: str
    question: str
    text: str


@dataclass(frozen=True)
class Definition:
    """A whole questionnaire version in all its languages.

    `seed` goes into every random order together with the respondent's own key: another seed,
    other orders.
    """

    languages: tuple[str, ...]
    default_language: str
    title: Texts
    pages: tuple[Page, ...]
    introduction: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)
    seed: int | None = None

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in document order, notes included."""
        return tuple(question for page in self.pages for question in page.questions)

    @cached_property
    def by_code(self) -> Mapping[str, Question]:
        """Question code to question."""
        return {question.code: question for question in self.questions}

    @cached_property
    def types(self) -> Mapping[str, str]:
        """The static type behind every reference a condition may make, matrix rows included.

        A calculation that does not fit its questions counts as a text; `readiness` names it.
        """
        from .logic.checking import check

        found: dict[str, str] = {}
        for question in self.questions:
            if question.kind == "matrix":
                for row in question.rows:
                    found[f"{question.code}/{row.code}"] = "single"
            elif question.kind == "calculate":
                try:
                    found[question.code] = (
                        check(question.calculation, found) if question.calculation else "text"
                    )
                except LogicError:
                    found[question.code] = "text"
            elif question.static_type:
                found[question.code] = question.static_type
        return found

    @cached_property
    def plan(self) -> Plan:
        """All conditions made ready for `logic.path`."""
        from .logic.paths import Plan

        return Plan.of(self)

    def text(self, texts: Texts, language: str) -> str:
        """The text in `language`, else in the default language, else in any, else empty."""
        for candidate in (language, self.default_language, *self.languages):
            if texts.get(candidate):
                return texts[candidate]
        return ""

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the canonical document: equal content, equal hash."""
        return _digest(to_document(self))

    def wording_hash(self, code: str, language: str) -> str:
        """SHA-256 of what a respondent reads in `language`: texts, codes, order and limits.

        Two waves' items are comparable only where these agree. Conditions are left out: they
        change who is asked (the base), not what is asked.
        """
        question = self.by_code[code]
        from .writing import default_document

        # Only where there is one, so that items without a default keep the hash they always had.
        prefilled = {} if question.default is None else {"default": default_document(question)}
        return _digest(
            prefilled
            | {
                "kind": question.kind,
                "texts": {
                    name: texts.get(language, "")
                    for name, texts in question.texts()
                    if name not in ("short_label", "required_message", "constraint_message")
                },
                "choices": [[choice.code, choice.missing] for choice in question.choices],
                "rows": [row.code for row in question.rows],
                "limits": [question.minimum, question.maximum, question.max_choices],
            }
        )

    def untranslated(self) -> tuple[Untranslated, ...]:
        """Every cell that a respondent would read in another language than the one chosen.

        The default language itself is checked for the labels no question can do without.
        """
        missing: list[Untranslated] = []

        def look(path: str, code: str, texts: Texts, needed: bool = False) -> None:
            original = next((texts[key] for key in self._preferred if texts.get(key)), "")
            for language in self.languages:
                if (original or needed) and not texts.get(language, "").strip():
                    missing.append(Untranslated(language, path, code, original))

        look("title", "", self.title, needed=True)
        look("introduction", "", self.introduction)
        look("thanks", "", self.thanks)
        for page_index, page in enumerate(self.pages):
            look(f"pages[{page_index}].title", "", page.title)
            for index, question in enumerate(page.questions):
                place = f"pages[{page_index}].questions[{index}]"
                for name, texts in question.texts():
                    needed = name == "label" or name.endswith("].label")
                    # Nobody reads these two while answering.
                    if name != "short_label" and question.kind != "calculate":
                        look(f"{place}.{name}", question.code, texts, needed)
        return tuple(missing)

    @cached_property
    def _preferred(self) -> tuple[str, ...]:
        return (self.default_language, *self.languages)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse(document: Any) -> Definition:
    """Read a questionnaire document. Raises `DefinitionError` listing every problem at once."""
    from .reading import DocumentReader

    return DocumentReader().read(document)


def to_document(definition: Definition) -> dict[str, Any]:
    """The JSON document of a definition; what has its default value is left out."""
    from .writing import document_of

    return document_of(definition)


__all__ = [
    "CONSENT_CODE",
    "KINDS",
    "MEASURES",
    "MISSING_CODES",
    "NOT_ASKED",
    "ORDERS",
    "SCHEMA",
    "Choice",
    "Definition",
    "DefinitionError",
    "LogicError",
    "Node",
    "Page",
    "Problem",
    "Question",
    "Row",
    "Texts",
    "Untranslated",
    "parse",
    "to_document",
]
