"""Grids: groups with `table-list`, runs of `label` and `list-nolabel`, and KoboToolbox's scores."""

from __future__ import annotations

from .outline import Item
from .report import Level, Report
from .tables import OWN

_ROW_LOGIC = ("relevant", "constraint", "choice_filter", "calculation")
MAX_ROWS = 200


def find_matrices(root: Item, report: Report, *, own_format: bool) -> None:
    """Mark every grid below `root`: the group gets `rows`, each row its `matrix`."""
    for item in [root, *root.walk()]:
        if not item.is_group:
            continue
        if own_format:
            if item.line.get(f"{OWN}.kind") == "matrix":
                _bind(item, item.children)
            continue
        words = item.line.get("appearance").lower().split()
        if item.type.kind == "score":
            _bind(item, [child for child in item.children if child.type.kind == "score__row"])
        elif "table-list" in words:
            _table_list(item, report)
        else:
            _label_runs(item, report)


def _bind(matrix: Item, rows: list[Item]) -> None:
    matrix.rows = rows
    matrix.kind = "matrix"
    for row in rows:
        row.matrix = matrix
        row.kind = "row"


def _table_list(group: Item, report: Report) -> None:
    rows = [child for child in group.children if child.type.role != "metadata"]
    notes = []
    while rows and rows[0].type.kind == "note":
        notes.append(rows.pop(0))
    reason = _why_not(rows)
    if reason:
        report.add(
            Level.CHANGED,
            f"The group “{group.name}” is laid out as a table, but {reason}. Its questions were "
            "imported one by one.",
            **group.line.place("appearance"),
        )
        return
    if not any(True for _ in group.line.tagged("label")) and notes:
        # The heading of the table is often written as a note inside it.
        heading = notes.pop()
        heading.kind = "heading"
        group.heading = heading
    _bind(group, rows)


def _label_runs(group: Item, report: Report) -> None:
    children = group.children
    at = 0
    while at < len(children):
        head = children[at]
        words = head.line.get("appearance").lower().split()
        if head.type.kind not in ("single", "multiple") or not {"label", "list-nolabel"} & set(
            words
        ):
            at += 1
            continue
        run = []
        follow = at + 1 if "label" in words else at
        while follow < len(children) and _is_line(children[follow], head):
            run.append(children[follow])
            follow += 1
        reason = _why_not(run) if "label" in words else "it has no row with the appearance label"
        if "label" in words and not reason:
            _bind(head, run)
        else:
            if "label" in words:
                head.left_out = "it is only the heading of a table"
            report.add(
                Level.CHANGED,
                f"The table of “{head.name}” could not be made a grid: {reason}. Its questions "
                "were imported one by one.",
                **head.line.place("appearance"),
            )
        at = max(follow, at + 1)


def _is_line(item: Item, head: Item) -> bool:
    return (
        item.type.kind in ("single", "multiple")
        and item.type.list_name == head.type.list_name
        and "list-nolabel" in item.line.get("appearance").lower().split()
    )


def _why_not(rows: list[Item]) -> str:
    """Why these rows cannot be one grid, "" if they can."""
    if not rows:
        return "it has no rows"
    if len(rows) > MAX_ROWS:
        return f"it has {len(rows)} rows, more than {MAX_ROWS}"
    if any(row.type.kind != "single" for row in rows):
        return "not all of its rows are questions with one answer (select_one)"
    if len({row.type.list_name for row in rows}) > 1:
        return "its rows have different lists of choices"
    if any(row.line.get(name) for row in rows for name in _ROW_LOGIC):
        return "some rows have conditions of their own"
    if any(row.type.or_other for row in rows):
        return "some rows ask for another answer (or_other)"
    if len({row.line.get("required").lower() for row in rows}) > 1:
        return "some rows are required and others are not"
    return ""
