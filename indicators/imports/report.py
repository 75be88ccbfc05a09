"""The bad rows of an import as a table: as they stand in the file, with what is wrong behind them.

Corrected, the same file is imported again: its further columns are known by no kind.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from indicators.exports.files import Cell
from indicators.imports.cells import told
from indicators.models import Import, ImportRow


def headers(imported: Import) -> list[str]:
    """The file's own headings and those of the problems, in the reader's language."""
    return [
        *imported.headings,
        _("Problem: row"),
        _("Problem: column"),
        _("Problem: value"),
        _("Problem: reason"),
    ]


def bad_rows(imported: Import) -> Iterator[tuple[Cell, ...]]:
    """Every bad row in `headers`' order; several problems of one row stand below each other in a
    cell."""
    width = len(imported.headings)
    rows = ImportRow.objects.filter(source=imported, outcome=ImportRow.Outcome.BAD)
    for row in rows.order_by("number").iterator(chunk_size=1000):
        cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
        problems = [
            (column, value, told(text, details)) for column, value, text, details in row.problems
        ]
        yield (*cells, row.number, *("\n".join(part) for part in zip(*problems, strict=True)))
