"""Files that leave the ledger: CSV, XLSX, SDMX-CSV. One flat table, three ways to write it."""

from indicators.exports.cells import neutral
from indicators.exports.files import csv_bytes, xlsx_bytes
from indicators.exports.observations import HEADERS, observation_rows
from indicators.exports.sdmx import sdmx_bytes

__all__ = [
    "HEADERS",
    "csv_bytes",
    "neutral",
    "observation_rows",
    "sdmx_bytes",
    "xlsx_bytes",
]
