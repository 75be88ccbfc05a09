"""Which rows are asked, as what, and which are left out and why: before any code is given."""

from __future__ import annotations

from pyxform import aliases
from pyxform.utils import default_is_dynamic

from .choices import ChoiceList
from .outline import Item
from .report import Level, Report, counted
from .tables import OWN

_METADATA = "it records something about the device or the interview"
_WRITTEN_AS = {"consent": ("single",), "scale": ("range", "integer")}
"""Kinds of ours and the kinds of XLSForm that an export writes them as."""
_ROWS_ONLY = ("score__row", "rank__level")


def decide_kinds(root: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    """Give every row below `root` its `kind`, or say in `left_out` why it is not asked."""
    for item in root.walk():
        if item.kind == "matrix":
            _require_list(item, lists, report)
        if item.is_group:
            _group(item, lists, report)
        elif not item.kind:
            _question(item, lists, report)


def _require_list(matrix: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    """A grid without its list of choices falls apart into questions."""
    line = matrix.line
    first = matrix.rows[0].type.list_name if matrix.rows else ""
    wanted = (
        first
        or matrix.type.list_name
        or line.get(f"{OWN}.list")
        or line.extras.get("kobo--score-choices", "")
    )
    known = {name.lower(): name for name in lists}
    if found := known.get(wanted.lower()):
        matrix.list_name = found
        return
    for row in matrix.rows:
        row.matrix, row.kind = None, ""
        if row.type.kind == "score__row":
            row.kind = "text"
    matrix.rows, matrix.kind = [], ""
    if not matrix.is_group:
        matrix.left_out = "it is only the heading of a table"
    report.add(
        Level.CHANGED,
        f"The grid “{matrix.name}” has no list of choices (“{wanted[:60]}”). Its rows were "
        "imported as questions of their own.",
        **line.place("type"),
    )


def _group(item: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    place = item.line.place("type")
    if item.kind == "matrix":
        return
    if item.type.kind in ("repeat", "loop"):
        many = sum(1 for below in item.walk() if below.type.role == "ask")
        report.add(
            Level.CHANGED,
            f"Repeats are not supported: “{item.name}” with {counted(many, 'question')} is asked once "
            "instead of once per member. Remove it, or write it out as often as needed.",
            **place,
        )
    elif item.type.kind == "rank_group":
        _kobo_rank(item, lists, report)
    elif item.type.kind == "kobomatrix":
        report.add(
            Level.CHANGED,
            f"KoboToolbox's matrix “{item.name}” is not supported. Its columns were imported as "
            "questions that are asked once, not once for each row.",
            **place,
        )
    words = item.line.get("appearance").lower().split()
    if words and set(words) - {"field-list", "table-list"} and item.type.kind == "group":
        report.add(
            Level.REMARK,
            f"The appearance “{' '.join(words)[:80]}” of a group changes nothing here.",
            **item.line.place("appearance"),
        )


def _kobo_rank(item: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    name = item.line.get("kobo--rank-items") or item.line.extras.get("kobo--rank-items", "")
    for child in item.children:
        child.left_out = "it is a place of a ranking"
    places = [child for child in item.children if child.type.kind == "rank__level"]
    report.add(
        Level.CHANGED,
        f"KoboToolbox's ranking “{item.name}” asks for {counted(len(places), 'place')} by name. "
        "Here people put the items in order; a place has no name of its own.",
        **item.line.place("type"),
    )
    if name in lists:
        item.kind = "rank"
        item.type = type(item.type)("ask", "rank", name)


def _question(item: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    role, kind = item.type.role, item.type.kind
    written = item.line.get("type")
    place = item.line.place("type")
    if item.left_out:
        return
    if role == "metadata":
        item.left_out = _METADATA
        report.add(
            Level.LEFT_OUT,
            f"“{written}” was left out: {_METADATA}. Suara notes the duration, the language and "
            "the kind of device of a response by itself, and nothing that tells who answers.",
            **place,
        )
    elif role == "unsupported":
        item.left_out = f"{kind} are not supported"
        report.add(
            Level.LEFT_OUT,
            f"“{item.name or written}” ({written[:80]}) was left out: {kind} are not supported.",
            **place,
        )
    elif role == "unknown":
        _unknown(item, written, report)
    elif role == "no_list":
        _without_list(item, f"“{written[:80]}” names no list of choices", report)
    elif kind in _ROWS_ONLY:
        item.left_out = f"{written} stands outside its group"
        report.add(Level.LEFT_OUT, f"“{written}” stands outside its group.", **place)
    elif kind in ("single", "multiple", "rank"):
        _selecting(item, lists, report)
    else:
        item.kind = _asked_as(item, report)
    own = item.line.get(f"{OWN}.kind")
    if item.kind in _WRITTEN_AS.get(own, ()):
        item.kind = own


def _unknown(item: Item, written: str, report: Report) -> None:
    hint = f" Is “{item.type.kind}” meant?" if item.type.kind else ""
    sentence = f"“{written[:80]}” is no type of XLSForm."
    if any(True for _ in item.line.tagged("label")):
        item.kind = "text"
        report.add(
            Level.CHANGED,
            f"{sentence}{hint} The question was imported as a text.",
            **item.line.place("type"),
        )
        return
    item.left_out = "its type is not known"
    report.add(Level.LEFT_OUT, f"{sentence}{hint} It was left out.", **item.line.place("type"))


def _selecting(item: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    name = item.type.list_name
    known = {key.lower(): key for key in lists}
    found = name if name in lists else known.get(name.lower(), "")
    if not found and item.type.or_other is False and name.lower().endswith(" or_other"):
        found = known.get(name.lower().removesuffix(" or_other"), "")
    if not found:
        _without_list(item, f"The sheet choices has no list “{name[:80]}”", report)
        return
    item.type = type(item.type)("ask", item.type.kind, found, item.type.or_other)
    item.kind = item.type.kind
    if "search(" in item.line.get("appearance").lower():
        report.add(
            Level.CHANGED,
            f"search() takes choices from a file, which is not supported. “{item.name}” offers "
            f"what stands in the list “{found[:60]}”; write its choices there.",
            **item.line.place("appearance"),
        )


def _without_list(item: Item, why: str, report: Report) -> None:
    item.kind = "text"
    item.type = type(item.type)("ask", "text")
    report.add(
        Level.CHANGED,
        f"{why}. The question was imported as a text; give it choices, or add the list and "
        "import again.",
        **item.line.place("type"),
    )


def _asked_as(item: Item, report: Report) -> str:
    kind = item.type.kind
    place = item.line.place("type")
    if kind == "hidden":
        if item.line.get("default") and not default_is_dynamic(item.line.get("default")):
            return "calculate"
        item.left_out = "it is a hidden value"
        report.add(
            Level.LEFT_OUT,
            f"“{item.name}” was left out: hidden values are filled by apps that are not used here.",
            **place,
        )
        return ""
    if kind == "calculate":
        if item.line.raw("calculation").strip():
            return "calculate"
        item.left_out = "it is a calculation without an expression"
        report.add(Level.LEFT_OUT, f"“{item.name}” was left out: {item.left_out}.", **place)
        return ""
    if item.line.raw("calculation").strip():
        return _calculated(item, report)
    return kind


def _calculated(item: Item, report: Report) -> str:
    """A question with a calculation: a value if nobody may change it, else a plain question."""
    place = item.line.place("calculation")
    if item.type.kind == "note":
        report.add(
            Level.LEFT_OUT,
            "A note has no value. Its calculation was left out; make it a calculate and show it "
            "with ${name} in the text.",
            **place,
        )
        return "note"
    if aliases.yes_no.get(item.line.get("read_only").lower()):
        report.add(
            Level.CHANGED,
            f"“{item.name}” is calculated and cannot be changed by the respondent. It became a "
            "calculated value, which is not shown; show it with ${name} in a note.",
            **place,
        )
        return "calculate"
    report.add(
        Level.LEFT_OUT,
        f"“{item.name}” can be answered, so its calculation was left out. For a computed value "
        "use the type calculate.",
        **place,
    )
    return item.type.kind
