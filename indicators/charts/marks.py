"""Marks: the values of a chart, which are its table, too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from indicators.charts.drawing import Chart, Draw


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a chart: a period or a label, the value, its interval, and how to write it.

    `text` is the value as a reader shall see it ("72.4 %"); `low_text` and `high_text` likewise.
    A mark that `breaks` begins a series of its own: no line joins it to what came before.
    """

    label: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""
    low_text: str = ""
    high_text: str = ""
    n: int | None = None
    breaks: bool = False

    @property
    def said(self) -> str:
        """The value in words."""
        return self.text or plain(self.value)

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


def tabled(
    title: str,
    first_header: str,
    marks: Sequence[Mark],
    draw: Draw,
    caption: str,
    description: str,
) -> Chart:
    """A chart with the table of its marks."""
    headers = [first_header, _("Value")]
    has_interval = any(mark.has_interval for mark in marks)
    has_n = any(mark.n is not None for mark in marks)
    if has_interval:
        headers += [_("From"), _("To")]
    if has_n:
        headers.append("n")
    rows = []
    for mark in marks:
        row = [mark.label, mark.said]
        if has_interval:
            row += [mark.low_text or plain(mark.low), mark.high_text or plain(mark.high)]
        if has_n:
            row.append("" if mark.n is None else str(mark.n))
        rows.append(tuple(row))
    told = description or "; ".join(f"{mark.label}: {mark.said}" for mark in marks)
    return Chart(title, told, tuple(headers), tuple(rows), draw, caption)


def numbers(marks: Sequence[Mark]) -> Iterator[float]:
    """Every number that a drawing of the marks must have room for."""
    for mark in marks:
        yield from (float(end) for end in (mark.value, mark.low, mark.high) if end is not None)


def plain(value: Decimal | None) -> str:
    """A decimal without trailing zeros, "" for none."""
    return "" if value is None else f"{value.normalize():f}"
