"""What the translation grid shows: one row per text, grouped by page and question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Questionnaire
from surveys.questionnaire.definition import Definition
from surveys.questionnaire.translation import (
    Progress,
    Text,
    fingerprint,
    is_outdated,
    progress,
    shared,
    suggestions,
    texts_of,
    translated_from,
)
from surveys.screens import LANGUAGE_NAMES

SHOWS = ("all", "missing", "outdated")
_MOST_CELLS_IN_A_FORM = 400


@dataclass
class Cell:
    """One text beside its translation. `elsewhere` counts further places that it is written to."""

    text: Text
    language: str
    what: str
    wording: str
    code: str = ""
    is_outdated: bool = False
    made_from: str = ""
    suggestion: str = ""
    elsewhere: int = 0
    error: str = ""

    @property
    def place(self) -> str:
        return self.text.place

    @property
    def id(self) -> str:
        """An id for the page: places hold characters that anchors do not like."""
        return f"t-{fingerprint(self.place)}"

    @property
    def was(self) -> str:
        return fingerprint(self.text.in_language(self.language))

    @property
    def state(self) -> str:
        if not self.wording.strip():
            return "missing" if self.text.counts else "optional"
        return "outdated" if self.is_outdated else "done"

    @property
    def rows(self) -> int:
        """Lines the box begins with; it grows with the text."""
        longest = max(len(self.text.source), len(self.wording))
        return min(8, max(1, -(-longest // 46) + self.text.source.count("\n")))


@dataclass
class Group:
    """The texts of one question, or of what stands outside questions: one form."""

    title: str
    code: str = ""
    kind: str = ""
    cells: list[Cell] = field(default_factory=list)
    same_list_as: str = ""
    list_questions: int = 0


@dataclass
class Section:
    """One page of the questionnaire."""

    code: str
    title: str
    groups: list[Group] = field(default_factory=list)


def language_name(code: str) -> str:
    """The language's own name with its code, or the code alone."""
    name = LANGUAGE_NAMES.get(code)
    return f"{name} ({code})" if name else code


def _what(text: Text) -> str:
    return {
        "title": _("Title"),
        "introduction": _("Introduction"),
        "thanks": _("Thanks"),
        "page_title": _("Page title"),
        "label": _("Question"),
        "hint": _("Hint"),
        "short_label": _("Short label for files"),
        "required_message": _("Message if left empty"),
        "constraint_message": _("Message if it does not fit"),
        "minimum_label": _("Low end"),
        "maximum_label": _("High end"),
        "row": _("Row"),
        "choice": _("Answer"),
    }[text.part]


def all_progress(questionnaire: Questionnaire) -> list[Progress]:
    """The progress of every language, the default one first."""
    definition = questionnaire.definition
    texts = texts_of(definition)
    order = [
        definition.default_language,
        *(code for code in definition.languages if code != definition.default_language),
    ]
    return [
        progress(texts, code, questionnaire.translated_from, definition.default_language)
        for code in order
    ]


class Grid:
    """The grid of one language; `typed` and `refused` (by place) are shown again after a mistake."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        language: str,
        *,
        show: str = "all",
        words: str = "",
        typed: Mapping[str, str] | None = None,
        refused: Mapping[str, str] | None = None,
        earlier: Iterable[Definition] = (),
    ) -> None:
        self.questionnaire = questionnaire
        self.definition: Definition = questionnaire.definition
        self.language = language
        self.show, self.words = show, words.casefold()
        self.typed, self.refused = typed or {}, refused or {}
        self.texts = texts_of(self.definition)
        self.together = shared(self.texts, language)
        self.followers = {
            place: leader for leader, places in self.together.items() for place in places[1:]
        }
        self.offered = suggestions(self.texts, language)
        self.earlier = _wordings(earlier)
        self.progress = progress(
            self.texts, language, questionnaire.translated_from, self.definition.default_language
        )

    def sections(self) -> list[Section]:
        """Pages with their questions with the texts that the filters let through."""
        sections: list[Section] = []
        for text in self.texts:
            if text.place in self.followers:
                continue
            cell = self.cell(text)
            if not self.passes(cell):
                continue
            if not sections or sections[-1].code != text.page:
                sections.append(Section(text.page, self._page_title(text)))
            groups = sections[-1].groups
            if (
                not groups
                or groups[-1].code != text.question
                or len(groups[-1].cells) >= _MOST_CELLS_IN_A_FORM
            ):
                groups.append(self._group(text))
            groups[-1].cells.append(cell)
        return sections

    def cell(self, text: Text) -> Cell:
        """One text ready to be drawn."""
        recorded, default = self.questionnaire.translated_from, self.definition.default_language
        wording = self.typed.get(text.place, text.in_language(self.language))
        outdated = is_outdated(text, self.language, recorded, default)
        made_from = translated_from(recorded, text.place, self.language) or ""
        return Cell(
            text=text,
            language=self.language,
            what=_what(text),
            wording=wording,
            code=_code(text),
            is_outdated=outdated,
            made_from=self.earlier.get((text.place, made_from), "") if outdated else "",
            suggestion="" if wording.strip() else self.offered.get(text.place, ""),
            elsewhere=len(self.together.get(text.place, ("",))) - 1,
            error=self.refused.get(text.place, ""),
        )

    def passes(self, cell: Cell) -> bool:
        """Whether the filters let a text through; one that was just refused always does."""
        if cell.error:
            return True
        if self.show in ("missing", "outdated") and cell.state != self.show:
            return False
        if not self.words:
            return True
        haystack = (cell.text.source, cell.wording, cell.place)
        return any(self.words in part.casefold() for part in haystack)

    def _page_title(self, text: Text) -> str:
        page = next((page for page in self.definition.pages if page.code == text.page), None)
        if page is None:
            return _("The whole questionnaire")
        return self.definition.text(page.title, self.definition.default_language)

    def _group(self, text: Text) -> Group:
        question = self.definition.by_code.get(text.question)
        if question is None:
            return Group(title=_("Page") if text.page else "")
        title = self.definition.text(question.label, self.definition.default_language)
        group = Group(title=title, code=question.code, kind=question.kind)
        choices = [f"q:{question.code}/choices:{choice.code}/label" for choice in question.choices]
        leaders = {self.followers[place] for place in choices if place in self.followers}
        if leaders:
            group.same_list_as = next(iter(leaders)).partition("/")[0].removeprefix("q:")
        group.list_questions = max(
            (len(self.together.get(place, ())) for place in choices), default=0
        )
        return group


def _code(text: Text) -> str:
    """The code a translator may need to tell answers and rows apart."""
    if text.part not in ("choice", "row"):
        return ""
    return text.place.rpartition("/")[0].partition("/")[2].partition(":")[2]


def _wordings(definitions: Iterable[Definition]) -> dict[tuple[str, str], str]:
    """(place, fingerprint) to the source wording it was, from earlier versions."""
    found: dict[tuple[str, str], str] = {}
    for definition in definitions:
        for text in texts_of(definition):
            wording = text.in_language(definition.default_language)
            found[text.place, fingerprint(wording)] = wording
    return found


def language_rows(questionnaire: Questionnaire) -> list[dict[str, Any]]:
    """Every language with its name and progress, for the bars."""
    default = questionnaire.definition.default_language
    return [
        {
            "name": language_name(one.language),
            "progress": one,
            "is_default": one.language == default,
        }
        for one in all_progress(questionnaire)
    ]
