"""Labels as short as a format wants them, with an account of what was shortened."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

VARIABLE_LABEL = 255
VALUE_LABEL = 120
FILE_LABEL = 64
"""Bytes of UTF-8 that SPSS keeps of a label; a Khmer letter takes three."""
ELLIPSIS = "…"


def one_line(text: str) -> str:
    """The text with every run of blanks and line breaks as one blank, without null characters."""
    return " ".join(text.replace("\x00", "").split())


def encoded(text: str) -> bytes:
    """The text in UTF-8; half of a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace")


def cut(text: str, limit: int) -> str:
    """The text if it has at most `limit` bytes, else its beginning with "…" at the end.

    It is cut between characters, and never between a letter and the vowel signs and marks that
    belong to it.
    """
    raw = encoded(text)
    if len(raw) <= limit:
        return raw.decode()
    kept = raw[: limit - len(encoded(ELLIPSIS))].decode("utf-8", "ignore")
    whole = kept
    while whole and _continues(text, len(whole)):
        whole = whole[:-1]
    # A letter with hundreds of marks is no letter of any language: cut it anywhere.
    return (whole or kept).rstrip() + ELLIPSIS


def _continues(text: str, place: int) -> bool:
    """Whether the character there belongs to the letter before it."""
    character = text[place]
    # Marks of every script, Khmer's and Burmese's stacked consonants, and joined emoji.
    joins = unicodedata.category(character) in ("Mn", "Mc", "Me") or character == "\u200d"
    return joins or text[place - 1] in "\u17d2\u1039\u200d"


@dataclass(frozen=True, slots=True)
class Shortened:
    """A label or text that did not fit: whose, of which value ("" for the variable), in full."""

    variable: str
    column: str
    value: str
    full: str
    limit: int


@dataclass
class Shortener:
    """Cuts labels to their limits and remembers which."""

    found: list[Shortened] = field(default_factory=list)

    def variable_label(self, variable: str, column: str, parts: tuple[str, ...]) -> str:
        """The label of a variable: "Question :: Choice".

        Where that is too long the part that tells it from its neighbours comes first and the
        question is cut: a set of variables whose labels all end before the choice is of no use.
        """
        parts = tuple(one_line(part) for part in parts if part.strip())
        full = " :: ".join(parts)
        if len(encoded(full)) <= VARIABLE_LABEL:
            return encoded(full).decode()
        self.found.append(Shortened(variable, column, "", full, VARIABLE_LABEL))
        return cut(" :: ".join((*parts[1:], parts[0])), VARIABLE_LABEL)

    def value_label(self, variable: str, column: str, value: str, text: str) -> str:
        """The label of one value."""
        full = one_line(text)
        if len(encoded(full)) > VALUE_LABEL:
            self.found.append(Shortened(variable, column, value, full, VALUE_LABEL))
        return cut(full, VALUE_LABEL)
