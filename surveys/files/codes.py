"""Codes of answers as texts: what a file, a plan and a margin must agree on."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WHOLE = re.compile(r"(-?\d+)\.0+\Z")


def code(value: object) -> str:
    """A code as a text without blanks around it; 1, 1.0, "1" and "1.0" are the same code."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    whole = _WHOLE.match(text)
    return whole.group(1) if whole else text


def codes(values: Iterable[object]) -> tuple[str, ...]:
    """Several codes, each once, in their order."""
    return tuple(dict.fromkeys(code(value) for value in values))


def ordered(values: Iterable[str]) -> tuple[str, ...]:
    """Levels as one would list them: numbers by size, then texts by letters."""

    def place(value: str) -> tuple[int, float, str]:
        number = number_of(value)
        return (1, 0.0, value) if number is None else (0, number, value)

    return tuple(sorted(values, key=place))


def number_of(text: str) -> float | None:
    """The finite number a text says, with a decimal point; None if it says none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") and "_" not in text else None


def listed(values: Iterable[str], most: int = 8) -> str:
    """Some names for a sentence, in their order."""
    found = [str(value)[:60] for value in values]
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
