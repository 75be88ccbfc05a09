"""Which pages and questions a respondent meets: decided in document order, from all answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from ..definition import Definition, Question
from ..expressions import Node, Unparsed
from .evaluation import Context, clock, is_true, value_of
from .values import Reading, answer, calculated, stored


@dataclass(frozen=True, slots=True)
class PathPage:
    """A page that is shown, with the codes of its questions on the path.

    Notes are among them, calculated values are not: nobody sees those.

    `choices` lists, for questions where some choice has a condition, the codes offered.
    """

    code: str
    questions: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Path:
    """What this respondent is asked. A page of which nothing is on the path is not in `pages`.

    `questions` are all codes on the path, calculated ones included; `calculated` holds the values
    of the latter as they are stored, blanks left out. `offered` has the choices on offer of every
    question where some choice has a condition, the page's questions off the path included.
    """

    pages: tuple[PathPage, ...]
    questions: frozenset[str]
    calculated: Mapping[str, Any] = field(default_factory=dict)
    offered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def arranged(self, codes: Sequence[str]) -> Path:
        """The same path with its pages in the order of `codes`, as one respondent meets them."""
        place = {code: index for index, code in enumerate(codes)}
        pages = sorted(self.pages, key=lambda page: place.get(page.code, len(place)))
        return replace(self, pages=tuple(pages))

    def complete(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """`answers` with the calculated values, which never come from what was sent."""
        return {**answers, **self.calculated}

    def page(self, code: str) -> PathPage | None:
        """The shown page with this code."""
        return next((page for page in self.pages if page.code == code), None)

    def after(self, code: str | None) -> PathPage | None:
        """The shown page after the page `code` (None: the first); None at the end."""
        codes = [page.code for page in self.pages]
        index = 0 if code is None else codes.index(code) + 1 if code in codes else len(codes)
        return self.pages[index] if index < len(self.pages) else None

    def before(self, code: str) -> PathPage | None:
        """The shown page before the page `code`; None at the beginning."""
        codes = [page.code for page in self.pages]
        index = codes.index(code) if code in codes else 0
        return self.pages[index - 1] if index else None


def path(definition: Definition, answers: Mapping[str, Any], *, today: date, now: datetime) -> Path:
    """The path through `definition` that `answers` make.

    Questions are decided one after the other; an answer to a question that is off the path, or
    not decided yet, reads as blank for everything after it. A condition no one could read yet
    (imported text) hides nothing, so that a preview shows its question.
    """
    types = definition.types
    decided: set[str] = set()
    values: dict[str, Reading] = {}

    def read_answer(code: str) -> Reading:
        if code in values:
            return values[code]
        if code.partition("/")[0] not in decided:
            return None
        return answer(answers, code, types.get(code))

    context = Context(read_answer, None, *clock(today, now))

    def holds(node: Node | None) -> bool:
        return node is None or isinstance(node, Unparsed) or is_true(node, context)

    def calculate(question: Question) -> None:
        tree = question.calculation
        values[question.code] = None if tree is None else calculated(value_of(tree, context))

    pages: list[PathPage] = []
    offered: dict[str, tuple[str, ...]] = {}
    for page in definition.pages:
        if not holds(page.relevant):
            continue
        shown: list[str] = []
        for question in page.questions:
            if question.has_conditional_choices:
                offered[question.code] = _offered(question, holds)
            if not holds(question.relevant):
                continue
            decided.add(question.code)
            if question.kind == "calculate":
                calculate(question)
            else:
                shown.append(question.code)
        if shown:
            choices = {code: offered[code] for code in shown if code in offered}
            pages.append(PathPage(page.code, tuple(shown), choices))
    kept = {code: stored(value) for code, value in values.items() if value is not None}
    return Path(tuple(pages), frozenset(decided), kept, offered)


def _offered(question: Question, holds: Any) -> tuple[str, ...]:
    return tuple(choice.code for choice in question.choices if holds(choice.relevant))
