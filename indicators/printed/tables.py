"""The tables a document prints, read from the framework's `printed_facts`.

    {"tables": [{"number": "3", "title": "...", "node": "b", "source": "...", "quote": "...",
                 "figures": [{"key": "done", "text": "...", "value": 215, "percent": "78.36",
                              "of": "activities", "same_as": "", "words": "", "source": "..."}]}],
     "sums": [{"text": "...", "terms": ["1:planned", "-1:withdrawn"], "total": "1:activities",
               "overlaps": false}]}

A figure is known by its table's number and its key ("3:done"); one without a source has that of its
table. What does not have this shape is left out: a document's figures are shown as they are or not
at all.
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
    return tables_of(framework.printed_facts)


def tables_of(facts: dict[str, Any]) -> list[PrintedTable]:
    """The tables among printed facts."""
    return [
        PrintedTable(
            number=text_of(table, "number"),
            title=text_of(table, "title"),
            node_key=text_of(table, "node"),
            source=text_of(table, "source"),
            quote=text_of(table, "quote"),
            figures=[
                _figure(figure, text_of(table, "source")) for figure in dicts_of(table, "figures")
            ],
        )
        for table in dicts_of(facts, "tables")
    ]


def sums(framework: Framework, printed: Sequence[PrintedTable]) -> list[PrintedSum]:
    """Which printed figures shall add up; one that names a figure nobody printed is left out."""
    found = []
    for one in dicts_of(framework.printed_facts, "sums"):
        words = one.get("terms")
        words = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
        named = [figure_called(word.removeprefix("-"), printed) for word in words]
        goal = figure_called(text_of(one, "total"), printed)
        total = goal.number if goal is not None else decimal_of(one.get("total"))
        if not named or total is None or any(f is None or f.number is None for f in named):
            continue
        signs = [-1 if word.startswith("-") else 1 for word in words]
        found.append(
            PrintedSum(
                text_of(one, "text"),
                list(zip(signs, named, strict=True)),
                total,
                one.get("overlaps") is True,
                goal.source if goal is not None else named[0].source,
            )
        )
    return found


def _figure(said: dict[str, Any], source: str) -> PrintedFigure:
    return PrintedFigure(
        key=text_of(said, "key"),
        text=text_of(said, "text"),
        value=decimal_of(said.get("value")),
        percent=decimal_of(said.get("percent")),
        of=text_of(said, "of"),
        same_as=text_of(said, "same_as"),
        words=text_of(said, "words"),
        source=text_of(said, "source") or source,
    )


def figure_called(name: str, printed: Sequence[PrintedTable]) -> PrintedFigure | None:
    """The figure called "3:done", None where nothing is."""
    number, _colon, key = name.partition(":")
    table = next((one for one in printed if one.number == number), None)
    return table.figure(key) if table else None


def dicts_of(said: Any, key: str) -> list[dict[str, Any]]:
    """The rows kept under a key; what is no row is left out."""
    found = said.get(key) if isinstance(said, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text_of(said: dict[str, Any], key: str) -> str:
    """The text kept under a key, "" for everything else."""
    found = said.get(key)
    return found if isinstance(found, str) else ""


def decimal_of(said: Any) -> Decimal | None:
    """A number as it is kept, None for what cannot be computed with exactly."""
    if isinstance(said, bool) or not isinstance(said, int | str) or len(str(said)) > _DIGITS + 2:
        return None
    try:
        found = Decimal(said)
    except InvalidOperation:
        return None
    return found if found.is_finite() and len(found.as_tuple().digits) <= _DIGITS else None
