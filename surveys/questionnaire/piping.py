"""Earlier answers in later texts: `${code}` in a label, a hint, a message, a title, the thanks.

`${code}` and `${matrix/row}` are replaced once, from left to right. What is put in is never looked
at again: an answer that holds `${age}` stays that text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_REFERENCE = re.compile(
    r"\$\{\s*([A-Za-z_][A-Za-z0-9_.-]{0,63}(?:/[A-Za-z_][A-Za-z0-9_.-]{0,63})?)\s*\}"
)

# Between items, between the last two of several, and between exactly two: CLDR's list patterns
# ("and", standard). Tetum is not in CLDR.
_LISTS: dict[str, tuple[str, str, str]] = {
    "en": (", ", " and ", " and "),
    "id": (", ", ", dan ", " dan "),
    "ms": (", ", " dan ", " dan "),
    "th": (" ", " และ", "และ"),
    "vi": (", ", " và ", " và "),
    "km": (", ", " និង ", " និង\u200b"),
    "lo": (", ", ", ", " ແລະ "),
    "my": (" - ", "နှင့် ", "နှင့် "),
    "fil": (", ", ", at ", " at "),
    "tet": (", ", " no ", " no "),
    "pt": (", ", " e ", " e "),
    "zh": ("、", "和", "和"),
    "ta": (", ", " மற்றும் ", " மற்றும் "),
}


def references_in(text: str) -> tuple[str, ...]:
    """The codes a text names, in order of appearance, without repeats."""
    return tuple(dict.fromkeys(_REFERENCE.findall(text))) if "${" in text else ()


def fill(text: str, answer: Callable[[str], str]) -> str:
    """`text` with every reference replaced by what `answer(code)` says, once."""
    if "${" not in text:
        return text
    return _REFERENCE.sub(lambda match: answer(match.group(1)), text)


def parts(text: str) -> list[tuple[str, str]]:
    """`text` in pieces: ("text", words) and ("ref", code) in turn, empty words left out."""
    pieces = _REFERENCE.split(text)
    found = [("ref" if index % 2 else "text", piece) for index, piece in enumerate(pieces)]
    return [(kind, piece) for kind, piece in found if piece]


def list_signs(language: str) -> tuple[str, str, str]:
    """What stands between items, before the last of several, and between two."""
    return _LISTS.get(language) or _LISTS.get(language.partition("-")[0]) or _LISTS["en"]


def joined(items: Sequence[str], language: str) -> str:
    """Several answers as one text, the way `language` lists things."""
    between, before_last, of_two = list_signs(language)
    if len(items) < 3:
        return of_two.join(items)
    return between.join(items[:-1]) + before_last + items[-1]
