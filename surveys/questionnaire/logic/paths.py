"""Which pages and questions a respondent meets: decided in document order, from all answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from ..definition import Definition, Question
from ..expressions import Node, Unparsed
from .evaluation import Context, Program, clock, compiled
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


@dataclass(frozen=True, slots=True)
class _Step:
    """A question made ready: its condition, its calculation and its choices' conditions."""

    code: str
    holds: Program | None
    calculation: Program | None
    is_calculate: bool
    choices: tuple[tuple[str, Program | None], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A definition's conditions made ready once, for every respondent (`Definition.plan`)."""

    pages: tuple[tuple[str, Program | None, tuple[_Step, ...]], ...]

    @classmethod
    def of(cls, definition: Definition) -> Plan:
        """The plan of a whole questionnaire."""
        return cls(
            tuple(
                (
                    page.code,
                    _condition(page.relevant),
                    tuple(_step(question) for question in page.questions),
                )
                for page in definition.pages
            )
        )


def _condition(node: Node | None) -> Program | None:
    """None for no condition, and for one that no one could read yet: it hides nothing."""
    return None if node is None or isinstance(node, Unparsed) else compiled(node)


def _step(question: Question) -> _Step:
    tree = question.calculation
    return _Step(
        code=question.code,
        holds=_condition(question.relevant),
        calculation=None if tree is None else compiled(tree),
        is_calculate=question.kind == "calculate",
        choices=tuple((choice.code, _condition(choice.relevant)) for choice in question.choices)
        if question.has_conditional_choices
        else (),
    )


def path(definition: Definition, answers: Mapping[str, Any], *, today: date, now: datetime) -> Path:
    """The path through `definition` that `answers` make.

    Questions are decided one after the other; an answer to a question that is off the path, or
    not decided yet, reads as blank for everything after it. A condition no one could read yet
    (imported text) hides nothing, so that a preview shows its question.
    """
    types = definition.types
    decided: set[str] = set()
    # What was read of decided questions, and what was calculated: neither changes any more.
    known: dict[str, Reading] = {}
    values: dict[str, Reading] = {}

    def read_answer(code: str) -> Reading:
        if code in known:
            return known[code]
        if code.partition("/")[0] not in decided:
            return None
        known[code] = found = answer(answers, code, types.get(code))
        return found

    context = Context(read_answer, None, *clock(today, now))
    pages: list[PathPage] = []
    offered: dict[str, tuple[str, ...]] = {}
    for page_code, page_holds, steps in definition.plan.pages:
        if page_holds is not None and page_holds(context) is not True:
            continue
        shown: list[str] = []
        for step in steps:
            if step.choices:
                offered[step.code] = tuple(
                    code for code, holds in step.choices if holds is None or holds(context) is True
                )
            if step.holds is not None and step.holds(context) is not True:
                continue
            if step.is_calculate:
                value = calculated(step.calculation(context)) if step.calculation else None
                known[step.code] = values[step.code] = value
            else:
                shown.append(step.code)
            decided.add(step.code)
        if shown:
            choices = {code: offered[code] for code in shown if code in offered}
            pages.append(PathPage(page_code, tuple(shown), choices))
    kept = {code: stored(value) for code, value in values.items() if value is not None}
    return Path(tuple(pages), frozenset(decided), kept, offered)
