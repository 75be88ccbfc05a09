"""Choice lists, and choice filters turned into a condition on each choice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from ..definition import CHOICE_CODE, MAX_CHOICES, MISSING_CODES, NOT_ASKED
from ..expressions import LogicError, Node, Op, Ref, Value, walk
from ..logic import evaluate, settle
from .outline import Item
from .report import Level, Report
from .tables import OWN, Line, Table

if TYPE_CHECKING:
    from .form import Form

_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f,/]+")
_NAME = re.compile(r"(?<![\w$\{/:.-])([A-Za-z_][\w.-]*)(?![\w.-]|\s*\(|\})")
_SPLIT = re.compile(r"""('[^']*'|"[^"]*"|\$\{[^}]*\})""")
_KEYWORDS = {"and", "or", "div", "mod"}
_COLUMN = "__choice."
_CLOCKS = ("today", "now", "once", "position")


@dataclass(eq=False)
class Entry:
    """One choice of a list: `written` is its name in the file, `code` what it became."""

    line: Line
    written: str
    code: str

    @property
    def is_exclusive(self) -> bool:
        return self.line.get(f"{OWN}.exclusive").lower() == "yes"


@dataclass(eq=False)
class ChoiceList:
    """A list of choices under one name."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    is_used: bool = False

    @property
    def recoded(self) -> dict[str, str]:
        """Names that had to change: {written: code}."""
        return {one.written: one.code for one in self.entries if one.written != one.code}


def read_lists(table: Table, report: Report, *, allow_duplicates: bool) -> dict[str, ChoiceList]:
    """Every list of the sheet choices by name; rows that give no choice get a sentence."""
    lists: dict[str, ChoiceList] = {}
    seen: dict[str, dict[str, Entry]] = {}
    above = ""
    for line in table.lines:
        if line.is_empty:
            continue
        name, written = line.get("list_name"), line.get("name")
        has_label = any(True for _ in line.tagged("label"))
        if not name and above and written:
            name = above
            report.add(
                Level.CHANGED,
                f"The choice “{written}” names no list. It was put into the list above it, "
                f"“{above}”.",
                **line.place("list_name"),
            )
        if not name:
            if written or has_label:
                report.add(
                    Level.LEFT_OUT,
                    f"The choice “{written or line.number}” belongs to no list. It was left out.",
                    **line.place("list_name"),
                )
            continue
        above = name
        if not written:
            if has_label:
                report.add(
                    Level.LEFT_OUT,
                    f"A choice of the list “{name}” has no name. It was left out.",
                    **line.place("name"),
                )
            continue
        chosen = lists.setdefault(name, ChoiceList(name))
        _add(chosen, seen.setdefault(name, {}), line, written, report, allow_duplicates)
    return lists


def _add(
    chosen: ChoiceList,
    seen: dict[str, Entry],
    line: Line,
    written: str,
    report: Report,
    allow_duplicates: bool,
) -> None:
    code = _FORBIDDEN.sub("_", written)[:64]
    if code == NOT_ASKED:
        code = "m7"
    if not CHOICE_CODE.match(code):
        code = f"c{line.number}"
    earlier = seen.get(code)
    if earlier is not None:
        same = list(line.tagged("label")) == list(earlier.line.tagged("label"))
        if same and line.extras == earlier.line.extras:
            report.add(
                Level.LEFT_OUT,
                f"The list “{chosen.name}” has the choice “{written}” in row "
                f"{earlier.line.number} already, with the same label. It was taken once.",
                **line.place("name"),
            )
            return
        number = 2
        while f"{code[:58]}_{number}" in seen:
            number += 1
        code = f"{code[:58]}_{number}"
        report.add(
            Level.CHANGED,
            f"The list “{chosen.name}” has the name “{written}” twice (row "
            f"{earlier.line.number}). This one became “{code}”"
            + ("." if allow_duplicates else "; conditions on the name mean the first."),
            **line.place("name"),
        )
    elif code != written:
        why = (
            "is kept for questions that were not asked"
            if written == NOT_ASKED
            else "has spaces, commas or other signs a code cannot have, or is too long"
        )
        report.add(
            Level.CHANGED,
            f"The choice name “{written[:80]}” {why}. It became “{code}”, in conditions too.",
            **line.place("name"),
        )
    seen[code] = Entry(line, written, code)
    chosen.entries.append(seen[code])


class ChoiceFilter:
    """A `choice_filter` such as `province = ${province}`, ready to be asked for each choice."""

    def __init__(self, item: Item, form: Form) -> None:
        conditions = form.conditions
        headings = {column.heading for column in form.tables["choices"].unknown}
        self.item = item
        self.conditions = conditions
        self.own = item.code
        text = item.line.get("choice_filter")
        known = headings | {"name"}
        pieces = _SPLIT.split(text)
        for index in range(0, len(pieces), 2):
            pieces[index] = _NAME.sub(
                lambda match: (
                    f"${{{_COLUMN}{match.group(1)}}}"
                    if match.group(1) in known and match.group(1) not in _KEYWORDS
                    else match.group(1)
                ),
                pieces[index],
            )
        conditions.names.generated.update(
            {f"{_COLUMN}{heading}": f"{_COLUMN}{heading}" for heading in known}
        )
        self.tree = conditions.read_text("".join(pieces), item, self.own)
        form.filtering.update(
            part.code[len(_COLUMN) :]
            for part in walk(self.tree)
            if isinstance(part, Ref) and part.code.startswith(_COLUMN)
        )

    def of(self, entry: Entry) -> Node | bool:
        """The condition under which this choice is offered, or True or False."""
        tree = self._filled(self.tree, entry)
        tree = settle(tree, self.conditions.types, own=self.own)
        return folded(tree)

    def _filled(self, node: Node, entry: Entry) -> Node:
        if isinstance(node, Ref) and node.code.startswith(_COLUMN):
            heading = node.code[len(_COLUMN) :]
            text = entry.code if heading == "name" else entry.line.extras.get(heading, "")
            return Value(text, "text")
        if not isinstance(node, Op):
            return node
        args = [self._filled(arg, entry) for arg in node.args]
        if node.op == "selected" and isinstance(args[0], Value):
            # selected(column, ${answer}): the column lists several values with spaces between.
            words = str(args[0].value).split()
            each = tuple(Op("=", (args[1], Value(word, "text"))) for word in words[:100])
            return each[0] if len(each) == 1 else Op("or", each) if each else Op("false", ())
        if node.op in ("=", "!=") and isinstance(args[0], Value) and isinstance(args[1], Ref):
            args.reverse()
        return Op(node.op, tuple(args))


def folded(node: Node) -> Node | bool:
    """The condition with everything decided that no answer can change."""
    if isinstance(node, Op) and node.op in ("and", "or"):
        decisive = node.op == "or"
        parts = [folded(arg) for arg in node.args]
        if any(part is decisive for part in parts):
            return decisive
        open_parts = tuple(part for part in parts if not isinstance(part, bool))
        if not open_parts:
            return not decisive
        return open_parts[0] if len(open_parts) == 1 else Op(node.op, open_parts)
    if isinstance(node, Op) and node.op == "not":
        inner = folded(node.args[0])
        return not inner if isinstance(inner, bool) else Op("not", (inner,))
    if any(
        isinstance(part, Ref) or (isinstance(part, Op) and part.op in _CLOCKS)
        for part in walk(node)
    ):
        return node
    moment = datetime(2000, 1, 1)
    return evaluate(node, {}, types={}, today=date(2000, 1, 1), now=moment) is True


def choice_documents(
    chosen: ChoiceList, item: Item, form: Form, *, filtered: bool = True
) -> list[dict]:
    """The choices of a list as the document has them for this question."""
    conditions, report = form.conditions, form.report
    chosen.is_used = True
    entries = chosen.entries
    if len(entries) > MAX_CHOICES:
        report.add(
            Level.LEFT_OUT,
            f"The list “{chosen.name}” has {len(entries):,} choices; the first {MAX_CHOICES:,} "
            "were taken.",
            **item.line.place("type"),
        )
        entries = entries[:MAX_CHOICES]
    own = form.own_format and any(_own_condition(entry) for entry in entries)
    offered = _filter(item, form) if filtered and not own else None
    documents, never = [], []
    for entry in entries:
        relevant: Node | None = None
        if own and _own_condition(entry):
            relevant = conditions.value(
                Item(entry.line, item.type, "", item), f"{OWN}.relevant", item.code
            )
        elif offered is not None:
            answer = offered.of(entry)
            if answer is False:
                never.append(entry.written)
                continue
            relevant = None if answer is True else answer
        documents.append(
            {
                "code": entry.code,
                "label": form.choice_label(entry),
                "missing": entry.code if entry.code in MISSING_CODES else None,
                "exclusive": entry.is_exclusive or entry.code in MISSING_CODES,
                "relevant": relevant,
            }
        )
    if never:
        report.add(
            Level.LEFT_OUT,
            f"Choices of “{chosen.name}” that can never be offered under this filter were left out "
            f"({len(never)}): {', '.join(never[:8])}{' ...' if len(never) > 8 else ''}.",
            **item.line.place("choice_filter"),
        )
    return documents


def _own_condition(entry: Entry) -> bool:
    """Whether an export of ours wrote a condition beside this choice."""
    return any(entry.line.raw(f"{OWN}.{name}") for name in ("relevant", "relevant_tree"))


def _filter(item: Item, form: Form) -> ChoiceFilter | None:
    if not item.line.get("choice_filter"):
        return None
    try:
        return ChoiceFilter(item, form)
    except LogicError as error:
        form.report.add(
            Level.UNRESOLVED,
            f"The choice filter “{item.line.get('choice_filter')[:200]}” cannot be read. "
            f"{str(error).rstrip('.')}. All choices are offered; write the conditions of the "
            "choices anew.",
            **item.line.place("choice_filter"),
        )
        return None
