"""The data structure: which dimensions and attributes an observation has, and its own."""

from dataclasses import dataclass
from typing import Any

from indicators.exports.cells import Cell
from indicators.exports.observations import Known, origin
from indicators.exports.sdmx import codes

AGENCY, FLOW, VERSION = "SUARA", "ASCC_INDICATORS", "1.0"
DATAFLOW = f"{AGENCY}:{FLOW}({VERSION})"


@dataclass(frozen=True)
class Component:
    """A dimension, the measure or an attribute; `codelist` where its values are codes, else `text`
    is the SDMX type of its values."""

    id: str
    name: str
    codelist: str = ""
    text: str = "String"
    is_mandatory: bool = False


DIMENSIONS = (
    Component("FREQ", "Frequency", "CL_FREQ"),
    Component("INDICATOR", "Indicator", "CL_INDICATOR"),
    Component("REF_AREA", "Reference area", "CL_AREA"),
    Component("SEX", "Sex", "CL_SEX"),
    Component("AGE", "Age", "CL_AGE"),
    Component("URBANISATION", "Degree of urbanisation", "CL_URBANISATION"),
    Component(codes.COMPOSITE, "Breakdown by other characteristics", "CL_COMPOSITE_BREAKDOWN"),
    Component("DATA_SOURCE", "Source that states the value", "CL_DATA_SOURCE"),
)
TIME = Component("TIME_PERIOD", "Time period", text="ObservationalTimePeriod")
MEASURE = Component("OBS_VALUE", "Observation value", text="Decimal")
ATTRIBUTES = (
    Component("OBS_STATUS", "Observation status", "CL_OBS_STATUS", is_mandatory=True),
    Component("UNIT_MEASURE", "Unit of measure", "CL_UNIT_MEASURE"),
    Component("VALUE_QUALIFIER", "Qualifier of the value", "CL_VALUE_QUALIFIER"),
    Component("LOWER_CI", "Lower end of the interval", text="Decimal"),
    Component("UPPER_CI", "Upper end of the interval", text="Decimal"),
    Component("SAMPLE_SIZE", "Number of respondents", text="Integer"),
    Component("EFFECTIVE_SAMPLE_SIZE", "Effective number of respondents", text="Decimal"),
    Component("METHOD", "Method"),
    Component("SOURCE_DETAIL", "Document, or survey, wave and question"),
    Component("MEMBERS", "Areas in the aggregate"),
    Component("POPULATION_VINTAGE", "Vintage of the population figures"),
    Component("IS_DEMONSTRATION", "Made up for demonstration", text="Boolean"),
    Component("IS_STALE", "The source has changed since", text="Boolean"),
    Component("LAST_UPDATE", "Recorded", text="DateTime"),
    Component("OBS_ID", "Identifier of the observation in the JSON API"),
)


def series_of(row: Any, known: Known) -> tuple[str, ...]:
    """The codes of an observation's dimensions in `DIMENSIONS`' order, the period left out."""
    return (
        codes.frequency(row.period),
        codes.code(known.indicators[row.indicator_id].slug),
        codes.code(known.areas[row.area_id].code),
        *codes.broken_down(row.breakdown),
        codes.code(row.source),
    )


def attributes_of(row: Any, known: Known) -> tuple[Cell, ...]:
    """The values of an observation's attributes in `ATTRIBUTES`' order, None or "" without one."""
    unit = known.indicators[row.indicator_id].unit
    return (
        row.status,
        codes.code(unit, "UNIT") if unit else "",
        row.qualifier,
        row.low,
        row.high,
        row.n,
        row.n_effective,
        row.method,
        origin(row.provenance),
        " ".join(row.members),
        row.population_vintage,
        row.is_demonstration,
        row.stale_since is not None,
        row.recorded_at,
        row.token,
    )
