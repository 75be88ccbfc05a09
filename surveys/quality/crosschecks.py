"""Doubts that only show when the responses of a wave are compared with each other.

Nothing here decides anything: a flag is a reason to look. Every rule errs on the side of silence,
and its words say what was found, so that a person can judge it.
"""

import hashlib
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveys.questionnaire.definition import NOT_ASKED, Definition

FASTEST_SHARE = 0.5
"""Faster than this share of the wave's median is speeding."""
SHORTEST_VECTOR = 8
"""Coded answers a response needs before an identical one says anything."""
SHORTEST_TEXT = 20
"""Characters an open text needs before its repetition says anything."""
SAME_TEXTS = 3
SMALLEST_BURST = 20
"""Responses from one network on one day before they are a burst."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of one response: no answer, only digests of answers."""

    key: Any
    seconds: float | None
    asked: int
    vector: str
    texts: tuple[str, ...]
    place: tuple[Any, ...] | None
    area: str
    language: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A kind of `QualityFlag` for the response with this key, its score and how it came about."""

    key: Any
    kind: str
    score: float
    how: str


def facts_of(
    key: Any,
    definition: Definition,
    answers: Mapping[str, Any],
    paradata: Mapping[str, Any],
    *,
    area: str,
    language: str,
    day: date | None,
    source: str,
) -> Facts:
    """What is compared of one response. The place is its network's mark on its day, if known."""
    coded: list[str] = []
    texts: list[str] = []
    for question in definition.questions:
        value = answers.get(question.code)
        if value is None or value == NOT_ASKED or question.kind in ("note", "calculate"):
            continue
        if question.kind == "text":
            plain = " ".join(str(value).casefold().split())
            if len(plain) >= SHORTEST_TEXT:
                texts.append(_digest(plain))
        else:
            coded.append(f"{question.code}={value!r}")
    durations = paradata.get("seconds", {}).values()
    network = paradata.get("network")
    return Facts(
        key=key,
        seconds=sum(durations) if durations else None,
        asked=len(coded) + len(texts),
        vector=_digest("|".join(coded)) if len(coded) >= SHORTEST_VECTOR else "",
        texts=tuple(texts),
        place=(network, day, source) if network else None,
        area=area,
        language=language,
    )


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


def compare(found: list[Facts], *, languages: Mapping[str, Iterable[str]]) -> list[Finding]:
    """All findings about these responses of one wave.

    `languages` maps an area's code to the languages spoken officially there.
    """
    return [
        *_speeding(found),
        *_identical(found),
        *_repeated(found),
        *_bursts(found),
        *_mismatches(found, languages),
    ]


def _speeding(found: list[Facts]) -> Iterable[Finding]:
    timed = [fact.seconds for fact in found if fact.seconds]
    if len(timed) < 10:
        return
    median = statistics.median(timed)
    for fact in found:
        if fact.seconds is not None and fact.seconds < FASTEST_SHARE * median:
            yield Finding(
                fact.key,
                "speeding",
                round(1 - fact.seconds / median, 3),
                f"{fact.seconds:.0f} s; half of all took longer than {median:.0f} s",
            )


def _identical(found: list[Facts]) -> Iterable[Finding]:
    groups = Counter(fact.vector for fact in found if fact.vector)
    for fact in found:
        many = groups[fact.vector] if fact.vector else 0
        if many > 1:
            yield Finding(
                fact.key,
                "duplicate",
                # More questions and more copies make chance less likely.
                round(min(0.95, 0.3 + 0.02 * fact.asked + 0.05 * (many - 2)), 3),
                f"{many} responses with the same {fact.asked} answers",
            )


def _repeated(found: list[Facts]) -> Iterable[Finding]:
    groups = Counter(text for fact in found for text in set(fact.texts))
    for fact in found:
        many = max((groups[text] for text in fact.texts), default=0)
        if many >= SAME_TEXTS:
            yield Finding(
                fact.key,
                "repeated_text",
                round(min(0.9, 0.2 + 0.1 * (many - 2)), 3),
                f"{many} responses with the same words in an open answer",
            )


def _bursts(found: list[Facts]) -> Iterable[Finding]:
    groups: dict[Any, list[Facts]] = defaultdict(list)
    for fact in found:
        if fact.place is not None:
            groups[fact.place].append(fact)
    if not groups:
        return
    usual = statistics.median(len(group) for group in groups.values())
    for (_network, day, _source), group in groups.items():
        if len(group) < max(SMALLEST_BURST, 5 * usual if len(groups) > 2 else 0):
            continue
        for fact in group:
            yield Finding(
                fact.key,
                "burst",
                round(min(0.9, len(group) / 200 + 0.2), 3),
                f"{len(group)} responses from one network on {day}",
            )


def _mismatches(found: list[Facts], languages: Mapping[str, Iterable[str]]) -> Iterable[Finding]:
    spoken = {area: {_base(code) for code in codes} for area, codes in languages.items()}
    everywhere = Counter(code for codes in spoken.values() for code in codes)
    for fact in found:
        language = _base(fact.language)
        # English is the language of work; one that no area has as its own says nothing.
        if fact.area not in spoken or language == "en" or not everywhere[language]:
            continue
        if language not in spoken[fact.area]:
            yield Finding(
                fact.key, "mismatch", 0.3, f"answered in {fact.language}, lives in {fact.area}"
            )


def _base(code: str) -> str:
    return code.split("-")[0].lower()
