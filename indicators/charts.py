"""The one chart grammar, for the site, the back office and exports.

A chart is a table first: builders take marks, keep the same numbers as headers and rows, and hand a
Vega-Lite specification to the renderer. The drawing is made on the server in a wide and a narrow
form; the page shows the one that fits. Colours are the site's tokens, so that one drawing serves
the light and the dark theme, and nothing in it needs an inline style.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import altair
import vl_convert
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from indicators.periods import moment

WIDE, NARROW = 560, 340
_WEEK = 7 * 24 * 3600
_SVG = "http://www.w3.org/2000/svg"

# Colours stand in the specification by their light value and become tokens in the drawing.
INK, SOFT, LINE, MAIN, SECOND = "#14262a", "#47595c", "#d3dcd9", "#0b5452", "#8a2a62"
_TOKENS = {
    INK: "--ink",
    SOFT: "--ink-soft",
    LINE: "--line",
    MAIN: "--chart-1",
    SECOND: "--chart-2",
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


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a chart: a period or a label, the value, its interval, and how to write it.

    `text` is the value as a reader shall see it ("72.4 %"); `low_text` and `high_text` likewise.
    """

    label: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""
    low_text: str = ""
    high_text: str = ""
    n: int | None = None


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


def line(
    title: str, marks: Sequence[Mark], *, unit: str = "", caption: str = "", description: str = ""
) -> Chart:
    """A value over periods: points joined by a line, each with its interval.

    `marks[i].label` is the period (2026, 2026-Q4, ...).
    """
    marks = sorted(marks, key=lambda mark: moment(mark.label))
    values = [_datum(mark) | {"x": float(moment(mark.label))} for mark in marks]
    for here, after in zip(values, values[1:], strict=False):
        # A text above a rising line would lie on it.
        here["below"] = (after["value"] or 0) > (here["value"] or 0)
    first, last = (values[0]["x"], values[-1]["x"]) if values else (0.0, 1.0)
    margin = max((last - first) * 0.12, 0.5)
    ticks = _spread([value["x"] for value in values])
    names = {value["x"]: value["label"] for value in values}
    expression = "".join(f"datum.value == {x!r} ? {json.dumps(names[x])} : " for x in ticks) + "''"

    def specification(width: int) -> dict[str, Any]:
        x = altair.X(
            "x:Q",
            scale=altair.Scale(domain=[first - margin, last + margin], nice=False, zero=False),
            axis=altair.Axis(values=ticks, labelExpr=expression, grid=False, title=None),
        )
        y = altair.Y("value:Q", scale=altair.Scale(zero=False, padding=24), title=unit or None)
        base = altair.Chart(altair.Data(values=values))
        interval = base.mark_rule(color=MAIN, strokeWidth=2, opacity=0.55).encode(
            x=x, y=altair.Y("low:Q", title=unit or None), y2="high:Q"
        )
        joined = base.mark_line(color=MAIN, strokeWidth=2.5).encode(x=x, y=y)
        points = base.mark_point(color=MAIN, filled=True, size=70, opacity=1).encode(x=x, y=y)
        texts = [
            base.transform_filter(where)
            .mark_text(align="left", dx=9, dy=dy, color=INK)
            .encode(x=x, y=y, text="text:N")
            for where, dy in (("datum.below", 12), ("!datum.below", -9))
        ]
        return _finished(altair.layer(interval, joined, points, *texts), width, 260)

    return _chart(title, _("Period"), marks, specification, caption, description)


