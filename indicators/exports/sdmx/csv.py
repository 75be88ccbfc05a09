"""SDMX-CSV 1.0 and 2.0: codes in the columns of the data structure."""

from collections.abc import Iterable, Iterator
from typing import Any

from indicators.exports.files import csv_lines
from indicators.exports.observations import Known
from indicators.exports.sdmx.flow import (
    ATTRIBUTES,
    DATAFLOW,
    DIMENSIONS,
    MEASURE,
    TIME,
    attributes_of,
    series_of,
)

COLUMNS = tuple(one.id for one in (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES))


def csv_1_lines(rows: Iterable[Any], known: Known) -> Iterator[str]:
    """Version 1.0: the dataflow first, then dimensions, value and attributes."""
    return _lines(rows, known, ("DATAFLOW",), (DATAFLOW,))


def csv_2_lines(rows: Iterable[Any], known: Known) -> Iterator[str]:
    """Version 2.0: as 1.0, after what kind of structure is named and that this informs ("I")."""
    return _lines(rows, known, ("STRUCTURE", "STRUCTURE_ID", "ACTION"), ("dataflow", DATAFLOW, "I"))


def _lines(
    rows: Iterable[Any], known: Known, before: tuple[str, ...], said: tuple[str, ...]
) -> Iterator[str]:
    cells = (
        (*said, *series_of(row, known), row.period, row.value, *attributes_of(row, known))
        for row in rows
    )
    return csv_lines((*before, *COLUMNS), cells, mark="")
