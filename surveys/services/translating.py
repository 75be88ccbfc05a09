"""Writing translations of a draft: cell by cell, a repeated wording at once, a language in or out."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.errors import TranslationRefused
from surveys.models import Questionnaire
from surveys.questionnaire.definition import LANGUAGE, MAX_TEXT
from surveys.questionnaire.translation import (
    Text,
    fingerprint,
    placeholder_problem,
    shared,
    slots,
    suggestions,
    texts_of,
    tidy,
)
from surveys.services.editing.storing import checked, record

MOST_LANGUAGES = 40


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody wants a text to say. `was` is the fingerprint of the wording they saw, if the
    screen knows it: somebody else's newer wording is then not overwritten unseen."""

    text: str
    was: str | None = None


@dataclass
class Saved:
    """Places that now say what was wanted (a list's other places included), and what was refused
    with a sentence each."""

    places: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def draft_for_writing(questionnaire: Questionnaire) -> Questionnaire:
    """The draft under lock, as it stands now. Call it in a transaction.

    Raises `TranslationRefused` when it has been published meanwhile.
    """
    fresh = Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    if fresh.is_frozen:
        raise TranslationRefused(
            _(
                "Version %(number)s is published and does not change any more. "
                "Make a new version for the change."
            )
            % {"number": fresh.number}
        )
    return fresh


def require_language(draft: Questionnaire, language: str) -> None:
    """Raise `TranslationRefused` unless the draft has `language`."""
    if language not in draft.definition.languages:
        raise TranslationRefused(
            _("This questionnaire has no language “%(language)s”. Add it first.")
            % {"language": language[:40]}
        )


@transaction.atomic
def save_wordings(
    *,
    questionnaire: Questionnaire,
    language: str,
    wordings: Mapping[str, Wording],
    at: datetime,
    by: Any = None,
) -> Saved:
    """Write the wordings of places in one language; an empty one takes the translation away.

    A choice of a list that stands in several questions is written in all of them that say the same
    so far. A wording that loses or invents a placeholder, is too long, belongs to no text, or would
    overwrite one that somebody else wrote meanwhile is refused; the others are written.
    """
    draft = draft_for_writing(questionnaire)
    require_language(draft, language)
    before = copy.deepcopy(draft.document)
    texts = {text.place: text for text in texts_of(draft.definition)}
    together = shared(texts.values(), language)
    room = slots(draft.document)
    saved = Saved()
    for place, wording in wordings.items():
        wanted = tidy(wording.text)
        text = texts.get(place)
        sentence = _objection(text, language, wanted, wording.was)
        if text is None or sentence:
            saved.refused[place] = sentence
            continue
        for one in together.get(place, (place,)):
            room[one].write(language, wanted)
            saved.places.append(one)
    _store(draft, before, _("Translated into %(language)s"), language, at, by)
    return saved


def _objection(text: Text | None, language: str, wanted: str, was: str | None) -> str:
    if text is None:
        return _("There is no such text any more: somebody changed the questionnaire.")
    if len(wanted) > MAX_TEXT:
        return _("This wording has %(length)s characters; at most %(most)s fit.") % {
            "length": len(wanted),
            "most": MAX_TEXT,
        }
    now = text.in_language(language)
    if was is not None and was != fingerprint(now) and wanted != now:
        return _("Somebody else wrote “%(now)s” here meanwhile. Save again to replace it.") % {
            "now": now[:200]
        }
    if wanted and language != text.source_language:
        return placeholder_problem(text.source, wanted)
    return ""


@transaction.atomic
def confirm_wordings(*, questionnaire: Questionnaire, language: str, places: list[str]) -> int:
    """Say of translations whose source wording changed that they still fit; return how many."""
    draft = draft_for_writing(questionnaire)
    require_language(draft, language)
    definition = draft.definition
    recorded = {place: dict(known) for place, known in draft.translated_from.items()}
    confirmed = 0
    texts = {text.place: text for text in texts_of(definition)}
    together = shared(texts.values(), language)
    for place in [one for named in places for one in together.get(named, (named,))]:
        text = texts.get(place)
        if text is None or not text.in_language(language).strip():
            continue
        recorded.setdefault(place, {})[language] = [
            fingerprint(text.in_language(definition.default_language)),
            fingerprint(text.in_language(language)),
        ]
        confirmed += 1
    draft.translated_from = recorded
    draft.save(update_fields=["translated_from"])
    return confirmed