def bars(
    title: str,
    marks: Sequence[Mark],
    *,
    unit: str = "",
    label_header: str = "",
    caption: str = "",
    description: str = "",
) -> Chart:
    """A value by area (or another label): one bar each, in the order given, with its interval."""
    values = [_datum(mark) for mark in marks]
    order = [mark.label for mark in marks]

    def specification(width: int) -> dict[str, Any]:
        y = altair.Y("label:N", sort=order, title=None, axis=altair.Axis(ticks=False, domain=False))
        scale = altair.Scale(zero=True, nice=True)
        axis = altair.Axis(title=unit or None, tickCount=3 if width < WIDE else 6)
        base = altair.Chart(altair.Data(values=values))
        bar = base.mark_bar(color=MAIN, opacity=0.85, height={"band": 0.6}).encode(
            y=y, x=altair.X("value:Q", scale=scale, axis=axis)
        )
        interval = base.mark_rule(color=SECOND, strokeWidth=2).encode(
            y=y, x=altair.X("low:Q", title=unit or None), x2="high:Q"
        )
        texts = base.mark_text(align="left", dx=7, color=INK).encode(
            y=y, x=altair.X("end:Q", title=unit or None), text="text:N"
        )
        return _finished(bar + interval + texts, width, 34 * max(len(marks), 1) + 50)

    return _chart(title, label_header or _("Area"), marks, specification, caption, description)


def columns(
    title: str,
    marks: Sequence[Mark],
    *,
    unit: str = "",
    label_header: str = "",
    caption: str = "",
    description: str = "",
) -> Chart:
    """A count by day or week: one narrow column each, in the order given, some of them labelled."""
    values = [{"label": mark.label, "value": _number(mark.value)} for mark in marks]
    order = [mark.label for mark in marks]

    def specification(width: int) -> dict[str, Any]:
        step = -(-len(order) // (3 if width < WIDE else 7)) or 1
        x = altair.X(
            "label:N",
            sort=order,
            title=None,
            axis=altair.Axis(values=order[::step], labelAngle=0, ticks=True),
        )
        y = altair.Y(
            "value:Q",
            title=unit or None,
            axis=altair.Axis(tickCount=4, tickMinStep=1, format=",d"),
        )
        base = altair.Chart(altair.Data(values=values))
        drawn = base.mark_bar(color=MAIN, opacity=0.85, width={"band": 0.8}).encode(x=x, y=y)
        return _finished(altair.layer(drawn), width, 200)

    return _chart(title, label_header or _("Day"), marks, specification, caption, description)


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


def _chart(
    title: str,
    first_header: str,
    marks: Sequence[Mark],
    specification: Any,
    caption: str,
    description: str,
) -> Chart:
    headers = [first_header, _("Value")]
    has_interval = any(mark.low is not None and mark.high is not None for mark in marks)
    has_n = any(mark.n is not None for mark in marks)
    if has_interval:
        headers += [_("From"), _("To")]
    if has_n:
        headers.append("n")
    rows = []
    for mark in marks:
        row = [mark.label, mark.text or _plain(mark.value)]
        if has_interval:
            row += [mark.low_text or _plain(mark.low), mark.high_text or _plain(mark.high)]
        if has_n:
            row.append("" if mark.n is None else str(mark.n))
        rows.append(tuple(row))
    told = description or "; ".join(
        f"{mark.label}: {mark.text or _plain(mark.value)}" for mark in marks
    )
    return Chart(
        title,
        told,
        tuple(headers),
        tuple(rows),
        specification(WIDE),
        specification(NARROW),
        caption,
    )


def _datum(mark: Mark) -> dict[str, Any]:
    ends = [end for end in (mark.value, mark.high) if end is not None]
    return {
        "label": mark.label,
        "value": _number(mark.value),
        "low": _number(mark.low),
        "high": _number(mark.high),
        "end": _number(max(ends)) if ends else None,
        "text": mark.text or _plain(mark.value),
    }


def _finished(layers: altair.LayerChart, width: int, height: int) -> dict[str, Any]:
    layers = layers.properties(
        width=width,
        height=height,
        autosize=altair.AutoSizeParams(type="fit", contains="padding"),
        padding={"left": 16, "right": 60, "top": 10, "bottom": 4},
    )
    return layers.to_dict(validate=False) | {"config": _THEME}


def _spread(moments: Sequence[float]) -> list[float]:
    """At most six of the moments, evenly picked, so that their labels do not touch."""
    chosen = sorted(set(moments))
    step = -(-len(chosen) // 6) or 1
    return chosen[::-1][::step][::-1]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
