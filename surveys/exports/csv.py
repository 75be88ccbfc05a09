"""The table as CSV in UTF-8, streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from surveys.exports.rows import Table

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MISSING = frozenset({"-7", "-8", "-9"})
_LINES = 100


class _Echo:
    """What `csv` writes to: hands every line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def lines(table: Table) -> Iterator[str]:
    """The file in pieces: the header at once, then some lines at a time.

    Missing codes stay as they are: "-9" don't know, "-8" refused, "-7" not asked. What people wrote
    gets an apostrophe in front where a spreadsheet would run it as a formula.
    """
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([harmless(name) for name in table.header])
    waiting: list[str] = []
    texts = table.text_columns
    for row in table.rows():
        for place in texts:
            row[place] = harmless(row[place])
        waiting.append(writer.writerow(row))
        if len(waiting) == _LINES:
            yield "".join(waiting)
            waiting.clear()
    if waiting:
        yield "".join(waiting)


def harmless(text: Any) -> Any:
    """A cell that no spreadsheet runs as a formula."""
    if isinstance(text, str) and text.startswith(_FORMULA) and text not in _MISSING:
        return f"'{text}"
    return text
