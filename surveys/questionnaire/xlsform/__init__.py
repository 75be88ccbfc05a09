"""XLSForm, the spreadsheet form of ODK and KoboToolbox, in and out.

- `read_xlsform(data, name) -> Imported`: a draft and a report, or `XLSFormRefused`;
- `write_xlsform(definition, form_id=..., version=...) -> bytes`: a workbook pyxform accepts and
  `read_xlsform` reads back as the same definition.

pyxform 4.5.0 settles the vocabulary (types, headings, aliases, parameters). Its own reader stops
at the first mistake and keeps no cell positions, so the rows are read here; a test holds what we
read against pyxform's own dict.
"""

from .importing import Imported, read_xlsform
from .limits import MAX_BYTES, megabytes
from .report import Finding, Level, XLSFormRefused
from .writing import write_xlsform

__all__ = [
    "MAX_BYTES",
    "Finding",
    "Imported",
    "Level",
    "XLSFormRefused",
    "megabytes",
    "read_xlsform",
    "write_xlsform",
]
