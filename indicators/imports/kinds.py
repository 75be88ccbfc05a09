"""What a spreadsheet can be imported as: a kind declares its columns and how rows are written.

A kind is declared once and listed in `registry`. Reading, staging, preview, the report on bad rows,
progress and repetition are the same for all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from indicators.imports.cells import Problem, shown
from indicators.imports.columns import Column, Head, Record
from indicators.models import Import, ImportRow

UNCHANGED = "unchanged"

Reason = tuple[str, dict[str, str]]
"""A sentence for `gettext` and what stands in it."""


@dataclass(slots=True)
class Checked:
    """What becomes of one row: `outcome` is one of ImportRow.Outcome or UNCHANGED.

    `key` is the same for two rows about the same thing; the second is then refused. `data` and
    `before` are flat and of plain values: what the row says and what is held.
    """

    record: Record
    outcome: str
    key: Any = None
    label: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)


class Staged(NamedTuple):
    """A checked row that waits to be written: see ImportRow for what its parts hold."""

    pk: int
    number: int
    label: str
    data: dict[str, Any]
    before: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """An import that is being worked on: who is responsible for what is written, when and why."""

    imported: Import
    by: Any
    at: datetime
    reason: str = ""


class Checker(ABC):
    """Judges the rows of one file, piece by piece; keeps what all of them need to be resolved."""

    @abstractmethod
    def check(self, records: Sequence[Record]) -> list[Checked]:
        """The outcome of every record, in their order. Writes nothing."""


class Kind(ABC):
    """A kind of import."""

    name: str
    label: str
    description: str
    columns: tuple[Column, ...]
    undoing: str
    """What undoing an import does, told before it is asked for."""
    named_by: tuple[str, ...] = ()
    """Columns that a row's label consists of."""

    @abstractmethod
    def may_be_imported_by(self, user: Any) -> bool:
        """Whether the user may import this kind at all."""

    def is_overseen_by(self, user: Any) -> bool:
        """Whether the user sees everybody's imports of this kind."""
        return self.may_be_imported_by(user)

    @abstractmethod
    def checker(self, *, head: Head, mapping: dict[str, int], by: Any, at: datetime) -> Checker:
        """Begin to judge a file's rows for somebody."""

    @abstractmethod
    def apply(self, rows: Sequence[Staged], task: Task) -> None:
        """Write some staged rows; called within one transaction for all of them.

        Raises Outdated if what is held is not what the rows were compared with.
        """

    @abstractmethod
    def undo(self, rows: Sequence[Staged], task: Task) -> dict[int, Reason]:
        """Put back what some applied rows changed, in the same way; return those it left, and why.

        Raises Outdated where one that was changed again stops all, NotUndoable for what cannot be
        put back.
        """

    def left_by_undoing(self, rows: Sequence[Staged]) -> dict[int, Reason]:
        """The keys of the rows that undoing would leave as they are now, and why. Raises NotUndoable."""
        return {}

    def shown_value(self, name: str, value: Any) -> str:
        """A value of `data` or `before` as the preview shows it."""
        return "" if value is None else str(value)

    def says(self, row: ImportRow) -> list[tuple[str, str]]:
        """(column label, value) of what a new row says beside its label, empty cells left out."""
        return [
            (str(column.label), value)
            for column in self.columns
            if column.name not in self.named_by
            and (value := self.shown_value(column.name, row.data.get(column.name)))
        ]

    def differences(self, row: ImportRow) -> list[tuple[str, str, str]]:
        """(column label, what it was, what it will be) of everything a row changes."""
        labels = {column.name: str(column.label) for column in self.columns}
        labels["state"] = _("State")
        return [
            (
                labels.get(name, name),
                self.shown_value(name, was),
                self.shown_value(name, row.data.get(name)),
            )
            for name, was in row.before.items()
            if name in labels and was != row.data.get(name)
        ]


def with_problem(
    checked: Checked, head: Head, mapping: dict[str, int], column: str, text: str, **details: Any
) -> None:
    """Make a row a bad one, for a reason that concerns a column of the kind ("" for the row)."""
    record = checked.record
    place = mapping.get(column)
    record.problems.append(
        Problem(
            record.row.sheet,
            record.row.number,
            head.headings[place] if place is not None else "",
            shown(record.row.cell(place)) if place is not None else "",
            text,
            details,
        )
    )
    checked.outcome = ImportRow.Outcome.BAD
