"""The columns of a wave's table: the union over all questionnaire versions it was asked with.

The newest version gives the order. What only an older version had keeps its column, behind the one
it followed there, so that a removed choice never shifts or empties another column.

A response says in every column what its own version can say: a question, grid row or choice which
that version did not have is blank; "-7" is only for what it had and did not ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from surveys.questionnaire.definition import NOT_ASKED, Choice, Definition, Question

Answers = Mapping[str, Any]
Cell = Callable[[Answers], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: "heard", a grid's row "trust/asean", or a choice of several "where=tv"."""

    name: str
    question: str
    kind: str
    row: str = ""
    choice: str = ""

    @property
    def is_text(self) -> bool:
        """Whether people wrote into it what they liked."""
        return self.kind in ("text", "calculate")


def columns_of(question: Question) -> tuple[Column, ...]:
    """The columns of one question of one version; a note has none."""
    code, kind = question.code, question.kind
    if kind == "note":
        return ()
    if kind == "matrix":
        return tuple(
            Column(f"{code}/{row.code}", code, kind, row=row.code) for row in question.rows
        )
    if kind == "multiple":
        return tuple(
            Column(f"{code}={choice.code}", code, kind, choice=choice.code)
            for choice in question.choices
        )
    return (Column(code, code, kind),)


def merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """All items of several orders, each once: the first order as it is, what only a later one has
    behind its nearest predecessor there that is placed already."""
    found = list(orders[0]) if orders else []
    for order in orders[1:]:
        known = set(found)
        before: str | None = None
        for item in order:
            if item not in known:
                found.insert(found.index(before) + 1 if before is not None else 0, item)
                known.add(item)
            before = item
    return found


class Alignment:
    """The common table of several versions: `versions` maps their number to their definition."""

    def __init__(self, versions: Mapping[int, Definition]) -> None:
        self.versions = dict(sorted(versions.items(), reverse=True))

    @cached_property
    def newest(self) -> Definition:
        """The version that gives order and wordings."""
        return next(iter(self.versions.values()))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column of every version, in document order."""
        by_name: dict[str, Column] = {}
        orders = []
        for definition in self.versions.values():
            own = [column for question in definition.questions for column in columns_of(question)]
            orders.append([column.name for column in own])
            for column in own:
                by_name.setdefault(column.name, column)
        return tuple(by_name[name] for name in merged(orders))

    def having(self, column: Column) -> tuple[int, ...]:
        """The numbers of the versions that have a column, oldest first."""
        return tuple(
            number
            for number, definition in reversed(self.versions.items())
            if column.name in self._own(definition)
        )

    def question(self, code: str) -> Question:
        """A question with the choices of all versions, in its newest wording."""
        return self.questions[code]

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Question code to the question, united over the versions."""
        found: dict[str, Question] = {}
        order = merged([[q.code for q in one.questions] for one in self.versions.values()])
        for code in order:
            asked = [one.by_code[code] for one in self.versions.values() if code in one.by_code]
            alike = [one for one in asked if one.kind == asked[0].kind]
            found[code] = _united(asked[0], alike)
        return found

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Reference to static type, as `Definition.types`, over all versions."""
        found: dict[str, str] = {}
        for definition in self.versions.values():
            for code, kind in definition.types.items():
                found.setdefault(code, kind)
        return found

    def definition_of(self, code: str) -> Definition:
        """The newest version that asks this question."""
        return next(one for one in self.versions.values() if code in one.by_code)

    def cells(self, number: int) -> Callable[[Answers], list[Any]]:
        """What a response of this version says in every column: a value, "-7" or ""."""
        definition = self.versions[number]
        own = self._own(definition)
        made = [_cell(definition, column, column.name in own) for column in self.columns]

        def row(answers: Answers) -> list[Any]:
            return [cell(answers) for cell in made]

        return row

    def _own(self, definition: Definition) -> frozenset[str]:
        if id(definition) not in self._names:
            self._names[id(definition)] = frozenset(
                column.name for question in definition.questions for column in columns_of(question)
            )
        return self._names[id(definition)]

    @cached_property
    def _names(self) -> dict[int, frozenset[str]]:
        return {}


def _united(newest: Question, versions: Sequence[Question]) -> Question:
    if len(versions) < 2:
        return newest
    choices: dict[str, Choice] = {}
    for version in versions:
        for choice in version.choices:
            choices.setdefault(choice.code, choice)
    order = merged([[choice.code for choice in version.choices] for version in versions])
    rows = {}
    for version in versions:
        for one in version.rows:
            rows.setdefault(one.code, one)
    row_order = merged([[one.code for one in version.rows] for version in versions])
    low = [version.minimum for version in versions if version.minimum is not None]
    high = [version.maximum for version in versions if version.maximum is not None]
    return replace(
        newest,
        choices=tuple(choices[code] for code in order),
        rows=tuple(rows[code] for code in row_order),
        minimum=min(low) if len(low) == len(versions) else newest.minimum,
        maximum=max(high) if len(high) == len(versions) else newest.maximum,
    )


def _cell(definition: Definition, column: Column, is_own: bool) -> Cell:
    code = column.question
    question = definition.by_code.get(code)
    if question is None or question.kind != column.kind:
        return lambda answers: ""
    if not is_own:
        # The question was there without this row or choice: nothing but "not asked" is known.
        return lambda answers: NOT_ASKED if answers.get(code) == NOT_ASKED else ""
    if column.row:
        row = column.row

        def of_row(answers: Answers) -> Any:
            value = answers.get(code)
            return value.get(row, "") if isinstance(value, dict) else plain(value)

        return of_row
    if column.choice:
        choice = column.choice

        def of_choice(answers: Answers) -> Any:
            value = answers.get(code)
            return int(choice in value) if isinstance(value, list) else plain(value)

        return of_choice
    return lambda answers: plain(answers.get(code))


def plain(value: Any) -> Any:
    """A value as one cell: nothing is "", yes 1 and no 0, a ranking its codes with blanks between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value) if isinstance(value, dict) else value


def names(columns: Iterable[Column]) -> list[str]:
    """The columns' names."""
    return [column.name for column in columns]
