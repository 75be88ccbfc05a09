"""Lines, texts and marks of a drawing, in the site's colours."""

import math
import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape

# The tokens of the site, so that one drawing serves the light and the dark theme; the value after
# the comma is for where they are not known.
INK, SOFT, LINE = "var(--ink, #14262a)", "var(--ink-soft, #47595c)", "var(--line, #d3dcd9)"
SERIES = (
    "var(--chart-1, #0b5452)",
    "var(--chart-2, #8a2a62)",
    "var(--chart-3, #b26a00)",
    "var(--chart-4, #1d4f87)",
    "var(--chart-5, #5d7d27)",
    "var(--chart-6, #6b5b52)",
)
"""Colours of several series; more cannot be told apart."""
SIZE = 13
# Whatever a text lies on stays behind it.
_HALO = ' stroke="var(--surface, #fff)" stroke-width="3" paint-order="stroke"'
_NARROW_LETTERS = frozenset("iljtfrI.,:;'|!()[] \N{NO-BREAK SPACE}")


class Canvas:
    """What has been drawn so far, in units of the drawing's width."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._parts: list[str] = []

    @property
    def content(self) -> str:
        """Everything drawn, as the inside of an SVG element; every text in it is escaped."""
        return "".join(self._parts)

    def line(
        self, ends: Sequence[tuple[float, float]], colour: str, width: float = 1, dash: str = ""
    ) -> None:
        """A line through the points."""
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in ends)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"'
            f'{dashed} stroke-linejoin="round"/>'
        )

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle."""
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0))}" height="{_n(height)}" '
            f'fill="{colour}" fill-opacity=".85"/>'
        )

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK
    ) -> None:
        """Words whose baseline begins, lies around or ends at the point."""
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" fill="{colour}" font-size="{SIZE}"{where}{_HALO}>'
            f"{escape(words)}</text>"
        )

    def point(self, x: float, y: float, colour: str, shape: int = 0, size: float = 4.5) -> None:
        """A mark: circle, square, diamond, triangle, cross or triangle on its head."""
        self._parts.append(f'<path class="point" d="{_shape(shape, x, y, size)}" fill="{colour}"/>')


def breadth(words: str) -> float:
    """About how wide the words are at `SIZE`; marks above and below letters take no room."""
    units = 0.0
    for letter in words:
        if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
            continue
        if unicodedata.east_asian_width(letter) in "WF":
            units += 1
        elif letter in _NARROW_LETTERS:
            units += 0.37
        elif letter.isupper() or letter in "mwMW%@":
            units += 0.78
        else:
            units += 0.62
    return units * SIZE


def fitted(words: str, width: float) -> str:
    """The words, cut with an ellipsis where they are wider than that."""
    if breadth(words) <= width:
        return words
    while words and breadth(words + "…") > width:
        words = words[:-1]
    return words.rstrip() + "…"


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers from at most `low` to at least `high`, some `about` of them."""
    if not high > low:
        low, high = low - (abs(low) or 1), high + (abs(high) or 1)
    raw = (high - low) / max(about, 1)
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def _shape(shape: int, x: float, y: float, r: float) -> str:
    def corners(*moves: tuple[float, float]) -> str:
        return "M" + "L".join(f"{_n(x + dx * r)},{_n(y + dy * r)}" for dx, dy in moves) + "Z"

    if shape == 0:
        return f"M{_n(x - r)},{_n(y)}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0Z"
    return (
        corners((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        corners((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        corners((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
        corners(
            (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4),
            (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
        ),
        corners((0, 1.2), (1.15, -0.9), (-1.15, -0.9)),
    )[shape - 1]  # fmt: skip


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
