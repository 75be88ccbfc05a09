"""What an indicator is, in the concepts that statistical offices exchange (SDMX)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indicators import periods, stated
from indicators.models import Indicator, Observation
from indicators.pages.provenance import sampling_words
from indicators.readings import Reading

_MOST_SOURCES = 5


@dataclass(frozen=True)
class Concept:
    """One concept: its code in the SDMX content-oriented guidelines, its name, what is known."""

    code: str
    name: str
    text: str


def concepts(indicator: Indicator, reading: Reading) -> list[Concept]:
    """The metadata of an indicator, from its own row and from the values that are there."""
    rows = reading.observations
    found = (
        ("STAT_CONC_DEF", _("Statistical concepts and definitions"), _definition(indicator)),
        ("UNIT_MEASURE", _("Unit of measure"), _unit(indicator)),
        ("STAT_POP", _("Statistical population"), _population(indicator, rows)),
        ("REF_AREA", _("Reference area"), ", ".join(str(found.area) for found in reading.areas)),
        ("TIME_COVERAGE", _("Time coverage"), _coverage(rows)),
        ("FREQ", _("Periodicity"), _periodicity(rows)),
        ("DATA_PROVIDER", _("Data provider"), _providers(indicator, rows)),
        ("COLL_METHOD", _("Data collection"), _collection(indicator, rows)),
        ("DATA_COMP", _("Data compilation"), _compilation(indicator)),
        ("COMPAR_TIME", _("Comparability over time"), _breaks(rows)),
        ("DATA_QUALITY", _("Quality notes"), _quality(rows)),
        ("SOURCE_TYPE", _("Source of the indicator"), indicator.source),
        ("DATA_UPDATE", _("Last recorded"), _updated(rows)),
        ("CONTACT", _("Contact"), settings.DEFAULT_FROM_EMAIL),
    )
    unknown = _("not stated")
    return [Concept(code, name, text or unknown) for code, name, text in found]


def citation(indicator: Indicator, reading: Reading, address: str, on: str) -> str:
    """How to cite what the page shows, as one line."""
    figure = reading.figure
    value = (
        f" {figure.value_text} ({figure.observation.area}, {figure.period})."
        if (figure.observation)
        else ""
    )
    return _("%(site)s. %(title)s.%(value)s Retrieved on %(day)s from %(address)s") % {
        "site": settings.SITE_NAME,
        "title": str(indicator).rstrip("."),
        "value": value,
        "day": on,
        "address": address,
    }


def _definition(indicator: Indicator) -> str:
    return indicator.description or indicator.display_title


def _unit(indicator: Indicator) -> str:
    direction = indicator.get_direction_display()
    unit = _("percent") if indicator.unit == "percent" else indicator.unit
    return f"{unit} ({direction})" if unit else direction


def _population(indicator: Indicator, rows: Sequence[Observation]) -> str:
    if indicator.population_described:
        return indicator.population_described
    return _listed(row.provenance.get("population") or row.provenance.get("base") for row in rows)


def _coverage(rows: Sequence[Observation]) -> str:
    told = sorted({row.period for row in rows}, key=periods.moment)
    if not told:
        return ""
    return told[0] if len(told) == 1 else f"{told[0]} – {told[-1]}"


def _periodicity(rows: Sequence[Observation]) -> str:
    told = {row.period for row in rows}
    if len(told) < 2:
        return ""
    if any("-" in period for period in told):
        kinds = {period[4:6] for period in told if "-" in period}
        if kinds <= {"-Q"} and all("-" in period for period in told):
            return _("quarterly (Q)")
        return _("irregular (N)")
    years = sorted(int(period) for period in told)
    steps = {after - before for before, after in zip(years, years[1:], strict=False)}
    if steps == {1}:
        return _("annual (A)")
    if len(steps) == 1:
        return _("every %(n)s years") % {"n": steps.pop()}
    return _("irregular (N)")


def _providers(indicator: Indicator, rows: Sequence[Observation]) -> str:
    told = _listed(
        row.provenance.get("survey")
        or row.provenance.get("reported_by")
        or row.provenance.get("document")
        for row in rows
    )
    return told or indicator.get_data_route_display()


def _collection(indicator: Indicator, rows: Sequence[Observation]) -> str:
    told = [indicator.get_data_route_display()]
    if listed := _listed(sampling_words(row) for row in rows):
        told.append(listed)
    for key in ("mode", "fieldwork"):
        if listed := _listed(row.provenance.get(key) for row in rows):
            told.append(listed)
    methods = Counter(row.method for row in rows if row.method)
    told += [stated.in_readers_language(method) for method, _many in methods.most_common(2)]
    return "; ".join(told)


def _compilation(indicator: Indicator) -> str:
    told = [indicator.get_aggregation_display()]
    if indicator.minimum_members:
        told.append(_("at least %(n)s member states are needed") % {"n": indicator.minimum_members})
    if indicator.baseline_year:
        told.append(_("baseline year %(year)s") % {"year": indicator.baseline_year})
    told.append(indicator.get_progress_method_display())
    return "; ".join(told)


def _breaks(rows: Sequence[Observation]) -> str:
    broken = sorted({row.period for row in rows if row.breaks_series}, key=periods.moment)
    other = sum(row.status == "D" for row in rows)
    told = []
    if broken:
        told.append(_("a new series begins in %(periods)s") % {"periods": ", ".join(broken)})
    if other:
        told.append(
            ngettext(
                "%(n)s value is of another definition and compared with nothing",
                "%(n)s values are of another definition and compared with nothing",
                other,
            )
            % {"n": other}
        )
    return "; ".join(told) or (_("no break is recorded") if rows else "")


def _quality(rows: Sequence[Observation]) -> str:
    counts = Counter(row.get_status_display() for row in rows)
    told = [f"{name}: {many}" for name, many in counts.most_common()]
    made_up = sum(row.is_demonstration for row in rows)
    if made_up:
        told.append(f"{_('Demonstration data')}: {made_up}")
    weak = [row for row in rows if row.low is None and row.n is None]
    if rows and len(weak) == len(rows):
        told.append(_("no value has an interval or a number of respondents"))
    return "; ".join(told)


def _updated(rows: Sequence[Observation]) -> str:
    newest = max((row.recorded_at for row in rows), default=None)
    return f"{newest:%Y-%m-%d}" if newest else ""


def _listed(words) -> str:
    """Different words once each, in the order met, the first few of them."""
    told = list(dict.fromkeys(str(word) for word in words if word))
    more = len(told) - _MOST_SOURCES
    text = ", ".join(stated.in_readers_language(word) for word in told[:_MOST_SOURCES])
    return f"{text} +{more}" if more > 0 else text
