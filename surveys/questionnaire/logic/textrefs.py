"""Texts that name answers (`${code}`): what each may name, and what stands against publishing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from ..definition import Definition, Page, Problem, Texts
from ..piping import references_in

_MESSAGES = ("required_message", "constraint_message")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Codes asked on other pages that change places with a page: known at no certain time."""

    by_page: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, definition: Definition) -> Neighbours:
        found: dict[str, frozenset[str]] = {}
        for rotation, block in groupby(definition.pages, key=lambda page: page.rotation):
            pages = list(block)
            codes = {page.code: {question.code for question in page.questions} for page in pages}
            every = set().union(*codes.values())
            for page in pages:
                found[page.code] = frozenset(every - codes[page.code] if rotation else ())
        return cls(found)

    def of_page(self, page: Page) -> frozenset[str]:
        """The codes that no condition and no text of `page` may name."""
        return self.by_page[page.code]


def asked_elsewhere(code: str) -> str:
    """The sentence for a reference to a page that changes places with this one."""
    return (
        f"It refers to {code!r} on a page that changes places with this one, so some would not "
        "have answered it yet. Take one of the two pages out of the rotation."
    )


def text_problems(definition: Definition) -> Iterator[Problem]:
    """Every `${...}` that names nothing, or something asked later, by place and language."""
    reviewer = _Texts(definition)
    none: frozenset[str] = frozenset()
    everything = frozenset(definition.by_code)
    yield from reviewer.review("title", definition.title, none, none)
    yield from reviewer.review("introduction", definition.introduction, none, none)
    yield from reviewer.review("thanks", definition.thanks, everything, none)
    neighbours = Neighbours.of(definition)
    earlier: set[str] = set()
    for page_index, page in enumerate(definition.pages):
        place = f"pages[{page_index}]"
        elsewhere = neighbours.of_page(page)
        yield from reviewer.review(f"{place}.title", page.title, earlier, elsewhere)
        on_page = {question.code for question in page.questions}
        for index, question in enumerate(page.questions):
            for name, texts in question.texts():
                may_name = earlier | on_page if name in _MESSAGES else earlier
                here = f"{place}.questions[{index}].{name}"
                yield from reviewer.review(here, texts, may_name, elsewhere)
            earlier.add(question.code)


class _Texts:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def review(
        self,
        path: str,
        texts: Texts,
        may_name: set[str] | frozenset[str],
        elsewhere: frozenset[str],
    ) -> Iterator[Problem]:
        for language, text in texts.items():
            for code in references_in(text):
                if sentence := self.sentence(code, may_name, elsewhere):
                    yield Problem(f"{path}.{language}", sentence)

    def sentence(
        self, code: str, may_name: set[str] | frozenset[str], elsewhere: frozenset[str]
    ) -> str:
        name, _slash, row = code.partition("/")
        question = self.definition.by_code.get(name)
        if question is None:
            return f"The text names ${{{code}}}, and there is no such question. Correct the code."
        if question.kind == "note":
            return f"The text names ${{{code}}}, which is a note and has no answer. Remove it."
        if question.kind == "matrix" and row not in {known.code for known in question.rows}:
            first = f"{name}/{question.rows[0].code}" if question.rows else name
            return f"${{{code}}} is a matrix. Name one of its rows, such as ${{{first}}}."
        if row and question.kind != "matrix":
            return f"The text names ${{{code}}}, and {name!r} has no rows. Write ${{{name}}}."
        if name in elsewhere:
            return asked_elsewhere(name)
        if name not in may_name:
            return (
                f"The text names ${{{code}}}, which is asked later or here. "
                "Move that question before this text."
            )
        return ""
