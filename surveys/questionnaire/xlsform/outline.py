"""The rows of the sheet survey as a tree: groups and questions, unbalanced ends repaired."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyxform import aliases

from ..expressions import Node
from .report import Level, Report
from .tables import Line, Table
from .types import RowType, read_type

MAX_DEPTH = 20


@dataclass(eq=False)
class Item:
    """A row of the sheet survey: a question, or a group with what is in it.

    `code` is the code it gets in the questionnaire, "" while undecided. `left_out` says in words
    why it is not asked; conditions on it cannot be read then. A matrix is a group (or the heading
    row of a grid) with `rows`; each of them knows its `matrix`.
    """

    line: Line
    type: RowType
    name: str
    parent: Item | None = None
    children: list[Item] = field(default_factory=list)
    code: str = ""
    kind: str = ""
    left_out: str = ""
    rows: list[Item] = field(default_factory=list)
    matrix: Item | None = None
    list_name: str = ""
    heading: Item | None = None
    calculation: Node | None = None

    @property
    def is_group(self) -> bool:
        return self.type.role == "begin"

    @property
    def ancestors(self) -> Iterator[Item]:
        """The groups around it, the nearest first."""
        at = self.parent
        while at is not None:
            yield at
            at = at.parent

    def walk(self) -> Iterator[Item]:
        """Everything below, in the order of the sheet."""
        for child in self.children:
            yield child
            yield from child.walk()


def read_outline(table: Table, report: Report) -> Item:
    """The tree below an invisible root. Every row that is no part of it gets a sentence."""
    root = Item(Line(table, 0, []), RowType("begin", "root"), "")
    at = root
    depth = 0
    for line in table.lines:
        if line.is_empty or _is_disabled(line, report):
            continue
        written = line.get("type")
        kind = read_type(written) if written else _untyped(line, report)
        if kind is None:
            continue
        if kind.role == "end":
            at, depth = _closed(at, depth, line, written, report)
            continue
        if kind.role == "setting":
            report.add(
                Level.LEFT_OUT,
                f"“{written}” is a setting. Settings are read from the sheet settings only.",
                **line.place("type"),
            )
            continue
        item = Item(line, kind, line.get("name"), at)
        at.children.append(item)
        if kind.role == "begin":
            if depth >= MAX_DEPTH:
                report.add(
                    Level.CHANGED,
                    f"Groups are nested deeper than {MAX_DEPTH} levels. The questions of this one "
                    "were put into the group around it.",
                    **line.place("type"),
                )
                at.children.pop()
                depth += 1
                continue
            at = item
            depth += 1
    while at is not root:
        report.add(
            Level.CHANGED,
            f"The group “{at.name}” is never ended. It was ended after the last row.",
            **at.line.place("type"),
        )
        at = at.parent or root
    return root


def _closed(at: Item, depth: int, line: Line, written: str, report: Report) -> tuple[Item, int]:
    if at.parent is None:
        report.add(
            Level.CHANGED,
            f"“{written}” ends a group that was never begun. The row was passed over.",
            **line.place("type"),
        )
        return at, depth
    if depth > MAX_DEPTH:
        return at, depth - 1
    begun, ended = at.type.kind, "repeat" if "repeat" in written.lower() else ""
    if (begun == "repeat") != (ended == "repeat") and "loop" not in written.lower():
        report.add(
            Level.CHANGED,
            f"“{written}” was taken as the end of “{at.name}” in row {at.line.number}, "
            f"which begins with “{at.line.get('type')}”.",
            **line.place("type"),
        )
    return at.parent, depth - 1


def _is_disabled(line: Line, report: Report) -> bool:
    if not aliases.yes_no.get(line.get("disabled")):
        return False
    report.add(
        Level.LEFT_OUT, "The row is marked as disabled. It was left out.", **line.place("disabled")
    )
    return True


def _untyped(line: Line, report: Report) -> RowType | None:
    if line.get("name") or any(True for _ in line.tagged("label")):
        what = line.get("name") or next(text for _tag, text in line.tagged("label"))[:60]
        report.add(
            Level.LEFT_OUT,
            f"“{what}” has no type. Write one, such as text or select_one, to have it imported.",
            **line.place("type"),
        )
    elif meant := [column.field for column in line.filled if column.field]:
        report.add(
            Level.REMARK,
            "A row without type, name and label is taken as a remark of the author. It was not "
            "read.",
            **line.place(meant[0]),
        )
    return None
