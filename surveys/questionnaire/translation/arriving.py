"""What a translators' file would change, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..definition import Definition
from .cells import Text, texts_of, tidy
from .files.incoming import Wording
from .placeholders import placeholder_problem
from .staleness import Recorded, is_outdated

APPLICABLE = ("new", "changed", "confirmed", "differs", "fuzzy")
"""Sorts that can be applied; the first three are what translators usually mean."""
USUAL = ("new", "changed", "confirmed")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One wording of a file beside what the questionnaire says now.

    `sort` is `new`, `changed`, `confirmed` (the same wording, said to fit the changed source),
    `same`, `differs` (made from another source wording than today's), `fuzzy` (marked as unsure),
    `unknown` (no such place) or `refused` (with a sentence).
    """

    wording: Wording
    sort: str
    now: str = ""
    source: str = ""
    sentence: str = ""


def arrivals(
    definition: Definition, recorded: Recorded, wordings: Iterable[Wording]
) -> list[Arrival]:
    """Every wording of a file with its sort, in the order of the file."""
    texts = {text.place: text for text in texts_of(definition)}
    return [_arrival(definition, recorded, one, texts.get(one.place)) for one in wordings]


def _arrival(
    definition: Definition, recorded: Recorded, one: Wording, text: Text | None
) -> Arrival:
    if text is None:
        return Arrival(
            one,
            "unknown",
            sentence="This questionnaire has no such text: the key was changed, or the question "
            "was taken out after the file was made.",
        )
    if one.language not in definition.languages or one.language == definition.default_language:
        return Arrival(one, "refused", sentence=f"The text is not translated into {one.language}.")
    now = tidy(text.in_language(one.language))
    source = tidy(text.source)
    differs = bool(one.source) and one.source != source
    if now == one.text:
        default = definition.default_language
        settles = one.is_fuzzy is False and not differs
        outdated = is_outdated(text, one.language, recorded, default)
        return Arrival(one, "confirmed" if settles and outdated else "same", now, source)
    is_source = one.language == text.source_language
    if not is_source and (sentence := placeholder_problem(source, one.text)):
        return Arrival(one, "refused", now, source, sentence)
    if differs:
        return Arrival(one, "differs", now, source)
    if one.is_fuzzy:
        return Arrival(one, "fuzzy", now, source)
    return Arrival(one, "changed" if now else "new", now, source)