@transaction.atomic
def fill_repeated(
    *, questionnaire: Questionnaire, language: str, at: datetime, by: Any = None
) -> list[str]:
    """Give every untranslated text the translation its wording has elsewhere; return the places."""
    draft = draft_for_writing(questionnaire)
    require_language(draft, language)
    before = copy.deepcopy(draft.document)
    room = slots(draft.document)
    found = suggestions(texts_of(draft.definition), language)
    for place, wording in found.items():
        room[place].write(language, wording)
    _store(draft, before, _("Filled in repeated wordings of %(language)s"), language, at, by)
    return list(found)


@transaction.atomic
def clear_wordings(
    *,
    questionnaire: Questionnaire,
    language: str,
    wordings: Mapping[str, str],
    at: datetime,
    by: Any = None,
) -> int:
    """Take back wordings that still say what `wordings` (place to fingerprint) knew of them."""
    draft = draft_for_writing(questionnaire)
    require_language(draft, language)
    before = copy.deepcopy(draft.document)
    room = slots(draft.document)
    cleared = 0
    for place, known in wordings.items():
        slot = room.get(place)
        if slot is not None and fingerprint(slot.texts.get(language, "")) == known:
            slot.write(language, "")
            cleared += 1
    _store(draft, before, _("Took out wordings of %(language)s"), language, at, by)
    return cleared


@transaction.atomic
def add_language(
    *, questionnaire: Questionnaire, language: str, at: datetime, by: Any = None
) -> int:
    """Give the draft one more language. One that was taken out comes back with its wordings.

    Returns how many wordings came back. Raises `TranslationRefused` for a code that is none.
    """
    draft = draft_for_writing(questionnaire)
    if not LANGUAGE.match(language):
        raise TranslationRefused(
            _("“%(language)s” is no language code. Write it in lower case, such as km.")
            % {"language": language[:40]}
        )
    if language in draft.definition.languages:
        raise TranslationRefused(_("The questionnaire has this language already."))
    if len(draft.definition.languages) >= MOST_LANGUAGES:
        raise TranslationRefused(
            _("At most %(most)s languages are possible.") % {"most": MOST_LANGUAGES}
        )
    before = copy.deepcopy(draft.document)
    kept = draft.set_aside.pop(language, None) or {}
    draft.document["languages"] = [*draft.document["languages"], language]
    room = slots(draft.document)
    returned = [place for place in kept.get("texts", {}) if place in room]
    for place in returned:
        room[place].write(language, kept["texts"][place])
    draft.translated_from = _with_language(
        draft.translated_from, language, kept.get("translated_from", {})
    )
    _store(draft, before, _("Added the language %(language)s"), language, at, by)
    return len(returned)


@transaction.atomic
def remove_language(
    *, questionnaire: Questionnaire, language: str, at: datetime, by: Any = None
) -> int:
    """Take a language out. Its wordings are set aside until it is added again.

    Returns how many wordings were set aside. Raises `TranslationRefused` for the default language.
    """
    draft = draft_for_writing(questionnaire)
    require_language(draft, language)
    if language == draft.definition.default_language:
        raise TranslationRefused(
            _("This is the language all others are translated from. It cannot be taken out.")
        )
    before = copy.deepcopy(draft.document)
    kept: dict[str, str] = {}
    for place, slot in slots(draft.document).items():
        if text := slot.texts.get(language):
            kept[place] = text
            slot.write(language, "")
    draft.document["languages"] = [code for code in draft.document["languages"] if code != language]
    draft.set_aside[language] = {
        "texts": kept,
        "translated_from": {
            place: known[language]
            for place, known in draft.translated_from.items()
            if language in known
        },
        "at": at.isoformat(timespec="seconds"),
        "by": getattr(by, "pk", None),
    }
    _store(draft, before, _("Took out the language %(language)s"), language, at, by)
    return len(kept)


def _with_language(recorded: Any, language: str, known: Mapping[str, list[str]]) -> dict[str, Any]:
    found = {place: dict(languages) for place, languages in recorded.items()}
    for place, pair in known.items():
        found.setdefault(place, {})[language] = pair
    return found


def _store(
    draft: Questionnaire, before: Any, summary: str, language: str, at: datetime, by: Any
) -> None:
    store(
        draft,
        before,
        summary=summary % {"language": language},
        subject=f"translation:{language}",
        at=at,
        by=by,
    )


def store(
    draft: Questionnaire, before: Any, *, summary: str, subject: str, at: datetime, by: Any
) -> None:
    """Save a draft under lock and write the step down beside those of the builder.

    Raises `EditRefused` if the document would then not be a questionnaire.
    """
    draft.document = checked(draft.document)
    draft.save(update_fields=["document", "translated_from", "set_aside"])
    if draft.document != before:
        record(draft=draft, before=before, summary=summary, subject=subject, by=by, at=at)
