"""How much of a spreadsheet is read. Beyond it a file is refused with a sentence, never cut."""

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024
"""All parts of a workbook together, as they are and not as the archive declares them."""
MAX_RATIO = 200
"""How many times larger than packed a part of more than a megabyte may be."""
MAX_PARTS = 2000
MAX_SHARED = 100 * 1024 * 1024
"""The workbook's table of texts, which has to be held in memory."""
MAX_SHEETS = 60
MAX_ROWS = 200_000
"""Rows of the table, which its headings and what stands above them are not."""
MAX_COLUMNS = 200
MAX_CELL = 32_767
"""Characters in a cell; Excel's own limit."""


def megabytes(size: int) -> str:
    """ "50 MB", for a sentence."""
    return f"{size / 1024 / 1024:.0f} MB"
