"""SDMX-CSV 1.0: one dataflow, the breakdown as a dimension of its own."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from indicators.exports.cells import neutral
from indicators.models import Observation

DATAFLOW = "SUARA:ASCC_INDICATORS(1.0)"
HEADERS = (
    "DATAFLOW",
    "INDICATOR",
    "REF_AREA",
    "BREAKDOWN",
    "DATA_SOURCE",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_STATUS",
    "UNIT_MEASURE",
    "LOWER_CI",
    "UPPER_CI",
    "SAMPLE_SIZE",
    "EFFECTIVE_SAMPLE_SIZE",
    "OBS_COMMENT",
)


def sdmx_bytes(observations: Iterable[Observation]) -> bytes:
    """The observations as SDMX-CSV 1.0; "_T" stands for the total, as SDMX writes it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADERS)
    for row in observations:
        writer.writerow(
            [
                DATAFLOW,
                row.indicator.slug,
                row.area.code,
                row.breakdown or "_T",
                row.source,
                row.period,
                _number(row.value),
                row.status,
                "PT" if row.indicator.unit == "percent" else neutral(row.indicator.unit),
                _number(row.low),
                _number(row.high),
                "" if row.n is None else row.n,
                _number(row.n_effective),
                "demonstration data" if row.is_demonstration else "",
            ]
        )
    return buffer.getvalue().encode("utf-8")


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"
