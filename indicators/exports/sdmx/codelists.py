"""The code lists of the data structure: every code that the data may use, with its words."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from indicators.exports.sdmx import codes
from indicators.models import Area, Indicator, Observation, ObservationStatus
from indicators.models.indicators import IndicatorQuerySet
from indicators.models.observations import ObservationQuerySet

_FREQUENCIES = {"A": "Annual", "S": "Half-yearly", "Q": "Quarterly", "M": "Monthly", "W": "Weekly"}
_STATUSES = {
    "A": "Normal value",
    "B": "Time series break",
    "D": "Definition differs",
    "E": "Estimated value",
    "L": "Missing value; data exist but were not collected",
    "M": "Missing value; data cannot exist",
    "O": "Missing value",
    "P": "Provisional value",
    "Q": "Missing value; suppressed",
    "U": "Low reliability",
}
_QUALIFIERS = {"approx": "Approximately", "gt": "More than", "lt": "Less than"}
_WORDS = {"F": "Female", "M": "Male", "U": "Urban", "R": "Rural", codes.TOTAL: "Total"}


@dataclass(frozen=True)
class Code:
    """A code with its name in English and in other languages, and the code it is part of."""

    id: str
    name: str
    description: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""


@dataclass(frozen=True)
class CodeList:
    """A list of codes under its own identifier."""

    id: str
    name: str
    codes: tuple[Code, ...]


def codelists(
    *, indicators: IndicatorQuerySet, observations: ObservationQuerySet
) -> tuple[CodeList, ...]:
    """All code lists, for the indicators and observations a reader may see.

    Indicators and areas stand in their lists whether they have values or not; breakdowns, sources
    and units where the ledger uses them. Five queries.
    """
    shown = list(indicators.select_related("parent").order_by("slug"))
    seen = {indicator.pk for indicator in shown}
    breakdowns = sorted(observations.order_by().values_list("breakdown", flat=True).distinct())
    sources = sorted(observations.order_by().values_list("source", flat=True).distinct())
    units = sorted({indicator.unit for indicator in shown if indicator.unit})
    return (
        _fixed("CL_FREQ", "Frequency", _FREQUENCIES),
        CodeList("CL_INDICATOR", "Indicators", tuple(_indicator(one, seen) for one in shown)),
        CodeList(
            "CL_AREA",
            "Member states and groups of states",
            tuple(
                Code(
                    codes.code(area.code),
                    area.name,
                    f"ISO 3166-1: {area.iso3}" if area.iso3 else "",
                )
                for area in Area.objects.order_by("code")
            ),
        ),
        *_dimensions(breakdowns),
        CodeList(
            "CL_DATA_SOURCE",
            "Sources that state values",
            tuple(Code(codes.code(source), source) for source in sources),
        ),
        CodeList(
            "CL_OBS_STATUS",
            "Observation status",
            tuple(Code(value, _STATUSES[value]) for value in ObservationStatus.values),
        ),
        CodeList(
            "CL_UNIT_MEASURE",
            "Units of measure",
            tuple(Code(codes.code(unit, "UNIT"), unit) for unit in units),
        ),
        CodeList(
            "CL_VALUE_QUALIFIER",
            "Qualifiers of a value",
            tuple(
                Code(value, _QUALIFIERS[value]) for value in Observation.Qualifier.values if value
            ),
        ),
    )


def _fixed(identifier: str, name: str, words: Mapping[str, str]) -> CodeList:
    return CodeList(identifier, name, tuple(Code(*pair) for pair in words.items()))


def _indicator(indicator: Indicator, seen: Container[int]) -> Code:
    parent = indicator.parent if indicator.parent_id in seen else None
    return Code(
        codes.code(indicator.slug),
        f"{indicator.code}: {indicator.title}" if indicator.code else indicator.title,
        indicator.description,
        indicator.titles,
        codes.code(parent.slug) if parent else "",
    )


def _dimensions(breakdowns: Iterable[str]) -> list[CodeList]:
    """The lists of what breakdowns name: those with a dimension of their own, and the composite."""
    names = {
        "SEX": "Sex",
        "AGE": "Age groups",
        "URBANISATION": "Degree of urbanisation",
        codes.COMPOSITE: "Other breakdowns",
    }
    found: dict[str, dict[str, str]] = {
        dimension: {codes.TOTAL: _WORDS[codes.TOTAL]} for dimension in names
    }
    found["SEX"] |= {"F": _WORDS["F"], "M": _WORDS["M"]}
    for breakdown in breakdowns:
        parts = dict(part.split("=", 1) for part in breakdown.split(";")) if breakdown else {}
        coded = codes.broken_down(breakdown)
        for dimension, one in zip(names, coded, strict=True):
            word = parts.pop(codes.BROKEN_DOWN_BY.get(dimension, ""), "")
            if dimension == codes.COMPOSITE:
                word = ", ".join(f"{name}: {value}" for name, value in parts.items())
            found[dimension].setdefault(one, _WORDS.get(one) or word)
    return [_fixed(f"CL_{dimension}", name, found[dimension]) for dimension, name in names.items()]
