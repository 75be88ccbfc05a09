"""Names that SPSS and its readers take: from column names such as "where=tv" or "trust/asean"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from anyascii import anyascii

LONGEST_NAME = 64
"""Bytes of a variable's name; names are ASCII, so characters too."""
RESERVED = frozenset("ALL AND BY EQ GE GT LE LT NE NOT OR TO WITH".split())
_ILLEGAL = re.compile(r"[^A-Za-z0-9_.]+")


def legal_names(wanted: Iterable[str]) -> dict[str, str]:
    """Each wanted name with its legal one, in the order given.

    Legal: ASCII, a letter first, no full stop or underscore last, no reserved word, at most 64
    bytes, and different from all before it whatever the case of the letters. Who comes first keeps
    the plain name, so an order that only ever grows at its end gives names that stay.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in wanted:
        if name in found:
            continue
        stem = _legal(name)
        legal, number = stem, 1
        while legal.upper() in taken:
            number += 1
            ending = f"_{number}"
            legal = stem[: LONGEST_NAME - len(ending)].rstrip("._") + ending
        taken.add(legal.upper())
        found[name] = legal
    return found


def _legal(name: str) -> str:
    text = _ILLEGAL.sub("_", anyascii(name)).strip("._")[:LONGEST_NAME].rstrip("._")
    if not text or not text[0].isalpha():
        text = f"v{text}"[:LONGEST_NAME].rstrip("._")
    return f"{text}_v" if text.upper() in RESERVED else text
