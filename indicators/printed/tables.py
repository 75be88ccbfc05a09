"""The tables a document prints, read from the framework's `printed_facts`.

    {"tables": [{"number": "3", "title": "...", "node": "b", "source": "...", "quote": "...",
                 "figures": [{"key": "done", "text": "...", "value": 215, "percent": "78.36",
                              "of": "activities", "same_as": "", "words": "", "source": "..."}]}],
     "sums": [{"text": "...", "terms": ["1:planned", "-1:withdrawn"], "total": "1:activities",
               "overlaps": false}]}

A figure is known by its table's number and its key ("3:done"). What does not have this shape is
left out: a document's figures are shown as they are or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from indicators.models import Framework

# No document prints longer numbers, and longer ones could not be computed with exactly.
_DIGITS = 15


@dataclass(frozen=True)
class PrintedFigure:
    """One printed figure: a number, a percentage of the figure `of`, or words."""

    key: str
    text: str
    value: Decimal | None
    percent: Decimal | None
    of: str
    same_as: str
    words: str
    source: str

    @property
    def number(self) -> Decimal | None:
        """The number if one is printed, else the percentage."""
        return self.percent if self.value is None else self.value


@dataclass(frozen=True)
class PrintedTable:
    """One table of the document. `node_key` is the part of the framework it is about, or ""."""

    number: str
    title: str
    node_key: str
    source: str
    quote: str
    figures: Sequence[PrintedFigure]

    def figure(self, key: str) -> PrintedFigure | None:
        """The figure printed under `key`."""
        return next((one for one in self.figures if one.key == key), None)


@dataclass(frozen=True)
class PrintedSum:
    """Figures that together make another one. With `overlaps` a thing counts in several terms."""

    text: str
    terms: Sequence[tuple[int, PrintedFigure]]
    total: Decimal
    overlaps: bool
    source: str


def tables(framework: Framework) -> list[PrintedTable]:
    """The tables the framework's document prints, in its order."""
    return [
        PrintedTable(
            number=_text(table, "number"),
            title=_text(table, "title"),
            node_key=_text(table, "node"),
            source=_text(table, "source"),
            quote=_text(table, "quote"),
            figures=[_figure(figure) for figure in _dicts(table, "figures")],
        )
        for table in _dicts(framework.printed_facts, "tables")
    ]


def sums(framework: Framework, printed: Sequence[PrintedTable]) -> list[PrintedSum]:
    """Which printed figures shall add up; one that names a figure nobody printed is left out."""
    found = []
    for one in _dicts(framework.printed_facts, "sums"):
        words = one.get("terms")
        words = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
        named = [_named(word.removeprefix("-"), printed) for word in words]
        goal = _named(_text(one, "total"), printed)
        total = goal.number if goal is not None else _decimal(one.get("total"))
        if not named or total is None or any(f is None or f.number is None for f in named):
            continue
        signs = [-1 if word.startswith("-") else 1 for word in words]
        found.append(
            PrintedSum(
                _text(one, "text"),
                list(zip(signs, named, strict=True)),
                total,
                one.get("overlaps") is True,
                goal.source if goal is not None else named[0].source,
            )
        )
    return found


def _figure(said: dict[str, Any]) -> PrintedFigure:
    return PrintedFigure(
        key=_text(said, "key"),
        text=_text(said, "text"),
        value=_decimal(said.get("value")),
        percent=_decimal(said.get("percent")),
        of=_text(said, "of"),
        same_as=_text(said, "same_as"),
        words=_text(said, "words"),
        source=_text(said, "source"),
    )


def _named(name: str, printed: Sequence[PrintedTable]) -> PrintedFigure | None:
    number, _colon, key = name.partition(":")
    table = next((one for one in printed if one.number == number), None)
    return table.figure(key) if table else None


def _dicts(said: Any, key: str) -> list[dict[str, Any]]:
    found = said.get(key) if isinstance(said, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(said: dict[str, Any], key: str) -> str:
    found = said.get(key)
    return found if isinstance(found, str) else ""


def _decimal(said: Any) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, int | str) or len(str(said)) > _DIGITS + 2:
        return None
    try:
        found = Decimal(said)
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(found.as_tuple().digits) <= _DIGITS else None
