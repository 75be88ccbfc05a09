"""Values of several areas side by side, apart where they do not mean the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from indicators import charts, composition, formatting, stated
from indicators.charts import Chart, Mark
from indicators.models import Area, Indicator, Observation
from indicators.pages.provenance import sampling_words
from indicators.readings import newest_of


@dataclass(frozen=True)
class Side:
    """One area's value of the comparison, as shown."""

    area: Area
    period: str
    value: str
    interval: str
    n: str
    method: str
    people: str
    is_demonstration: bool
    token: str


@dataclass(frozen=True)
class Alike:
    """Values of one definition: they may stand in one drawing. `definition` says which it is."""

    definition: str
    chart: Chart | None
    sides: Sequence[Side]


@dataclass(frozen=True)
class Compared:
    """One indicator compared: groups of like values, what differs, and who has none."""

    indicator: Indicator
    groups: Sequence[Alike]
    warnings: Sequence[str]
    without: Sequence[Area]

    @property
    def is_of_one_definition(self) -> bool:
        return len(self.groups) < 2


def compare(
    indicators: Sequence[Indicator], areas: Sequence[Area], user: Any, *, period: str = ""
) -> list[Compared]:
    """The values of `period`, or the newest of each area; one query.

    Values of different definitions (another question, another population, a value that says so
    itself) are never drawn together.
    """
    held = (
        Observation.objects.visible_to(user)
        .published()
        .totals()
        .filter(indicator__in=indicators, area__in=areas)
        .select_related("area")
    )
    held = held.filter(period=period) if period else held.of_newest_year()
    found: dict[tuple[int, int], list[Observation]] = {}
    for row in held:
        found.setdefault((row.indicator_id, row.area_id), []).append(row)
    return [_compared(indicator, areas, found) for indicator in indicators]


def _compared(
    indicator: Indicator,
    areas: Sequence[Area],
    found: dict[tuple[int, int], list[Observation]],
) -> Compared:
    rows = [
        newest_of(found[indicator.pk, area.pk])
        for area in areas
        if (indicator.pk, area.pk) in found
    ]
    alike: dict[tuple[str, ...], list[Observation]] = {}
    for row in rows:
        alike.setdefault(_definition(row), []).append(row)
    groups = [
        Alike(
            _in_words(key) if len(alike) > 1 else "",
            _chart(indicator, members),
            [_side(indicator, row) for row in members],
        )
        for key, members in alike.items()
    ]
    have = {row.area_id for row in rows}
    return Compared(
        indicator, groups, _warnings(rows), [area for area in areas if area.pk not in have]
    )


def _definition(row: Observation) -> tuple[str, ...]:
    """What has to be the same for two values to mean the same."""
    told = row.provenance
    return (
        _("another definition or population than the indicator's") if row.status == "D" else "",
        _("a value computed from member states") if composition.is_computed(row) else "",
        str(told.get("question") or ""),
        str(told.get("question_hash") or ""),
        str(told.get("counts") or ""),
        str(told.get("population") or ""),
        str(told.get("base") or ""),
    )


def _in_words(key: tuple[str, ...]) -> str:
    words = [
        stated.in_readers_language(part) for place, part in enumerate(key) if part and place != 3
    ]
    if key[3]:
        words.append(_("wording %(hash)s") % {"hash": key[3][:8]})
    return "; ".join(words) or _("as the indicator is defined")


def _chart(indicator: Indicator, rows: Sequence[Observation]) -> Chart | None:
    known = [row for row in rows if row.value is not None]
    if len(known) < 2:
        return None
    periods = sorted({row.period for row in known})
    return charts.intervals(
        indicator.display_title,
        [(", ".join(periods), [_mark(indicator, row, len(periods) > 1) for row in rows])],
        label_header=_("Area"),
        series_header=_("Period"),
        unit="" if indicator.unit == "percent" else indicator.unit,
        caption=_("Lines through the values are their intervals.")
        if any(row.low is not None for row in known)
        else "",
    )


def _mark(indicator: Indicator, row: Observation, with_period: bool) -> Mark:
    def text(value):
        return "" if value is None else formatting.number(value, indicator.decimals)

    label = f"{row.area}, {row.period}" if with_period else str(row.area)
    return Mark(
        label,
        row.value,
        row.low,
        row.high,
        formatting.value_text(row, indicator),
        text(row.low),
        text(row.high),
        row.n,
    )


def _side(indicator: Indicator, row: Observation) -> Side:
    told = row.provenance
    people = [
        stated.in_readers_language(str(told[k])) for k in ("population", "base") if told.get(k)
    ]
    return Side(
        row.area,
        row.period,
        formatting.value_text(row, indicator),
        formatting.interval_text(row, indicator),
        "" if row.n is None else formatting.number_text(row.n),
        "; ".join(
            part for part in (stated.in_readers_language(row.method), sampling_words(row)) if part
        ),
        "; ".join(people) or indicator.population_described,
        row.is_demonstration,
        row.token,
    )


def _warnings(rows: Sequence[Observation]) -> list[str]:
    told = []
    if len({row.period for row in rows}) > 1:
        told.append(_("The values are of different periods."))
    if any(row.low is not None for row in rows) and len(rows) > 1:
        told.append(
            _(
                "Intervals that overlap do not show that two values are equal, and intervals apart "
                "are no test of their difference."
            )
        )
    if rows and len({row.low is None for row in rows}) > 1:
        told.append(_("Some values have an interval and some have none."))
    for name, key in (
        (_("how people came to answer"), "sampling_type"),
        (_("how they were asked"), "mode"),
        (_("the weighting"), "weighting_scheme"),
    ):
        if _differs(row.provenance.get(key) for row in rows):
            told.append(_("The values differ in %(what)s.") % {"what": name})
    if _differs(row.method for row in rows):
        told.append(_("The values were computed by different methods; the table names them."))
    if _differs(row.provenance.get("document") or row.provenance.get("survey") for row in rows):
        told.append(_("The values come from different sources."))
    if len({row.is_demonstration for row in rows}) > 1:
        told.append(_("Some of the values are demonstration data."))
    return told


def _differs(words: Iterable[Any]) -> bool:
    return len({str(word) for word in words if word}) > 1
