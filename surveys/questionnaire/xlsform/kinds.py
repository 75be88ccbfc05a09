"""Which rows are asked, as what, and which are left out and why: before any code is given."""

from __future__ import annotations

from ..definition import KINDS
from .choices import ChoiceList
from .outline import Item
from .report import Level, Report
from .tables import OWN

_METADATA = "it records something about the device or the interview"
_ROWS_ONLY = ("score__row", "rank__level")


def decide_kinds(root: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    """Give every row below `root` its `kind`, or say in `left_out` why it is not asked."""
    for item in root.walk():
        if item.is_group:
            _group(item, lists, report)
        elif not item.kind:
            _question(item, lists, report)


def _group(item: Item, lists: dict[str, ChoiceList], report: Report) -> None:
    place = item.line.place("type")
    if item.kind == "matrix":
        return
    if item.type.kind in ("repeat", "loop"):
        many = sum(1 for below in item.walk() if below.type.role == "ask")
        report.add(
            Level.CHANGED,
            f"Repeats are not supported: the {many} questions of “{item.name}” are asked once "
            "instead of once per member. Remove them, or write them out as often as needed.",
            **place,
        )
    elif item.type.kind == "rank_group":
        _kobo_rank(item, lists, report)
    elif item.type.kind == "kobomatrix":
        report.add(
            Level.CHANGED,
            f"KoboToolbox's matrix “{item.name}” is not supported. Its columns were imported as "
            "questions of their own.",
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
    if own in KINDS and not item.left_out:
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
    if kind in ("time", "datetime") and kind not in KINDS:
        report.add(
            Level.CHANGED, f"“{item.line.get('type')}” was imported as a text question.", **place
        )
        return "text"
    if kind in ("calculate", "hidden"):
        if kind == "calculate" and "calculate" in KINDS and item.line.get("calculation"):
            return "calculate"
        item.left_out = "it is a calculation" if kind == "calculate" else "it is a hidden value"
        report.add(
            Level.LEFT_OUT,
            f"“{item.name}” was left out: {item.left_out}"
            + (" without an expression." if "calculate" in KINDS else "."),
            **place,
        )
        return ""
    return kind
