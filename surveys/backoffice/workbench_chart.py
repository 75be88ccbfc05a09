"""The drawing of a view of the workbench: what it can show of the table, and what it says."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from indicators import charts
from surveys.backoffice.workbench_words import Wording
from surveys.stats import figures as planned
from surveys.workbench import Computed, Series

MOST_LINES = 40

Lines = list[tuple[str, str, str, planned.Key]]
"""Label, name of the entry, area, cell."""


def chart_of(found: Computed, words: Wording) -> tuple[charts.Chart | None, str]:
    """The chart and a sentence about what it leaves out; no chart where none can be read.

    One measure is drawn by area, or by group in the focus; several answers are drawn for the
    focus, one series a wave, or a group where there is one wave.
    """
    asked = found.asked
    several = len(asked.entries) > 1
    cells = [cell for cell in found.cells if cell]
    place = words.area(found.focus)
    left_out = ""
    shown: list[tuple[str, Series, Lines]] = []
    if several and cells:
        newest = found.series[-1] if len(asked.waves) > 1 else found.series[0]
        shown = [
            (words.cell(cell), newest,
             [(label, name, found.focus, cell) for name, (label, _e) in asked.entries.items()])
            for cell in cells
        ]  # fmt: skip
        if len(found.series) > 1:
            left_out = _("The chart shows “%(series)s”; the table has the others.") % {
                "series": newest.label
            }
    else:
        if several:
            lines = [(label, name, found.focus, ()) for name, (label, _e) in asked.entries.items()]
        else:
            name = next(iter(asked.entries))
            if cells:
                lines = [(words.cell(cell), name, found.focus, cell) for cell in cells]
            else:
                place = ""
                lines = [(words.area(code), name, code, ()) for code in found.areas]
        shown = [(one.label, one, lines) for one in found.series]
    if len(shown) > len(charts.SERIES):
        return None, _(
            "%(many)d columns cannot be told apart in one chart; the table has them all."
        ) % {"many": len(shown)}
    if any(len(lines) > MOST_LINES for _label, _one, lines in shown):
        return None, _("So many lines cannot be read in a chart; the table has them all.")
    series = [(label, [_mark(one, line, words) for line in lines]) for label, one, lines in shown]
    if not any(mark.value is not None for _label, marks in series for mark in marks):
        return None, _("There is no figure to draw: none may be shown.")
    if place:
        left_out = " ".join(
            part
            for part in (_("The chart is about %(place)s.") % {"place": place}, left_out)
            if part
        )
    title = f"{asked.item.label} – {words.measure()}"
    return (
        charts.intervals(
            title,
            _distinct(series),
            label_header=_("Line"),
            series_header=_("Column"),
            unit="%" if asked.is_share else "",
            description=_description(title, series),
        ),
        left_out,
    )


def _mark(one: Series, line: tuple[str, str, str, planned.Key], words: Wording) -> charts.Mark:
    label, name, area, cell = line
    figure = one.figures.get((name, area, cell))
    if figure is None or figure.value is None:
        hidden = figure is not None and figure.status == "Q"
        return charts.Mark(label, None, text=_("hidden") if hidden else _("no data"))

    def amount(value: float | None) -> Decimal | None:
        return None if value is None else Decimal(repr(round(value * words.scale, 6)))

    return charts.Mark(
        label,
        amount(figure.value),
        amount(figure.low),
        amount(figure.high),
        text=words.plain(figure.value),
        low_text="" if figure.low is None else words.plain(figure.low),
        high_text="" if figure.high is None else words.plain(figure.high),
        n=figure.n,
    )


def _distinct(
    series: list[tuple[str, list[charts.Mark]]],
) -> list[tuple[str, list[charts.Mark]]]:
    """The series under different names: two waves may be called the same."""
    seen: dict[str, int] = {}
    found = []
    for name, marks in series:
        seen[name] = seen.get(name, 0) + 1
        found.append((name if seen[name] == 1 else f"{name} ({seen[name]})", marks))
    return found


def _description(title: str, series: list[tuple[str, list[charts.Mark]]]) -> str:
    parts = []
    for name, marks in series:
        values = "; ".join(
            f"{mark.label} {mark.text}"
            + (f" ({mark.low_text} – {mark.high_text})" if mark.low_text else "")
            for mark in marks
        )
        parts.append(f"{name}: {values}" if len(series) > 1 else values)
    return f"{title}. {'. '.join(parts)}."
