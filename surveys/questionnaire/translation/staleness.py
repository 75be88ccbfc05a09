"""Which translations were made from a wording that has changed since.

Beside the document, per place and language, two fingerprints are kept: of the source wording a
translation was made from, and of the translation itself. `reconciled` brings the record up to date
after *any* change of the document, whoever made it: a translation that is new or has changed was
made from the source wording of this moment, one that stayed keeps what it was made from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .cells import Text, slots

Recorded = Mapping[str, Mapping[str, list[str]]]
"""Place to language to [fingerprint of the source wording, fingerprint of the translation]."""


def fingerprint(text: str) -> str:
    """Twelve hexadecimal digits of a wording; surrounding white space does not count."""
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:12]


def reconciled(document: Any, recorded: Recorded) -> dict[str, dict[str, list[str]]]:
    """The record that fits `document`, keeping what `recorded` says of unchanged translations."""
    found: dict[str, dict[str, list[str]]] = {}
    default = document.get("default_language") if isinstance(document, dict) else None
    for place, slot in slots(document).items():
        texts = {code: text for code, text in slot.texts.items() if isinstance(text, str)}
        source = fingerprint(texts.get(default, "")) if isinstance(default, str) else ""
        earlier = recorded.get(place, {})
        for language, text in texts.items():
            if language == default or not text.strip():
                continue
            own = fingerprint(text)
            known = earlier.get(language)
            stays = known is not None and len(known) == 2 and known[1] == own
            found.setdefault(place, {})[language] = list(known) if stays else [source, own]
    return found


def translated_from(recorded: Recorded, place: str, language: str) -> str | None:
    """The fingerprint of the source wording that this translation was made from."""
    known = recorded.get(place, {}).get(language)
    return known[0] if known else None


def is_outdated(text: Text, language: str, recorded: Recorded, default_language: str) -> bool:
    """Whether `text` has a translation in `language` that was made from another source wording."""
    if language == default_language or not text.in_language(language).strip():
        return False
    made_from = translated_from(recorded, text.place, language)
    return made_from is not None and made_from != fingerprint(text.in_language(default_language))
