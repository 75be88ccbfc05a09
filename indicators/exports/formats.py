"""The formats that values leave in: what each is called, what it is, and who writes it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indicators.exports import sdmx
from indicators.exports.files import csv_lines
from indicators.exports.observations import HEADERS, Known, observation_rows
from indicators.exports.workbooks import xlsx_pieces

Rows = Iterable[Any]


@dataclass(frozen=True)
class Format:
    """One format. `write` takes rows of `in_series` and gives the file in pieces."""

    name: str
    media_type: str
    ending: str
    write: Callable[[Rows, Known, datetime], Iterator[str] | Iterator[bytes]]


FORMATS = {
    "csv": Format(
        "CSV",
        "text/csv; charset=utf-8",
        "csv",
        lambda rows, known, at: csv_lines(HEADERS, observation_rows(rows, known)),
    ),
    "xlsx": Format(
        "XLSX",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
        lambda rows, known, at: xlsx_pieces(HEADERS, observation_rows(rows, known)),
    ),
    "sdmx": Format(
        "SDMX-CSV 1.0",
        "application/vnd.sdmx.data+csv; version=1.0.0; charset=utf-8",
        "sdmx.csv",
        lambda rows, known, at: sdmx.csv_1_lines(rows, known),
    ),
    "sdmx2": Format(
        "SDMX-CSV 2.0",
        "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
        "sdmx2.csv",
        lambda rows, known, at: sdmx.csv_2_lines(rows, known),
    ),
    "sdmxml": Format(
        "SDMX-ML 2.1",
        "application/vnd.sdmx.structurespecificdata+xml; version=2.1; charset=utf-8",
        "sdmx.xml",
        lambda rows, known, at: sdmx.data_message(rows, known, at=at),
    ),
}
"""By the word that stands in their address."""

STRUCTURE_TYPE = "application/vnd.sdmx.structure+xml; version=2.1; charset=utf-8"
