"""Lists of answers that come again and again are translated once.

Two questions share a list when it has the same codes with the same source wordings in the same
order. The first of them stands for all, as long as no two of them were translated differently: a
language may need another word for "Yes" after another question, and then each stands on its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from .cells import Text

List = tuple[tuple[str, str], ...]


def shared(texts: Iterable[Text], language: str) -> dict[str, tuple[str, ...]]:
    """Place of a choice that stands for several to all their places, its own first."""
    lists: dict[str, list[Text]] = {}
    for text in texts:
        if text.part == "choice":
            lists.setdefault(text.question, []).append(text)
    alike: dict[List, list[list[Text]]] = {}
    for choices in lists.values():
        signature = tuple((_code(text.place), text.source) for text in choices)
        alike.setdefault(signature, []).append(choices)
    found: dict[str, tuple[str, ...]] = {}
    for questions in alike.values():
        for column in zip(*questions, strict=True) if len(questions) > 1 else ():
            wordings = {text.in_language(language) for text in column} - {""}
            if len(wordings) <= 1 and column[0].source:
                found[column[0].place] = tuple(text.place for text in column)
    return found


def _code(place: str) -> str:
    return place.partition("/choices:")[2].rpartition("/")[0]


def suggestions(texts: Iterable[Text], language: str) -> Mapping[str, str]:
    """Place without a wording to the commonest translation of the same source wording elsewhere."""
    texts = list(texts)
    known: dict[str, Counter[str]] = {}
    for text in texts:
        if text.source and (wording := text.in_language(language).strip()):
            known.setdefault(text.source, Counter())[wording] += 1
    return {
        text.place: known[text.source].most_common(1)[0][0]
        for text in texts
        if text.source in known and not text.in_language(language).strip()
    }
