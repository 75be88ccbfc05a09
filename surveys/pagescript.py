"""What the browser's script is told about one page, so that it can follow while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from surveys.answers import initial
from surveys.questionnaire import logic, piping
from surveys.questionnaire.definition import Definition, Page
from surveys.wording import Wording

_READABLE = ("single", "multiple", "rank", "scale", "number", "text")
_READABLE_TYPES = ("number", "text")
"""Kinds, and types of calculated values, that the script puts into a text as the server would."""


@dataclass(frozen=True, slots=True)
class Changing:
    """The codes of one page whose values change while the page is being answered."""

    codes: frozenset[str]

    @classmethod
    def of(cls, page: Page) -> "Changing":
        """All that is answered here, and what is calculated from it."""
        codes: set[str] = set()
        for question in page.questions:
            if question.kind != "calculate":
                codes.add(question.code)
                continue
            trees = [tree for tree in (question.relevant, question.calculation) if tree]
            if any(cls(frozenset(codes)).decides(tree) for tree in trees):
                codes.add(question.code)
        return cls(frozenset(codes))

    def decides(self, tree: logic.Node | None) -> bool:
        """Whether a condition's truth can change on this page."""
        if tree is None:
            return False
        return any(code.partition("/")[0] in self.codes for code in logic.references(tree))


def script_data(
    definition: Definition,
    page: Page,
    path: logic.Path,
    answers: Mapping[str, Any],
    *,
    language: str,
    today: date,
    now: datetime,
) -> dict[str, Any] | None:
    """What the script needs to follow this page's conditions and texts; None if nothing changes.

    Of earlier answers only those that something on this page names are sent, and only if they are
    on the path: the others read as blank.
    """
    changing = Changing.of(page)
    wording = Wording.of(definition, language, answers, path)
    conditions = {q.code: q.relevant for q in page.questions if changing.decides(q.relevant)}
    calculations = {
        q.code: q.calculation
        for q in page.questions
        if q.kind == "calculate" and q.code in changing.codes and q.calculation
    }
    choices = {
        question.code: {
            choice.code: choice.relevant
            for choice in question.choices
            if changing.decides(choice.relevant)
        }
        for question in page.questions
    }
    choices = {code: trees for code, trees in choices.items() if trees}
    texts = _texts(page, wording, changing)
    if not conditions and not choices and not texts:
        return None
    trees = [*conditions.values(), *calculations.values()]
    trees += [tree for of_one in choices.values() for tree in of_one.values()]
    named = {code for tree in trees for code in logic.references(tree)}
    known = path.complete(answers)
    earlier = {code.partition("/")[0] for code in named} - changing.codes
    return {
        # Decided in document order whatever the order on the screen.
        "order": [question.code for question in page.questions],
        "off": [
            question.code
            for question in page.questions
            if question.code not in path.questions and question.code not in conditions
        ],
        "fixed": {
            question.code: initial(question)
            for question in page.questions
            if question.read_only and question.default is not None
        },
        "conditions": _written(conditions),
        "calculations": _written(calculations),
        "choices": {code: _written(of_one) for code, of_one in choices.items()},
        "texts": texts,
        "list": piping.list_signs(language),
        "types": {code: definition.types.get(code, "") for code in named},
        "kinds": {q.code: q.kind for q in page.questions},
        "decimals": {q.code: q.decimals for q in page.questions if q.decimals},
        "answers": {
            code: known[code] for code in sorted(earlier & path.questions) if code in known
        },
        "today": today.isoformat(),
        "now": now.replace(tzinfo=None, microsecond=0).isoformat(),
    }


def _written(trees: Mapping[str, logic.Node]) -> dict[str, Any]:
    return {code: logic.write(tree) for code, tree in trees.items()}


def _texts(page: Page, wording: Wording, changing: Changing) -> dict[str, list[tuple[str, str]]]:
    """Element id to the pieces of its text, for labels and hints that name this page's answers."""
    types = wording.definition.types
    readable = {
        question.code
        for question in page.questions
        if question.kind in _READABLE
        or (question.code in changing.codes and types.get(question.code) in _READABLE_TYPES)
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for index, question in enumerate(page.questions, start=1):
        for name, texts in (("text", question.label), ("hint", question.hint)):
            pieces = piping.parts(wording.definition.text(texts, wording.language))
            if any(kind == "ref" and code in readable for kind, code in pieces):
                found[f"q{index}-{name}"] = [
                    (kind, piece)
                    if kind == "text" or piece in readable
                    else ("text", wording.answer(piece))
                    for kind, piece in pieces
                ]
    return found
