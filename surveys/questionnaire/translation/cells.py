"""Every text of a questionnaire under a place that stays when pages and questions move."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..definition import QUESTION_TEXTS, Definition, Question, Texts

NOT_READ = ("short_label",)
"""Texts for exported files only: no respondent reads them, so nothing waits for them."""


@dataclass(frozen=True, slots=True)
class Text:
    """One translatable text.

    `part` says what it is (`title`, `label`, `hint`, `choice`, `row` ...); `page` and `question` are
    codes or empty. `source` is the wording to translate from: that of the default language, or of
    the first language that has one, named by `source_language`.
    """

    place: str
    part: str
    page: str
    question: str
    texts: Texts
    source: str
    source_language: str
    is_needed: bool = False

    @property
    def is_read(self) -> bool:
        """Whether respondents read it."""
        return self.part not in NOT_READ

    def in_language(self, language: str) -> str:
        """The wording in exactly this language, or ""."""
        return self.texts.get(language, "")

    @property
    def counts(self) -> bool:
        """Whether a language without it is unfinished; the same rule as `untranslated`."""
        return self.is_read and bool(self.source.strip() or self.is_needed)


def texts_of(definition: Definition) -> tuple[Text, ...]:
    """All texts that exist in some language, and those that ought to, in document order."""
    return tuple(_texts(definition))


def _texts(definition: Definition) -> Iterator[Text]:
    def text(place: str, part: str, texts: Texts, page: str = "", question: str = "") -> Text:
        order = (definition.default_language, *definition.languages)
        source = next((code for code in order if texts.get(code, "").strip()), order[0])
        needed = part in ("label", "choice", "row") or place == "title"
        return Text(
            place, part, page, question, texts, texts.get(source, "").strip(), source, needed
        )

    found = [text("title", "title", definition.title)]
    found.append(text("introduction", "introduction", definition.introduction))
    for page in definition.pages:
        found.append(text(f"p:{page.code}/title", "page_title", page.title, page.code))
        for question in page.questions:
            # A calculation is never shown: its texts are for files, like short labels.
            is_shown = question.kind != "calculate"
            for place, part, texts in _question_texts(question):
                kind = part if is_shown else "short_label"
                found.append(text(place, kind, texts, page.code, question.code))
    found.append(text("thanks", "thanks", definition.thanks))
    yield from (one for one in found if one.source or one.is_needed)


def _question_texts(question: Question) -> Iterator[tuple[str, str, Texts]]:
    here = f"q:{question.code}"
    for name in QUESTION_TEXTS:
        yield f"{here}/{name}", name, getattr(question, name)
    for row in question.rows:
        yield f"{here}/rows:{row.code}/label", "row", row.label
    for choice in question.choices:
        yield f"{here}/choices:{choice.code}/label", "choice", choice.label


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a text lies in the stored document: `owner[key]` maps languages to wordings."""

    owner: dict[str, Any]
    key: str

    @property
    def texts(self) -> Mapping[str, str]:
        """The wordings there are; empty where the document has none or nonsense."""
        found = self.owner.get(self.key)
        return found if isinstance(found, dict) else {}

    def write(self, language: str, text: str) -> None:
        """Put `text` there; an empty one takes the language's wording away."""
        found = dict(self.texts)
        if text:
            found[language] = text
        else:
            found.pop(language, None)
        self.owner[self.key] = found


def slots(document: Any) -> dict[str, Slot]:
    """Place to slot of every text the document has room for. What is no questionnaire has none."""
    found: dict[str, Slot] = {}
    if not isinstance(document, dict):
        return found
    for name in ("title", "introduction", "thanks"):
        found[name] = Slot(document, name)
    for page in _objects(document, "pages"):
        found[f"p:{page.get('code')}/title"] = Slot(page, "title")
        for question in _objects(page, "questions"):
            here = f"q:{question.get('code')}"
            for name in QUESTION_TEXTS:
                found[f"{here}/{name}"] = Slot(question, name)
            for kind in ("rows", "choices"):
                for part in _objects(question, kind):
                    found[f"{here}/{kind}:{part.get('code')}/label"] = Slot(part, "label")
    return found


def _objects(part: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = part.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def tidy(text: str) -> str:
    """A wording as it is stored: without controls and surroundings, composed, "\\n" for new lines.

    Joiners and direction marks stay: Khmer, Burmese and Tamil are written with them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co")
    )
    return unicodedata.normalize("NFC", kept).strip()
