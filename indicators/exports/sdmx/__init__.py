"""The ledger in SDMX: one dataflow, its structure, and its data in CSV 1.0, CSV 2.0 and XML 2.1."""

from indicators.exports.sdmx.codelists import codelists
from indicators.exports.sdmx.csv import csv_1_lines, csv_2_lines
from indicators.exports.sdmx.structure import structure_message
from indicators.exports.sdmx.xml import data_message

__all__ = ["codelists", "csv_1_lines", "csv_2_lines", "data_message", "structure_message"]
