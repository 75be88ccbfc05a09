"""The data as SDMX-ML 2.1, structure-specific, one series after the other."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

from indicators.exports.cells import Cell, digits
from indicators.exports.observations import Known
from indicators.exports.sdmx.flow import (
    AGENCY,
    ATTRIBUTES,
    DIMENSIONS,
    FLOW,
    MEASURE,
    TIME,
    VERSION,
    attributes_of,
    series_of,
)

SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
_OWN = (
    f"urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure={AGENCY}:{FLOW}({VERSION})"
    f":ObsLevelDim:{TIME.id}"
)
# What XML 1.0 has no way to write, not even escaped.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def writable(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def data_message(rows: Iterable[Any], known: Known, *, at: datetime) -> Iterator[str]:
    """The message in pieces, one for each series; rows come from `in_series`.

    A value that is missing has no OBS_VALUE; its OBS_STATUS says why.
    """
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mes:StructureSpecificData xmlns:mes="{SCHEMAS}/message" xmlns:com="{SCHEMAS}/common" '
        f'xmlns:ss="{SCHEMAS}/data/structurespecific" xmlns:own="{_OWN}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"<mes:Header><mes:ID>{FLOW}-{at:%Y%m%dT%H%M%S}</mes:ID><mes:Test>false</mes:Test>"
        f"<mes:Prepared>{at.isoformat()}</mes:Prepared><mes:Sender id={quoteattr(AGENCY)}/>"
        f'<mes:Structure structureID="{FLOW}" namespace="{_OWN}" '
        f'dimensionAtObservation="{TIME.id}"><com:Structure><Ref agencyID="{AGENCY}" id="{FLOW}" '
        f'version="{VERSION}"/></com:Structure></mes:Structure></mes:Header>\n'
        f'<mes:DataSet ss:structureRef="{FLOW}" xsi:type="own:DataSetType" '
        'ss:dataScope="DataStructure" action="Information">\n'
    )
    for series, observations in groupby(rows, key=lambda row: series_of(row, known)):
        key = "".join(
            f" {one.id}={quoteattr(value)}" for one, value in zip(DIMENSIONS, series, strict=True)
        )
        inside = "".join(_observation(row, known) for row in observations)
        yield f"<Series{key}>{inside}</Series>\n"
    yield "</mes:DataSet>\n</mes:StructureSpecificData>\n"


def _observation(row: Any, known: Known) -> str:
    said = ((TIME, row.period), (MEASURE, row.value))
    said += tuple(zip(ATTRIBUTES, attributes_of(row, known), strict=True))
    written = "".join(
        f" {one.id}={quoteattr(_text(cell))}"
        for one, cell in said
        if cell is not None and cell != ""
    )
    return f"<Obs{written}/>"


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return writable(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return digits(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return str(cell)
