"""Figures a document prints about itself: shown as its own statement, checked, never repaired.

`counts` sets what the source states about its indicators beside what is computed here; `checks`
compares printed figures with the rows they are printed beside.
"""

from indicators.printed.checks import contradictions
from indicators.printed.counts import StatedCount, StatedCounts, stated_counts

__all__ = ["StatedCount", "StatedCounts", "contradictions", "stated_counts"]
