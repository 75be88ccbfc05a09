"""The kinds of charts that compare labels; each takes marks and gives the drawing with its table."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from indicators.charts.canvas import INK, LINE, SERIES, SOFT, Canvas, breadth, fitted, ticks
from indicators.charts.drawing import WIDE, Chart, axis_text
from indicators.charts.marks import Mark, numbers, plain, tabled

MAIN, SECOND = SERIES[0], SERIES[1]
_ROW, _GAP = 34, 8


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

    def draw(canvas: Canvas) -> float:
        ends = [*numbers(marks), 0.0]
        scale = _Scale(canvas, [m.label for m in marks], [m.said for m in marks], ends, unit)
        bottom = _GAP + _ROW * max(len(marks), 1)
        scale.draw(_GAP, bottom)
        for place, mark in enumerate(marks):
            middle = _GAP + _ROW * (place + 0.5)
            canvas.text(
                scale.left - 8, middle + 4, fitted(mark.label, scale.left - 8), anchor="end"
            )
            zero = end = scale.x(0)
            if mark.value is not None:
                end = scale.x(float(mark.value))
                canvas.bar(min(zero, end), middle - 10, abs(end - zero), 20, MAIN)
            if mark.has_interval:
                low, high = scale.x(float(mark.low)), scale.x(float(mark.high))
                canvas.line([(low, middle), (high, middle)], SECOND, 2)
                for x in (low, high):
                    canvas.line([(x, middle - 4), (x, middle + 4)], SECOND, 2)
                end = max(end, high)
            canvas.text(max(end, zero) + 7, middle + 4, mark.said)
        return bottom + scale.foot

    return tabled(title, label_header or _("Area"), marks, draw, caption, description)


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

    def draw(canvas: Canvas) -> float:
        most = max((float(mark.value) for mark in marks if mark.value is not None), default=0)
        steps = [tick for tick in ticks(0, max(most, 1), 4) if tick == int(tick)]
        texts = [axis_text(tick, 1) for tick in steps]
        top, bottom = 22 if unit else 10, 170
        left, right = max(breadth(text) for text in texts) + 12, canvas.width - 8
        if unit:
            canvas.text(0, 12, unit, colour=SOFT)
        for tick, text in zip(steps, texts, strict=True):
            y = bottom - (bottom - top) * tick / steps[-1]
            canvas.line([(left, y), (right, y)], LINE)
            canvas.text(left - 6, y + 4, text, anchor="end", colour=SOFT)
        room = (right - left) / max(len(marks), 1)
        every = -(-len(marks) // (3 if canvas.width < WIDE else 7)) or 1
        for place, mark in enumerate(marks):
            x = left + room * place
            if mark.value is not None:
                height = (bottom - top) * float(mark.value) / steps[-1]
                canvas.bar(x + room * 0.1, bottom - height, room * 0.8, height, MAIN)
            if place % every == 0:
                anchor = "start" if place == 0 else "middle"
                at = x if place == 0 else x + room / 2
                canvas.text(at, bottom + 20, mark.label, anchor=anchor, colour=SOFT)
        return bottom + 30

    return tabled(title, label_header or _("Day"), marks, draw, caption, description)


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
    several = len(series) > 1
    everything = [mark for _name, marks in series for mark in marks]
    order = list(dict.fromkeys(mark.label for mark in everything))

    def draw(canvas: Canvas) -> float:
        top = _legend(canvas, [name for name, _marks in series]) if several else _GAP
        height = _ROW if not several else 14 + 18 * len(series)
        ends = list(numbers(everything)) or [0.0, 1.0]
        scale = _Scale(canvas, order, [mark.said for mark in everything], ends, unit)
        bottom = top + height * max(len(order), 1)
        scale.draw(top, bottom)
        for place, label in enumerate(order):
            middle = top + height * (place + 0.5)
            canvas.text(scale.left - 8, middle + 4, fitted(label, scale.left - 8), anchor="end")
            if place:
                y = top + height * place
                canvas.line([(scale.left, y), (scale.right, y)], LINE, 0.5)
        for number, (_name, marks) in enumerate(series):
            shift = 18 * (number - (len(series) - 1) / 2)
            for mark in marks:
                y = top + height * (order.index(mark.label) + 0.5) + shift
                end = scale.left
                if mark.has_interval:
                    low, end = scale.x(float(mark.low)), scale.x(float(mark.high))
                    canvas.line([(low, y), (end, y)], SERIES[number], 2)
                if mark.value is not None:
                    x = scale.x(float(mark.value))
                    canvas.point(x, y, SERIES[number], number)
                    end = max(end, x + 4)
                canvas.text(end + 7, y + 4, mark.said)
        return bottom + scale.foot

    headers = (series_header, label_header, _("Value"), _("From"), _("To"), "n")
    rows = tuple(
        (
            name,
            mark.label,
            mark.said,
            mark.low_text or plain(mark.low),
            mark.high_text or plain(mark.high),
            str(mark.n or ""),
        )
        for name, marks in series
        for mark in marks
    )
    told = description or "; ".join(
        f"{name}, {mark.label}: {mark.said}" for name, marks in series for mark in marks
    )
    return Chart(title, told, headers, rows, draw, caption)


class _Scale:
    """The scale of values below rows of labels, with room for the labels and the texts."""

    def __init__(
        self,
        canvas: Canvas,
        labels: Sequence[str],
        texts: Sequence[str],
        ends: Sequence[float],
        unit: str,
    ) -> None:
        self.canvas, self.unit = canvas, unit
        widest = 210 if canvas.width >= WIDE else 125
        self.left = min(max((breadth(label) for label in labels), default=0), widest) + 12
        room = min(max((breadth(text) for text in texts), default=0), 0.3 * canvas.width)
        self.right = canvas.width - room - 10
        about = 5 if canvas.width >= WIDE else 3
        self.ticks = ticks(min(ends), max(ends), about)
        self.foot = 46 if unit else 28

    def x(self, value: float) -> float:
        """Where a value lies."""
        first, last = self.ticks[0], self.ticks[-1]
        return self.left + (self.right - self.left) * (value - first) / (last - first)

    def draw(self, top: float, bottom: float) -> None:
        """The lines and numbers of the scale."""
        step = self.ticks[1] - self.ticks[0]
        for tick in self.ticks:
            x = self.x(tick)
            self.canvas.line([(x, top), (x, bottom)], LINE)
            self.canvas.text(
                x, bottom + 18, axis_text(tick, round(step, 6)), anchor="middle", colour=SOFT
            )
        if self.unit:
            middle = (self.left + self.right) / 2
            self.canvas.text(middle, bottom + 38, self.unit, anchor="middle", colour=SOFT)


def _legend(canvas: Canvas, names: Sequence[str]) -> float:
    """The names of the series with their marks; returns where the rows begin."""
    across = 1 if canvas.width < WIDE else 2
    room = canvas.width / across
    for number, name in enumerate(names):
        x, y = room * (number % across) + 6, 12 + 22 * (number // across)
        canvas.point(x, y, SERIES[number], number)
        canvas.text(x + 12, y + 4, fitted(name, room - 24), colour=INK)
    return 12 + 22 * -(-len(names) // across) + 2
