"""Words of the ledger as SDMX identifiers, each word by one code and each code for one word.

An SDMX identifier has Latin letters, digits, "-", "_", "@" and "$" only. Words that are one
already stay as they are, ":" becomes "@", and every other character becomes "$" with two
hexadecimal digits for each byte of its UTF-8: "55+" is "55$2B". Codes that SDMX has a standard
spelling for take that one.
"""

import re
from functools import lru_cache

TOTAL = "_T"
"""SDMX's code for "not broken down by this dimension"."""

BROKEN_DOWN_BY = {
    "SEX": "sex",
    "AGE": "age",
    "URBANISATION": "urbanisation",
}
"""The dimensions of the data structure that the ledger's breakdowns name, as they name them."""
COMPOSITE = "COMPOSITE_BREAKDOWN"
"""The dimension that takes whatever else a breakdown names."""

FREQUENCIES = {"": "A", "S": "S", "Q": "Q", "W": "W"}
_UNITS = {"percent": "PT", "index": "IX", "number": "NUMBER"}
_PLACES = {"urban": "U", "rural": "R"}
_SPELT = {"UNIT": _UNITS, "URBANISATION": _PLACES}
_BETWEEN = re.compile(r"([0-9]+)-([0-9]+)\Z")
_FROM = re.compile(r"([0-9]+)\+\Z")
_STANDARD_AGE = re.compile(r"Y[0-9]+T[0-9]+\Z|Y_GE[0-9]+\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_-]")


@lru_cache(maxsize=20_000)
def code(word: str, kind: str = "") -> str:
    """The identifier of a word of that kind ("AGE", "URBANISATION", "UNIT"; "" for the others)."""
    spelt = _SPELT.get(kind, {})
    if word in spelt:
        return spelt[word]
    if kind == "AGE":
        if found := _BETWEEN.match(word):
            return f"Y{found[1]}T{found[2]}"
        if found := _FROM.match(word):
            return f"Y_GE{found[1]}"
    is_taken = (
        word == TOTAL
        or word in spelt.values()
        or (kind == "AGE" and _STANDARD_AGE.match(word) is not None)
    )
    # A leading "-" or "@" would look like a formula to a spreadsheet.
    return "".join(
        _escaped(letter) if place == 0 and (is_taken or letter in "-:") else _letter(letter)
        for place, letter in enumerate(word)
    )


@lru_cache(maxsize=20_000)
def broken_down(breakdown: str) -> tuple[str, ...]:
    """The codes of a breakdown in `BROKEN_DOWN_BY`'s order, the composite last; totals as "_T"."""
    parts = dict(part.split("=", 1) for part in breakdown.split(";")) if breakdown else {}
    named = [
        code(parts.pop(word), dimension) if word in parts else TOTAL
        for dimension, word in BROKEN_DOWN_BY.items()
    ]
    rest = ";".join(f"{name}={value}" for name, value in parts.items())
    return (*named, code(rest) if rest else TOTAL)


def frequency(period: str) -> str:
    """SDMX's code for the length of a period: A, S, Q, M or W."""
    return FREQUENCIES.get(period[5:6], "M")


def _letter(letter: str) -> str:
    if letter == ":":
        return "@"
    return letter if _PLAIN.match(letter) else _escaped(letter)


def _escaped(letter: str) -> str:
    return "".join(f"${byte:02X}" for byte in letter.encode("utf-8", "surrogatepass"))
