"""The kinds of charts; each takes marks and gives the drawing with its table."""

import json
from collections.abc import Sequence
from typing import Any

import altair
from django.utils.translation import gettext as _

from indicators.charts.drawing import INK, MAIN, NARROW, SECOND, SERIES, WIDE, Chart, finished
from indicators.charts.marks import Mark, as_number, datum, tabled
from indicators.periods import moment

_SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")


def line(
    title: str, marks: Sequence[Mark], *, unit: str = "", caption: str = "", description: str = ""
) -> Chart:
    """A value over periods: points joined by a line, each with its interval.

    `marks[i].label` is the period (2026, 2026-Q4, ...).
    """
    marks = sorted(marks, key=lambda mark: moment(mark.label))
    values = [datum(mark) | {"x": float(moment(mark.label))} for mark in marks]
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
        return finished(altair.layer(interval, joined, points, *texts), width, 260)

    return tabled(title, _("Period"), marks, specification, caption, description)


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
    values = [datum(mark) for mark in marks]
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
        return finished(bar + interval + texts, width, 34 * max(len(marks), 1) + 50)

    return tabled(title, label_header or _("Area"), marks, specification, caption, description)


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
    values = [{"label": mark.label, "value": as_number(mark.value)} for mark in marks]
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
        return finished(altair.layer(drawn), width, 200)

    return tabled(title, label_header or _("Day"), marks, specification, caption, description)


def intervals(
    title: str,
    series: Sequence[tuple[str, Sequence[Mark]]],
    *,
    label_header: str,
    series_header: str,
    unit: str = "",
    caption: str = "",
    description: str = "",
) -> Chart:
    """Values with their intervals as dots on lines, one row per label, by one to six series.

    Series differ in colour and shape, and the legend names them. A mark without a value keeps its
    row and says its text. Raises `ValueError` where there are more series than colours.
    """
    if not 1 <= len(series) <= len(SERIES):
        raise ValueError(f"{len(series)} series cannot be told apart; at most {len(SERIES)} can.")
    names = [name for name, _marks in series]
    values = [datum(mark) | {"series": name} for name, marks in series for mark in marks]
    lowest = min((one["low"] or one["value"] or 0 for one in values), default=0)
    for value in values:
        value["end"] = lowest if value["end"] is None else value["end"]
    order = list(dict.fromkeys(mark.label for _name, marks in series for mark in marks))
    several = len(series) > 1

    def specification(width: int) -> dict[str, Any]:
        y = altair.Y(
            "label:N",
            sort=order,
            title=None,
            axis=altair.Axis(ticks=False, domain=False, labelLimit=125 if width < WIDE else 220),
        )
        scale = altair.Scale(zero=False, nice=True)
        axis = altair.Axis(title=unit or None, tickCount=3 if width < WIDE else 6)
        dodge = {"yOffset": altair.YOffset("series:N", sort=names)} if several else {}
        legend = (
            altair.Legend(
                orient="top", title=None, direction="vertical" if width < WIDE else "horizontal",
                labelFontSize=13, labelColor=INK, labelLimit=width - 60, columns=1 if width < WIDE else 2,
            )
            if several
            else None
        )  # fmt: skip
        colours = altair.Scale(domain=names, range=list(SERIES[: len(names)]))
        shapes = altair.Scale(domain=names, range=list(_SHAPES[: len(names)]))
        colour = altair.Color("series:N", scale=colours, legend=legend, sort=names)
        shape = altair.Shape("series:N", scale=shapes, legend=legend, sort=names)
        base = altair.Chart(altair.Data(values=values))
        interval = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=2).encode(
            y=y, x=altair.X("low:Q", scale=scale, axis=axis), x2="high:Q", color=colour, **dodge
        )  # fmt: skip
        dots = base.transform_filter("isValid(datum.value)").mark_point(
            filled=True, size=70, opacity=1
        ).encode(
            y=y, x=altair.X("value:Q", scale=scale, axis=axis), color=colour, shape=shape, **dodge
        )  # fmt: skip
        texts = base.mark_text(align="left", dx=7, color=INK, fontSize=12).encode(
            y=y, x=altair.X("end:Q", scale=scale, axis=axis), text="text:N", **dodge
        )
        height = len(order) * (34 if not several else 14 + 18 * len(series)) + 60
        height += (22 * len(series) if width < WIDE else 11 * len(series) + 11) if several else 0
        return finished(altair.layer(interval, dots, texts), width, height)

    headers = (series_header, label_header, _("Value"), _("From"), _("To"), "n")
    rows = tuple(
        (name, mark.label, mark.text, mark.low_text, mark.high_text, str(mark.n or ""))
        for name, marks in series
        for mark in marks
    )
    told = description or "; ".join(
        f"{name}, {mark.label}: {mark.text}" for name, marks in series for mark in marks
    )
    return Chart(
        title, told, headers, rows, specification(WIDE), specification(NARROW), caption
    )  # fmt: skip


def _spread(moments: Sequence[float]) -> list[float]:
    """At most six of the moments, evenly picked, so that their labels do not touch."""
    chosen = sorted(set(moments))
    step = -(-len(chosen) // 6) or 1
    return chosen[::-1][::step][::-1]
