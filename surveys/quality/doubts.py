"""Doubts about one response, computed when it is handed in. A flag never changes an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surveys.questionnaire.definition import MISSING_CODES, Definition

SECONDS_PER_QUESTION = 2.0
SHORTEST_GRID = 4


@dataclass(frozen=True, slots=True)
class Doubt:
    """A kind of `QualityFlag`, a score from 0 (no doubt) to 1 (certain), and how it came about."""

    kind: str
    score: float
    how: str


def doubts(
    definition: Definition,
    answers: Mapping[str, Any],
    paradata: Mapping[str, Any],
    *,
    minimum_seconds: int,
) -> list[Doubt]:
    """What speaks against taking this response at face value."""
    found: list[Doubt] = []
    if paradata.get("honeypot"):
        found.append(Doubt("honeypot", 1.0, "a field hidden from people was filled"))
    if strangers := paradata.get("strangers"):
        found.append(Doubt("tampered", 0.9, f"posted without being asked: {', '.join(strangers)}"))
    if crowd := paradata.get("crowd"):
        share = round(min(0.9, 0.3 * crowd), 2)
        found.append(Doubt("burst", share, "one of many from one network within ten minutes"))
    if (proof := paradata.get("proof")) in ("question", "none"):
        how = "a question was answered instead" if proof == "question" else "no script ran"
        found.append(Doubt("lower_trust", 0.2 if proof == "question" else 0.3, how))
    calculated = {q.code for q in definition.questions if q.kind == "calculate"}
    asked = sum(1 for code, value in answers.items() if value != "-7" and code not in calculated)
    seconds = sum(paradata.get("seconds", {}).values())
    least = max(float(minimum_seconds), SECONDS_PER_QUESTION * asked)
    if seconds < least:
        score = round(1 - seconds / least, 3) if least else 0.0
        found.append(Doubt("speeding", score, f"{seconds:.0f} s for {asked} questions"))
    for question in definition.questions:
        value = answers.get(question.code)
        if question.kind != "matrix" or not isinstance(value, Mapping):
            continue
        given = set(value.values())
        if len(value) >= SHORTEST_GRID and len(given) == 1 and not given & set(MISSING_CODES):
            score = round(min(0.9, len(value) / 20), 3)
            found.append(
                Doubt("straight_lining", score, f"{len(value)} rows of {question.code} alike")
            )
    # One flag of a kind per response: the strongest.
    strongest: dict[str, Doubt] = {}
    for doubt in found:
        if doubt.kind not in strongest or strongest[doubt.kind].score < doubt.score:
            strongest[doubt.kind] = doubt
    return list(strongest.values())
