"""The Mid-Term Review's Tables 1 to 6, counted anew from the activities themselves.

`tabulate` reads the counts in two queries; the tables are built from them without a database.
An activity counts once in every table, however many measures, areas and bodies it serves.
"""

from indicators.tabulation.counting import tabulate
from indicators.tabulation.tables import (
    ActivityTable,
    Cell,
    Counts,
    Part,
    Share,
    Subject,
    Tables,
    build,
)

__all__ = [
    "ActivityTable",
    "Cell",
    "Counts",
    "Part",
    "Share",
    "Subject",
    "Tables",
    "build",
    "tabulate",
]
