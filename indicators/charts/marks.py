"""Marks: the values of a chart, which are its table, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from indicators.charts.drawing import NARROW, WIDE, Chart


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


def tabled(
    title: str,
    first_header: str,
    marks: Sequence[Mark],
    specification: Any,
    caption: str,
    description: str,
) -> Chart:
    """A chart with the table of its marks."""
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


def datum(mark: Mark) -> dict[str, Any]:
    """What a specification is given of a mark."""
    ends = [end for end in (mark.value, mark.high) if end is not None]
    return {
        "label": mark.label,
        "value": as_number(mark.value),
        "low": as_number(mark.low),
        "high": as_number(mark.high),
        "end": as_number(max(ends)) if ends else None,
        "text": mark.text or _plain(mark.value),
    }


def as_number(value: Decimal | None) -> float | None:
    """A decimal for the renderer."""
    return None if value is None else float(value)


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
