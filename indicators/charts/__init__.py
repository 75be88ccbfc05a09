"""The one chart grammar, for the site, the back office and exports.

A chart is a table first: builders take marks, keep the same numbers as headers and rows, and hand a
Vega-Lite specification to the renderer. The drawing is made on the server in a wide and a narrow
form; the page shows the one that fits. Colours are the site's tokens, so that one drawing serves
the light and the dark theme, and nothing in it needs an inline style.
"""

from indicators.charts.drawing import NARROW, SERIES, WIDE, Chart, svg
from indicators.charts.kinds import bars, columns, intervals, line
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
    "svg",
]
