"""Figures a document prints about itself: shown as its own statement, checked, never repaired.

`counts` sets what the source states about its indicators beside what is computed here; `tables`
reads the tables it prints, and `checks` compares their figures with each other. `editing` changes
pieces of them and leaves the rest as it was loaded.
"""

from indicators.printed.checks import Check, Finding, checks, contradictions
from indicators.printed.counts import StatedCount, StatedCounts, headline, stated_counts
from indicators.printed.tables import (
    PrintedFigure,
    PrintedTable,
    decimal_of,
    figure_called,
    tables,
)

__all__ = [
    "Check",
    "Finding",
    "PrintedFigure",
    "PrintedTable",
    "StatedCount",
    "StatedCounts",
    "checks",
    "contradictions",
    "decimal_of",
    "figure_called",
    "headline",
    "stated_counts",
    "tables",
]
