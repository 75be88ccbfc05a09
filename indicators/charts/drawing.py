"""From a specification to a drawing on the page: size, colours, names for those who cannot see it."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import altair
import vl_convert
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

WIDE, NARROW = 560, 340
_WEEK = 7 * 24 * 3600
_SVG = "http://www.w3.org/2000/svg"

# Colours stand in the specification by their light value and become tokens in the drawing.
INK, SOFT, LINE, MAIN, SECOND = "#14262a", "#47595c", "#d3dcd9", "#0b5452", "#8a2a62"
SERIES = (MAIN, SECOND, "#b26a00", "#1d4f87", "#5d7d27", "#6b5b52")
"""Colours of several series; more cannot be told apart."""
_TOKENS = {
    INK: "--ink",
    SOFT: "--ink-soft",
    LINE: "--line",
    **{colour: f"--chart-{place}" for place, colour in enumerate(SERIES, start=1)},
}
_THEME = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "domainColor": LINE,
        "gridColor": LINE,
        "tickColor": LINE,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelLimit": 240,
    },
    "text": {"color": INK, "fontSize": 13},
}


@dataclass(frozen=True)
class Chart:
    """A drawing with its table. Shown by `components/chart.html`."""

    title: str
    description: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: dict[str, Any]
    narrow: dict[str, Any]
    caption: str = ""

    @cached_property
    def svg(self) -> SafeString:
        """Both forms of the drawing, safe to put into a page."""
        return svg(self)


def svg(chart: Chart) -> SafeString:
    """The wide and the narrow drawing of a chart, from the cache where it was drawn before."""
    return mark_safe(  # noqa: S308  every text in it went through an XML writer
        _drawing(chart, chart.wide, "chart-wide") + _drawing(chart, chart.narrow, "chart-narrow")
    )


def _drawing(chart: Chart, specification: dict[str, Any], name: str) -> str:
    content = json.dumps([chart.title, chart.description, specification, name], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    key = f"indicators.chart:{altair.__version__}:{digest}"
    drawn = cache.get(key)
    if drawn is None:
        raw = vl_convert.vegalite_to_svg(specification)
        drawn = _for_the_page(raw, chart, name, digest[:10])
        cache.set(key, drawn, _WEEK)
    return drawn


def _for_the_page(raw: str, chart: Chart, name: str, prefix: str) -> str:
    """Give the drawing its name and description, the site's colours, and ids of its own."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(raw)  # noqa: S314  our own renderer's output
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("opacity") == "0" or child.get("display") == "none":
                parent.remove(child)
    for element in root.iter():
        for attribute in ("role", "style", "aria-roledescription", "aria-label", "aria-hidden"):
            element.attrib.pop(attribute, None)
        if element.get("font-family"):
            element.set("font-family", "inherit")
        for attribute in ("fill", "stroke"):
            token = _TOKENS.get((element.get(attribute) or "").lower())
            if token:
                element.set(attribute, f"var({token}, {element.get(attribute)})")
        if element.get("id"):
            element.set("id", f"{prefix}-{element.get('id')}")
        clip = element.get("clip-path", "")
        if clip.startswith("url(#"):
            element.set("clip-path", clip.replace("url(#", f"url(#{prefix}-"))
    title = ElementTree.Element(f"{{{_SVG}}}title", {"id": f"{prefix}-title"})
    title.text = chart.title
    description = ElementTree.Element(f"{{{_SVG}}}desc", {"id": f"{prefix}-desc"})
    description.text = chart.description
    root.insert(0, title)
    root.insert(1, description)
    root.set("class", name)
    # Browsers measure text a little differently from the renderer; nothing may be cut off.
    root.set("overflow", "visible")
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    return ElementTree.tostring(root, encoding="unicode")


def finished(layers: altair.LayerChart, width: int, height: int) -> dict[str, Any]:
    """The layers at a size, with the theme."""
    layers = layers.properties(
        width=width,
        height=height,
        autosize=altair.AutoSizeParams(type="fit", contains="padding"),
        padding={"left": 16, "right": 60, "top": 10, "bottom": 4},
    )
    return layers.to_dict(validate=False) | {"config": _THEME}
