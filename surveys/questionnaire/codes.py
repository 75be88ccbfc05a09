"""Stable codes: suggested from words, free in this draft, and never one with another meaning.

A code names a column of every table and export for the life of a survey. Suggestions are ASCII
words that statistics packages accept as variable names as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .definition import Definition, Problem, Question

LONGEST = 28
RESERVED = frozenset("all and by eq ge gt le lt ne not or to with".split())
"""Words SPSS keeps for itself."""
_SMALL_WORDS = frozenset(
    "a an and any are at be been by did do does for from had has have how if in is it its me my of"
    " on or our please shall should so than that the their them there they this to was were what"
    " when which who will with would you your".split()
)
GENERATED = re.compile(r"q[0-9]+\Z")
"""Codes that were made because there were no words yet; they may still follow the label."""


def suggest(words: str, taken: Iterable[str], *, prefix: str = "q", most: int = LONGEST) -> str:
    """A free code made of the telling words of a label, or `prefix` with a number.

    `taken` are codes that are not free, compared without case.
    """
    used = {code.lower() for code in taken}
    base = _slug(words, most)
    if not base:
        return _numbered(prefix, used, first=1)
    return base if base not in used else _numbered(f"{base}_", used, first=2)


def _slug(words: str, most: int) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    parts = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    telling = [part for part in parts if part not in _SMALL_WORDS] or parts
    slug = ""
    for part in telling:
        longer = f"{slug}_{part}" if slug else part
        if len(longer) > most:
            break
        slug = longer
    slug = slug or "".join(telling)[:most]
    if slug[:1].isdigit():
        slug = f"n{slug}"[:most]
    return f"{slug}_" if slug in RESERVED else slug


def _numbered(prefix: str, used: set[str], *, first: int) -> str:
    number = first
    while f"{prefix}{number}".lower() in used:
        number += 1
    return f"{prefix}{number}"


def next_choice_code(taken: Iterable[str], words: str = "") -> str:
    """The next number where all codes are numbers, else a word made of the label.

    Don't know and refused do not count: 1, 2, 3, -9 goes on with 4.
    """
    codes = [code for code in taken if not code.startswith("-")]
    if all(code.isascii() and code.isdigit() for code in codes):
        return str(max((int(code[:18]) for code in codes), default=0) + 1)
    return suggest(words, taken, prefix="c", most=24)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a question's code stood for in an earlier published version."""

    version: int
    kind: str
    choices: Mapping[str, str]
    label: str


def meanings(versions: Iterable[tuple[int, Definition]]) -> dict[str, Meaning]:
    """Question code in lower case to its newest published meaning; versions in any order."""
    found: dict[str, Meaning] = {}
    for number, definition in sorted(versions, key=lambda pair: pair[0]):
        language = definition.default_language
        for question in definition.questions:
            found[question.code.lower()] = Meaning(
                number,
                question.kind,
                {c.code: definition.text(c.label, language) for c in question.choices},
                definition.text(question.label, language),
            )
    return found


def clash(question: Question, earlier: Mapping[str, Meaning]) -> str:
    """Why this question must not have its code, or an empty text.

    Another kind of answer under one code would put two meanings into one column.
    """
    meaning = earlier.get(question.code.lower())
    if meaning is None or meaning.kind == question.kind:
        return ""
    return (
        f"The code {question.code!r} stands for a {meaning.kind} question in version "
        f"{meaning.version} (“{meaning.label[:80]}”). A {question.kind} question needs a code of "
        f"its own, such as {suggest(f'{question.code} new', [*earlier])!r}."
    )


def remarks(definition: Definition, earlier: Mapping[str, Meaning]) -> tuple[Problem, ...]:
    """Where this draft gives a published code another meaning, with the place."""
    found = []
    for page_index, page in enumerate(definition.pages):
        for index, question in enumerate(page.questions):
            place = f"pages[{page_index}].questions[{index}]"
            if sentence := clash(question, earlier):
                found.append(Problem(f"{place}.code", sentence))
                continue
            meaning = earlier.get(question.code.lower())
            for number, choice in enumerate(question.choices if meaning else ()):
                before = meaning.choices.get(choice.code)
                now = definition.text(choice.label, definition.default_language)
                if before and now and before != now:
                    found.append(
                        Problem(
                            f"{place}.choices[{number}].label",
                            f"The code {choice.code!r} of {question.code!r} meant “{before[:60]}” "
                            f"in version {meaning.version} and now says “{now[:60]}”. If the "
                            "meaning is another one, give it a new code.",
                        )
                    )
    return tuple(found)
