"""The order in which one respondent meets pages, questions, rows and choices.

A random order follows from the definition's seed and the respondent's own key and from nothing
else, so that going back, reloading and changing the language show the same order again. What was
shown is stored with the response. Conditions are decided in document order all the same.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .definition import Definition, Page, Question
from .expressions import references
from .piping import references_in

_FOLLOWS = ("note", "calculate")


@dataclass(frozen=True, slots=True)
class Orders:
    """All orders of one respondent; `respondent` is any text that stays the same for them."""

    definition: Definition
    respondent: str

    def pages(self) -> list[str]:
        """Codes of all pages; neighbours with the same `rotation` have changed places."""
        found: list[str] = []
        for rotation, neighbours in groupby(self.definition.pages, key=lambda page: page.rotation):
            codes = [page.code for page in neighbours]
            found += self._shuffled(codes, f"/pages/{codes[0]}") if rotation else codes
        return found

    def questions(self, page: Page) -> list[str]:
        """Codes of the questions of `page`.

        Notes at the top and at the bottom stay there, a note in between goes with the question
        after it, and a question that depends on others of the page follows the last of them.
        """
        if page.question_order != "random":
            return [question.code for question in page.questions]
        top, units, bottom = _units(page)
        return [
            *top,
            *(code for unit in self._shuffled(units, page.code) for code in unit),
            *bottom,
        ]

    def rows(self, question: Question) -> list[str]:
        """Codes of a matrix's rows."""
        codes = [row.code for row in question.rows]
        if question.row_order != "random":
            return codes
        return self._shuffled(codes, f"{question.code}/rows")

    def choices(self, question: Question) -> list[str]:
        """Codes of the choices; don't know, refused and "none of these" stay at the end."""
        last = [choice.code for choice in question.choices if choice.missing or choice.exclusive]
        codes = [choice.code for choice in question.choices if choice.code not in last]
        if question.choice_order == "random":
            codes = self._shuffled(codes, question.code)
        return codes + last

    def of_page(self, page: Page) -> dict[str, list[str]]:
        """Every random order on a page, as stored: choices under the question's code, rows under
        `code/rows`, questions under `/page/code` and all pages under `/pages`."""
        found: dict[str, list[str]] = {}
        if any(other.rotation for other in self.definition.pages):
            found["/pages"] = self.pages()
        if page.question_order == "random":
            found[f"/page/{page.code}"] = self.questions(page)
        for question in page.questions:
            if question.choice_order == "random":
                found[question.code] = self.choices(question)
            if question.row_order == "random":
                found[f"{question.code}/rows"] = self.rows(question)
        return found

    def _shuffled(self, items: Iterable[Any], place: str) -> list[Any]:
        seed = "" if self.definition.seed is None else f"{self.definition.seed}:"
        digest = hashlib.sha256(f"{seed}{self.respondent}:{place}".encode()).digest()
        shuffled = list(items)
        random.Random(digest).shuffle(shuffled)  # noqa: S311 (an order, not a secret)
        return shuffled


def same_page_references(page: Page, question: Question) -> set[str]:
    """Codes of other questions of `page` that this question's conditions or texts name."""
    trees = [question.relevant, question.constraint, question.calculation]
    trees += [choice.relevant for choice in question.choices]
    named = {code for tree in trees if tree is not None for code in references(tree)}
    for _place, texts in question.texts():
        for text in texts.values():
            named.update(references_in(text))
    own = {other.code for other in page.questions} - {question.code}
    return {code.partition("/")[0] for code in named} & own


def _units(page: Page) -> tuple[list[str], list[list[str]], list[str]]:
    """The page as fixed top, units that change places, and fixed bottom; codes of questions."""
    questions: Sequence[Question] = page.questions
    asked = [index for index, question in enumerate(questions) if question.kind not in _FOLLOWS]
    if not asked:
        return [question.code for question in questions], [], []
    first, last = asked[0], asked[-1]
    units: list[list[str]] = []
    waiting: list[str] = []
    for question in questions[first : last + 1]:
        needed = same_page_references(page, question)
        earliest = next(
            (index for index, unit in enumerate(units) if needed & set(unit)), len(units)
        )
        merged = [code for unit in units[earliest:] for code in unit]
        del units[earliest:]
        if question.kind in _FOLLOWS and not merged:
            waiting.append(question.code)
            continue
        units.append([*merged, *waiting, question.code])
        waiting = []
    return (
        [question.code for question in questions[:first]],
        units,
        [question.code for question in questions[last + 1 :]],
    )
