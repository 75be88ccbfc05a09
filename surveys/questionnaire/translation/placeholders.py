"""`${code}` in a text stands for an earlier answer: a translation must keep every one of them."""

from __future__ import annotations

import re

from ..definition import Definition, Problem
from .cells import texts_of

_PLACEHOLDER = re.compile(r"\$\{\s*([^{}\s]{1,140})\s*\}")


def placeholders(text: str) -> tuple[str, ...]:
    """The codes a text refers to, each once, in order of appearance."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def placeholder_problem(source: str, text: str) -> str:
    """A sentence if the translation loses or invents a placeholder, else ""."""
    wanted, given = placeholders(source), placeholders(text)
    lost = [f"${{{code}}}" for code in wanted if code not in given]
    invented = [f"${{{code}}}" for code in given if code not in wanted]
    parts = []
    if lost:
        parts.append(
            f"The translation has lost {' and '.join(lost)}. "
            "Put it back exactly so: an earlier answer is shown there."
        )
    if invented:
        parts.append(
            f"The source wording has no {' or '.join(invented)}. "
            "Write placeholders exactly as in the source wording, or leave them out."
        )
    return " ".join(parts)


def placeholder_problems(definition: Definition) -> tuple[Problem, ...]:
    """Every translation whose placeholders are not those of the wording it translates."""
    found = []
    for text in texts_of(definition):
        for language in definition.languages:
            wording = text.in_language(language)
            if not wording.strip() or language == text.source_language:
                continue
            if sentence := placeholder_problem(text.source, wording):
                found.append(Problem(f"{text.place} ({language})", sentence))
    return tuple(found)
