"""Contrast of the design tokens, computed from the stylesheet that the site really serves.

Relative luminance and contrast ratio as WCAG 2.2 defines them; AA asks for 4.5 for text.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STYLESHEET = Path(__file__).parent / "static" / "site" / "base.css"
AA_TEXT = 4.5
AA_CONTROL = 3.0

# (foreground, background): every pair of tokens in which the stylesheet sets text.
TEXT_PAIRS = tuple(
    (ink, ground)
    for ink in ("ink", "ink-soft", "accent", "accent-strong", "mark", "bad")
    for ground in ("paper", "surface", "sunken")
) + (
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("surface", "bad"),
    ("surface", "ink"),
    *(("ink", f"{tone}-soft") for tone in ("accent", "mark", "good", "warn", "bad", "info")),
    *((tone, f"{tone}-soft") for tone in ("accent", "mark", "good", "warn", "bad", "info")),
    ("accent-strong", "accent-soft"),
)
CONTROL_PAIRS = (("control", "paper"), ("control", "surface"), ("mark", "surface"))


@dataclass(frozen=True)
class Contrast:
    """How well one token reads on another in one theme."""

    theme: str
    foreground: str
    background: str
    ratio: float
    needed: float

    @property
    def passes(self) -> bool:
        return self.ratio >= self.needed


@cache
def tokens(theme: str) -> dict[str, str]:
    """Name -> #rrggbb of the "light" or "dark" theme, as the stylesheet states them."""
    css = STYLESHEET.read_text()
    selector = r":root\{" if theme == "light" else r":root\[data-theme=dark\]\{"
    block = re.search(selector + r"(.*?)\n\}", css, re.S)
    if block is None:
        raise ValueError(f"The stylesheet {STYLESHEET} has no block of colours for {theme!r}.")
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{6})", block[1]))


def luminance(colour: str) -> float:
    """Relative luminance (0 black to 1 white) of #rrggbb."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def measured(theme: str) -> list[Contrast]:
    """Every pair the design relies on, with its ratio in `theme`."""
    colours = tokens(theme)
    return [
        Contrast(theme, front, back, round(ratio(colours[front], colours[back]), 2), needed)
        for pairs, needed in ((TEXT_PAIRS, AA_TEXT), (CONTROL_PAIRS, AA_CONTROL))
        for front, back in pairs
    ]
