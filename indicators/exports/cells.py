"""Cells that a spreadsheet cannot take for a formula."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(text: str) -> str:
    """Text with an apostrophe before a leading = + - @ tab or line end; other text as it is.

    Only for text. A negative number is a number cell and stays one.
    """
    return f"'{text}" if text.startswith(_DANGEROUS) else text
