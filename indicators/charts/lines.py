"""A value over time, with where it started and what was promised; and the same in small."""

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from indicators.charts.canvas import LINE, SERIES, SOFT, Canvas, breadth, fitted, ticks
from indicators.charts.drawing import WIDE, Chart, axis_text
from indicators.charts.marks import Mark, numbers, tabled
from indicators.periods import moment

MAIN, SECOND = SERIES[0], SERIES[1]
_TOP, _BOTTOM = 30, 240
_MOST_TEXTS = 7


def line(
    title: str,
    marks: Sequence[Mark],
    *,
    unit: str = "",
    caption: str = "",
    description: str = "",
    baseline: Mark | None = None,
    target: Mark | None = None,
) -> Chart:
    """A value over periods: points joined by a line, each with its interval.

    `marks[i].label` is the period (2026, 2026-Q4, ...). `baseline` is the mark that progress starts
    from, drawn as a level; `target` is what was promised for its period. Both are rows of the
    table, too.
    """
    marks = sorted(marks, key=lambda mark: moment(mark.label))

    def draw(canvas: Canvas) -> float:
        promised = [target] if target else []
        steps = ticks(*_room([*numbers(marks), *numbers(promised)]), 4)
        texts = [axis_text(tick, round(steps[1] - steps[0], 6)) for tick in steps]
        left = max(breadth(text) for text in texts) + 12
        right = canvas.width - max([breadth(m.said) for m in [*marks[-1:], *promised]] + [20]) - 14
        at = [float(moment(mark.label)) for mark in [*marks, *promised]] or [0.0]
        first, last = min(at), max(at)

        def x(period: str) -> float:
            if last == first:
                return left + 30
            return (
                left + 16 + (right - left - 16) * (float(moment(period)) - first) / (last - first)
            )

        def y(value: float) -> float:
            share = (value - steps[0]) / (steps[-1] - steps[0])
            return _BOTTOM - (_BOTTOM - _TOP) * share

        if unit:
            canvas.text(0, 12, fitted(unit, canvas.width), colour=SOFT)
        for tick, text in zip(steps, texts, strict=True):
            canvas.line([(left, y(tick)), (canvas.width - 4, y(tick))], LINE)
            canvas.text(left - 6, y(tick) + 4, text, anchor="end", colour=SOFT)
        _periods(canvas, [mark.label for mark in [*marks, *promised]], x)
        if baseline is not None and baseline.value is not None:
            level = y(float(baseline.value))
            canvas.line([(left, level), (right, level)], SOFT, 1.5, "2 4")
        if target is not None and target.value is not None:
            end = (x(target.label), y(float(target.value)))
            if baseline is not None and baseline.value is not None:
                start = (x(baseline.label), y(float(baseline.value)))
                canvas.line([start, end], SECOND, 1.5, "6 4")
            canvas.point(*end, SECOND, 2, 5.5)
            canvas.text(end[0] + 9, end[1] + 4, target.said)
        _values(canvas, marks, x, y)
        return _BOTTOM + 34

    rows = list(marks)
    if target is not None:
        named = _("%(period)s (target)") % {"period": target.label}
        rows.append(Mark(named, target.value, text=target.text))
    if baseline is not None:
        named = _("%(period)s (baseline)") % {"period": baseline.label}
        rows = [_renamed(mark, named) if mark.label == baseline.label else mark for mark in rows]
    chart = tabled(title, _("Period"), rows, draw, caption, description)
    return chart


def sparkline(marks: Sequence[Mark], title: str) -> SafeString:
    """The course of a value in the size of a word; `title` says it to who cannot see it."""
    known = [mark for mark in marks if mark.value is not None]
    if len(known) < 2:
        return mark_safe("")
    known.sort(key=lambda mark: moment(mark.label))
    at = [float(moment(mark.label)) for mark in known]
    values = [float(mark.value) for mark in known]
    low, high = min(values), max(values)
    canvas = Canvas(96)
    points = [
        (4 + 86 * (when - at[0]) / (at[-1] - at[0] or 1),
         24 - 20 * ((value - low) / (high - low) if high > low else 0.5))
        for when, value in zip(at, values, strict=True)
    ]  # fmt: skip
    for piece in _pieces(known, points):
        canvas.line(piece, MAIN, 1.75)
    canvas.point(*points[-1], MAIN, 0, 3)
    return mark_safe(  # noqa: S308  a title in quotes of its own, and numbers
        f'<svg class="sparkline" width="96" height="28" viewBox="0 0 96 28" role="img" '
        f"aria-label={quoteattr(title)}>{canvas.content}</svg>"
    )


def _values(canvas: Canvas, marks: Sequence[Mark], x, y) -> None:
    known = [mark for mark in marks if mark.value is not None]
    for mark in known:
        if mark.has_interval:
            middle = x(mark.label)
            low, high = y(float(mark.low)), y(float(mark.high))
            canvas.line([(middle, low), (middle, high)], MAIN, 2)
            for end in (low, high):
                canvas.line([(middle - 3, end), (middle + 3, end)], MAIN, 2)
    points = [(x(mark.label), y(float(mark.value))) for mark in known]
    for piece in _pieces(known, points):
        canvas.line(piece, MAIN, 2.5)
    most = _MOST_TEXTS if canvas.width >= WIDE else 4
    shown = set(range(len(known))) if len(known) <= most else {0, len(known) - 1}
    for place, (mark, (at, height)) in enumerate(zip(known, points, strict=True)):
        canvas.point(at, height, MAIN)
        if place not in shown:
            continue
        if place == len(known) - 1:
            canvas.text(at + 8, height + 4, mark.said)
            continue
        # A text above a rising line would lie on it.
        rises = points[place + 1][1] < height
        far = abs(y(float(mark.low if rises else mark.high)) - height) if mark.has_interval else 0
        # The first one begins at its point, clear of the numbers at the axis.
        anchor = "middle" if place else "start"
        canvas.text(at, height + (far + 18 if rises else -far - 9), mark.said, anchor=anchor)


def _pieces(
    marks: Sequence[Mark], points: Sequence[tuple[float, float]]
) -> list[list[tuple[float, float]]]:
    """The points that a line joins: a break in the series begins another line."""
    pieces: list[list[tuple[float, float]]] = []
    for mark, point in zip(marks, points, strict=True):
        if mark.breaks or not pieces:
            pieces.append([])
        pieces[-1].append(point)
    return [piece for piece in pieces if len(piece) > 1]


def _periods(canvas: Canvas, labels: Sequence[str], x) -> None:
    """The names of the periods below, as many as have room, the last one always."""
    taken = float("inf")
    for label in sorted(set(labels), key=moment, reverse=True):
        middle, half = x(label), breadth(label) / 2
        if middle + half + 10 > taken:
            continue
        canvas.line([(middle, _BOTTOM), (middle, _BOTTOM + 4)], SOFT)
        canvas.text(middle, _BOTTOM + 20, label, anchor="middle", colour=SOFT)
        taken = middle - half


def _room(values: Sequence[float]) -> tuple[float, float]:
    """From where to where the values shall be drawn: with some air, and never below zero alone."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    air = (high - low) * 0.12 or abs(high) * 0.1 or 1.0
    return (max(low - air, 0.0) if low >= 0 else low - air), high + air


def _renamed(mark: Mark, label: str) -> Mark:
    return Mark(
        label, mark.value, mark.low, mark.high, mark.text, mark.low_text, mark.high_text, mark.n
    )
