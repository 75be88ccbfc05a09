"""How large a file may be. Checked before anything parses it."""

MAX_BYTES = 10 * 1024 * 1024
"""The uploaded file."""
MAX_UNPACKED = 80 * 1024 * 1024
"""All parts of an .xlsx together, unpacked."""
MAX_RATIO = 200
"""Unpacked to packed size of one part; honest spreadsheets stay under 30."""
MAX_PARTS = 2000
MAX_SHEETS = 60
MAX_ROWS = 20_000
MAX_COLUMNS = 400
MAX_CELLS = 400_000
MAX_CELL = 32_767
"""Characters in a cell; Excel's own limit."""
EMPTY_ROWS = 60
"""So many empty rows in a row end a sheet, as in pyxform."""


def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + " MB"
