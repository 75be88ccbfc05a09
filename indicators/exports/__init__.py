"""Files that leave the ledger: CSV, XLSX, SDMX-CSV, SDMX-ML. One reading of the rows, five writers."""

from indicators.exports.cells import digits, neutral
from indicators.exports.files import csv_bytes, csv_lines
from indicators.exports.formats import FORMATS, STRUCTURE_TYPE, Format
from indicators.exports.observations import HEADERS, Known, in_series, observation_rows
from indicators.exports.sdmx import codelists, structure_message
from indicators.exports.workbooks import xlsx_bytes, xlsx_pieces

__all__ = [
    "FORMATS",
    "HEADERS",
    "STRUCTURE_TYPE",
    "Format",
    "Known",
    "codelists",
    "csv_bytes",
    "csv_lines",
    "digits",
    "in_series",
    "neutral",
    "observation_rows",
    "structure_message",
    "xlsx_bytes",
    "xlsx_pieces",
]
