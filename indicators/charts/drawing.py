"""A chart: its table, and its drawing in a wide and a narrow form."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from xml.sax.saxutils import escape

from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

from indicators.charts.canvas import Canvas

WIDE, NARROW = 560, 340

Draw = Callable[[Canvas], float]
"""Draws on a canvas of a given width and returns the height it took."""


@dataclass(frozen=True)
class Chart:
    """A drawing with its table. Shown by `components/chart.html`."""

    title: str
    description: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    draw: Draw
    caption: str = ""

    @cached_property
    def svg(self) -> SafeString:
        """Both forms of the drawing, safe to put into a page."""
        return svg(self)


def svg(chart: Chart) -> SafeString:
    """The wide and the narrow drawing of a chart; the page shows the one that fits."""
    content = repr((chart.title, chart.description, chart.rows))
    key = hashlib.sha256(content.encode()).hexdigest()[:10]
    return mark_safe(  # noqa: S308  every text in it is escaped by the canvas or below
        _drawing(chart, WIDE, "chart-wide", f"w{key}")
        + _drawing(chart, NARROW, "chart-narrow", f"n{key}")
    )


def axis_text(value: float, step: float) -> str:
    """A number at an axis, with as many decimals as the distance of two such numbers needs."""
    decimals = next((places for places in range(6) if round(step, places) == step), 6)
    return number_format(f"{value:.{decimals}f}", decimals, use_l10n=True, force_grouping=True)


def _drawing(chart: Chart, width: int, name: str, key: str) -> str:
    canvas = Canvas(width)
    height = round(chart.draw(canvas))
    # Browsers measure text a little differently from us; nothing may be cut off.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" overflow="visible" role="img" '
        f'font-family="inherit" aria-labelledby="{key}-title {key}-desc">'
        f'<title id="{key}-title">{escape(chart.title)}</title>'
        f'<desc id="{key}-desc">{escape(chart.description)}</desc>{canvas.content}</svg>'
    )
