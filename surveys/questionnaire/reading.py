"""From a JSON document of unknown quality to a `Definition`, collecting every problem.

The reader never stops at the first mistake: an importer of a spreadsheet with forty wrong cells
wants forty sentences. It answers with a `Definition` only when there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .definition import (
    CHOICE_CODE,
    CODE,
    KINDS,
    LANGUAGE,
    MAX_CHOICES,
    MAX_QUESTIONS,
    MAX_TEXT,
    MEASURES,
    MISSING_CODES,
    NOT_ASKED,
    ORDERS,
    QUESTION_TEXTS,
    SCHEMA,
    Choice,
    Default,
    Definition,
    DefinitionError,
    Page,
    Problem,
    Question,
    Row,
)
from .expressions import UNSTORABLE, LogicError, Node, read
from .fitting import default_of, misfits, what_a_default_is

_DOCUMENT_KEYS = {
    "schema",
    "languages",
    "default_language",
    "title",
    "introduction",
    "thanks",
    "pages",
    "seed",
}
_PAGE_KEYS = set(Page.__dataclass_fields__)
_QUESTION_KEYS = set(Question.__dataclass_fields__)
_CHOICE_KEYS = set(Choice.__dataclass_fields__)
_ROW_KEYS = set(Row.__dataclass_fields__)


class DocumentReader:
    """Reads one document; use a new one for each."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.languages: tuple[str, ...] = ()
        self.seen: dict[str, str] = {}

    def read(self, document: Any) -> Definition:
        if not isinstance(document, Mapping):
            raise DefinitionError([Problem("", "A questionnaire must be a JSON object.")])
        self.unknown_keys(document, _DOCUMENT_KEYS, "")
        if document.get("schema") != SCHEMA or isinstance(document.get("schema"), bool):
            self.problem("schema", f"The schema is {document.get('schema')!r:.40}. Use {SCHEMA}.")
        self.languages = self.read_languages(document.get("languages"))
        default = document.get("default_language")
        if default not in self.languages:
            self.problem(
                "default_language",
                f"The default language {default!r:.40} is not among the languages "
                f"{', '.join(self.languages)}.",
            )
            default = self.languages[0] if self.languages else "en"
        pages = tuple(
            self.page(page, f"pages[{index}]")
            for index, page in enumerate(self.items(document, "pages", "pages", 1000))
        )
        if sum(len(page.questions) for page in pages) > MAX_QUESTIONS:
            self.problem("pages", f"There are more than {MAX_QUESTIONS} questions. Split it.")
        definition = Definition(
            languages=self.languages,
            default_language=str(default),
            title=self.texts(document, "title", "title"),
            introduction=self.texts(document, "introduction", "introduction"),
            thanks=self.texts(document, "thanks", "thanks"),
            pages=pages,
            seed=self.whole(document, "seed", "", 0, 2**31 - 1),
        )
        if self.problems:
            raise DefinitionError(self.problems)
        return definition

    def problem(self, path: str, sentence: str) -> None:
        self.problems.append(Problem(path, sentence))

    def unknown_keys(self, part: Mapping[str, Any], known: set[str], path: str) -> None:
        for key in part:
            if key not in known:
                self.problem(
                    f"{path}.{key}" if path else str(key),
                    f"The key {str(key)[:60]!r} is not known here. "
                    f"Known are: {', '.join(sorted(known))}.",
                )

    def read_languages(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            self.problem("languages", 'Languages must be a list such as ["en", "id"].')
            return ()
        found: list[str] = []
        for index, language in enumerate(value):
            if not isinstance(language, str) or not LANGUAGE.match(language):
                self.problem(
                    f"languages[{index}]",
                    f"{language!r:.40} is not a language code. Use lower case such as 'km'.",
                )
            elif language in found:
                self.problem(f"languages[{index}]", f"The language {language} is listed twice.")
            else:
                found.append(language)
        return tuple(found)

    def items(self, part: Mapping[str, Any], key: str, path: str, most: int) -> list[Any]:
        value = part.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(path, f"{key} must be a list.")
            return []
        if len(value) > most:
            self.problem(path, f"{key} has {len(value)} entries; at most {most} are possible.")
            return []
        return value

    def texts(self, part: Mapping[str, Any], key: str, path: str) -> dict[str, str]:
        value = part.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(path, f'{key} must hold one text per language, such as {{"en": "Yes"}}.')
            return {}
        found: dict[str, str] = {}
        for language, text in value.items():
            place = f"{path}.{language}"
            if language not in self.languages:
                self.problem(
                    place,
                    f"{language!r:.40} is not a language of this questionnaire "
                    f"({', '.join(self.languages)}).",
                )
            elif not isinstance(text, str):
                self.problem(place, f"The text is {text!r:.40}. It must be a text.")
            elif len(text) > MAX_TEXT:
                self.problem(place, f"The text has {len(text)} characters; at most {MAX_TEXT} fit.")
            elif found_one := UNSTORABLE.search(text):
                what = "a null character" if found_one.group() == "\x00" else "half a character"
                self.problem(place, f"The text holds {what}, which cannot be stored. Remove it.")
            elif text:
                found[language] = text
        return found

    def expression(self, part: Mapping[str, Any], key: str, path: str) -> Node | None:
        value = part.get(key)
        if value is None:
            return None
        try:
            return read(value)
        except LogicError as error:
            self.problem(f"{path}.{key}", str(error))
            return None

    def flag(self, part: Mapping[str, Any], key: str, path: str) -> bool:
        value = part.get(key, False)
        if not isinstance(value, bool):
            self.problem(f"{path}.{key}", f"{key} is {value!r:.40}. Use true or false.")
        return value is True

    def word(self, part: Mapping[str, Any], key: str, path: str, known: Any, default: Any) -> Any:
        value = part.get(key, default)
        if value is None:
            return default
        if value not in known:
            self.problem(
                f"{path}.{key}", f"{key} is {value!r:.40}. Use one of: {', '.join(known)}."
            )
            return default
        return value

    def whole(self, part: Mapping[str, Any], key: str, path: str, low: int, high: int) -> Any:
        value = part.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.problem(
                f"{path}.{key}" if path else key,
                f"{key} is {value!r:.40}. Use a whole number from {low} to {high}.",
            )
            return None
        return value

    def number(self, part: Mapping[str, Any], key: str, path: str) -> float | None:
        value = part.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.problem(f"{path}.{key}", f"{key} is {value!r:.40}. Use a number.")
            return None
        if abs(value) > 1e15 or not math.isfinite(value):
            self.problem(f"{path}.{key}", f"{key} is {value!r:.40}. Use a number below 1e15.")
            return None
        return float(value)

    def code(self, part: Mapping[str, Any], path: str) -> str:
        """A code unique over pages, and over questions, ignoring case (SPSS and Windows do)."""
        value = part.get("code")
        if not isinstance(value, str) or not CODE.match(value):
            self.problem(
                f"{path}.code",
                f"The code {value!r:.80} cannot be used. Begin with a letter; use letters, "
                "digits, '_', '-' and '.', at most 64 characters.",
            )
            return ""
        kind = "question" if ".questions[" in path else "page"
        earlier = self.seen.setdefault(f"{kind} {value.lower()}", path)
        if earlier != path:
            self.problem(
                f"{path}.code",
                f"The {kind} code {value!r} is used at {earlier} already (case does not count). "
                "Choose another.",
            )
        return value

    def page(self, part: Any, path: str) -> Page:
        if not isinstance(part, Mapping):
            self.problem(path, "A page must be an object with code, title and questions.")
            return Page("", {}, ())
        self.unknown_keys(part, _PAGE_KEYS, path)
        return Page(
            code=self.code(part, path),
            title=self.texts(part, "title", f"{path}.title"),
            relevant=self.expression(part, "relevant", path),
            question_order=self.word(part, "question_order", path, ORDERS, "fixed"),
            rotation=self.rotation(part, path),
            questions=tuple(
                self.question(question, f"{path}.questions[{index}]")
                for index, question in enumerate(
                    self.items(part, "questions", f"{path}.questions", MAX_QUESTIONS)
                )
            ),
        )

    def rotation(self, part: Mapping[str, Any], path: str) -> str:
        value = part.get("rotation") or ""
        if value == "" or (isinstance(value, str) and CODE.match(value)):
            return value
        self.problem(
            f"{path}.rotation",
            f"rotation is {value!r:.40}. Use one word for the pages that change places, such as "
            "'themes'.",
        )
        return ""

    def question(self, part: Any, path: str) -> Question:
        if not isinstance(part, Mapping):
            self.problem(path, "A question must be an object with code, kind and label.")
            return Question("", "note", {})
        self.unknown_keys(part, _QUESTION_KEYS, path)
        kind = part.get("kind")
        if kind not in KINDS:
            self.problem(
                f"{path}.kind", f"The kind {kind!r:.40} is not known. Use: {', '.join(KINDS)}."
            )
            kind = "note"
        appearance = part.get("appearance", "")
        if (
            not isinstance(appearance, str)
            or len(appearance) > 200
            or UNSTORABLE.search(appearance)
        ):
            self.problem(f"{path}.appearance", "appearance must be a text of 200 characters.")
            appearance = ""
        question = Question(
            code=self.code(part, path),
            kind=str(kind),
            required=self.flag(part, "required", path),
            relevant=self.expression(part, "relevant", path),
            constraint=self.expression(part, "constraint", path),
            choices=self.choices(part, path),
            choice_order=self.word(part, "choice_order", path, ORDERS, "fixed"),
            rows=self.rows(part, path),
            row_order=self.word(part, "row_order", path, ORDERS, "fixed"),
            minimum=self.number(part, "minimum", path),
            maximum=self.number(part, "maximum", path),
            decimals=self.whole(part, "decimals", path, 0, 9) or 0,
            max_choices=self.whole(part, "max_choices", path, 1, MAX_CHOICES),
            max_length=self.whole(part, "max_length", path, 1, MAX_TEXT),
            measure=self.word(part, "measure", path, MEASURES, None),
            appearance=appearance,
            calculation=self.expression(part, "calculation", path),
            read_only=self.flag(part, "read_only", path),
            **{name: self.texts(part, name, f"{path}.{name}") for name in QUESTION_TEXTS},
        )
        question = replace(question, default=self.default(part, question, path))
        self.problems += misfits(question, path)
        return question

    def default(self, part: Mapping[str, Any], question: Question, path: str) -> Default:
        """The answer a question begins with; it must be one the question could be given."""
        value = part.get("default")
        if value is None or value == "" or value == []:
            return None
        found = default_of(question, value)
        if found is None:
            self.problem(
                f"{path}.default",
                f"The default {value!r:.60} is no answer to a {question.kind} question. "
                f"{what_a_default_is(question.kind)}",
            )
        return found

    def choices(self, part: Mapping[str, Any], path: str) -> tuple[Choice, ...]:
        found: list[Choice] = []
        codes: dict[str, str] = {}
        for index, item in enumerate(self.items(part, "choices", f"{path}.choices", MAX_CHOICES)):
            place = f"{path}.choices[{index}]"
            if not isinstance(item, Mapping):
                self.problem(place, "A choice must be an object with code and label.")
                continue
            self.unknown_keys(item, _CHOICE_KEYS, place)
            code = item.get("code")
            if not isinstance(code, str) or not CHOICE_CODE.match(code):
                self.problem(
                    f"{place}.code",
                    f"The code {code!r:.80} cannot be used. Use a text of 1 to 64 characters "
                    "without spaces, commas or '/'.",
                )
                continue
            missing = self.word(item, "missing", place, MISSING_CODES, None)
            if code == NOT_ASKED:
                self.problem(f"{place}.code", "The code -7 is kept for questions not asked.")
            if code in MISSING_CODES and missing is None:
                missing = code
            if missing is not None and missing != code:
                self.problem(
                    f"{place}.code",
                    f"The code {code!r} and missing {missing!r} do not fit. Don't know has "
                    "code and missing '-9', refused '-8', other choices have neither.",
                )
            earlier = codes.setdefault(code, place)
            if earlier != place:
                self.problem(f"{place}.code", f"The choice code {code!r} is used at {earlier}.")
            found.append(
                Choice(
                    code=code,
                    label=self.texts(item, "label", f"{place}.label"),
                    missing=missing,
                    exclusive=self.flag(item, "exclusive", place) or missing is not None,
                    relevant=self.expression(item, "relevant", place),
                )
            )
        return tuple(found)

    def rows(self, part: Mapping[str, Any], path: str) -> tuple[Row, ...]:
        found: list[Row] = []
        codes: dict[str, str] = {}
        for index, item in enumerate(self.items(part, "rows", f"{path}.rows", 200)):
            place = f"{path}.rows[{index}]"
            if not isinstance(item, Mapping):
                self.problem(place, "A row must be an object with code and label.")
                continue
            self.unknown_keys(item, _ROW_KEYS, place)
            code = item.get("code")
            if not isinstance(code, str) or not CODE.match(code):
                self.problem(
                    f"{place}.code",
                    f"The row code {code!r:.80} cannot be used. Begin with a letter; use "
                    "letters, digits, '_', '-' and '.'.",
                )
                continue
            earlier = codes.setdefault(code.lower(), place)
            if earlier != place:
                self.problem(f"{place}.code", f"The row code {code!r} is used at {earlier}.")
            found.append(Row(code, self.texts(item, "label", f"{place}.label")))
        return tuple(found)
