"""The one chart grammar, for the site, the back office and exports.

A chart is a table first: builders take marks, keep the same numbers as headers and rows, and draw
when they are asked to, in a wide and a narrow form; the page shows the one that fits. Colours are the
site's tokens, so that one drawing serves the light and the dark theme, and nothing in it needs an
inline style. See docs/decisions/0032.
"""

from indicators.charts.canvas import SERIES
from indicators.charts.drawing import NARROW, WIDE, Chart, svg
from indicators.charts.kinds import bars, columns, intervals
from indicators.charts.lines import line, sparkline
from indicators.charts.marks import Mark

__all__ = [
    "NARROW",
    "SERIES",
    "WIDE",
    "Chart",
    "Mark",
    "bars",
    "columns",
    "intervals",
    "line",
    "sparkline",
    "svg",
]
