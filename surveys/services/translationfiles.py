"""Translators' files: read into a row that shows what it would change, applied, taken back."""

import copy
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.errors import TranslationFileRefused, TranslationRefused
from surveys.models import Questionnaire, TranslationImport
from surveys.questionnaire.translation import fingerprint, slots, tidy
from surveys.questionnaire.translation.arriving import APPLICABLE, Arrival, arrivals
from surveys.questionnaire.translation.files import FileRefused, Wording, read
from surveys.services.translating import draft_for_writing, store

KEPT = timedelta(days=30)
"""How long an uploaded file's wordings are kept."""


@transaction.atomic
def receive_file(
    *, questionnaire: Questionnaire, name: str, data: bytes, at: datetime, by: Any
) -> TranslationImport:
    """Read an uploaded file and keep its wordings; nothing of the questionnaire changes.

    Raises `TranslationFileRefused` with a sentence for a file that cannot be read, and
    `TranslationRefused` for a published version.
    """
    draft = draft_for_writing(questionnaire)
    definition = draft.definition
    name = tidy(name)[-200:] or "file"
    try:
        found = read(
            data, name, languages=definition.languages, default_language=definition.default_language
        )
    except FileRefused as refusal:
        raise TranslationFileRefused(str(refusal)) from refusal
    TranslationImport.objects.filter(created_at__lt=at - KEPT).delete()
    return TranslationImport.objects.create(
        questionnaire=draft,
        file_name=name,
        rows=[
            [one.place, one.language, one.text, one.source, one.is_fuzzy, one.where]
            for one in found.wordings
        ],
        problems=[[one.where, one.sentence] for one in found.trouble],
        created_at=at,
        by=by,
    )


def arriving(file: TranslationImport, draft: Questionnaire) -> list[Arrival]:
    """What the wordings of a file would change in the draft as it is now."""
    wordings = [
        Wording(place, language, text, source, where, is_fuzzy)
        for place, language, text, source, is_fuzzy, where in file.rows
    ]
    return arrivals(draft.definition, draft.translated_from, wordings)


@transaction.atomic
def apply_file(
    *, file: TranslationImport, sorts: Collection[str], at: datetime, by: Any = None
) -> int:
    """Write the wordings of the chosen sorts into the draft as it is now; return how many.

    A wording made from another source wording stays marked as such. Raises `TranslationRefused` for
    a file that was applied already, a published version or a sort that cannot be applied.
    """
    held = TranslationImport.objects.select_for_update(of=["self"]).get(pk=file.pk)
    if held.applied_at is not None:
        raise TranslationRefused(_("This file has been applied already."))
    if unknown := set(sorts) - set(APPLICABLE):
        raise TranslationRefused(_("“%(sort)s” cannot be applied.") % {"sort": min(unknown)[:40]})
    draft = draft_for_writing(held.questionnaire)
    before = copy.deepcopy(draft.document)
    chosen = [one for one in arriving(held, draft) if one.sort in sorts]
    room = slots(draft.document)
    replaced: list[list[Any]] = []
    for one in chosen:
        place, language = one.wording.place, one.wording.language
        known = draft.translated_from.get(place, {}).get(language)
        replaced.append([place, language, room[place].texts.get(language, ""), known])
        room[place].write(language, one.wording.text)
    store(draft, before, summary=_summary(held), subject=f"file:{held.token}", at=at, by=by)
    _say_what_they_were_made_from(draft, chosen)
    held.applied_at, held.replaced, held.by = at, replaced, by or held.by
    held.save(update_fields=["applied_at", "replaced", "by"])
    return len(chosen)


def _summary(file: TranslationImport) -> str:
    return _("Translations from “%(file)s”") % {"file": file.file_name[-120:]}


def _say_what_they_were_made_from(draft: Questionnaire, chosen: list[Arrival]) -> None:
    recorded = {place: dict(known) for place, known in draft.translated_from.items()}
    for one in chosen:
        source = one.wording.source if one.sort == "differs" else one.source
        recorded.setdefault(one.wording.place, {})[one.wording.language] = [
            fingerprint(source),
            fingerprint(one.wording.text),
        ]
    draft.translated_from = recorded
    draft.save(update_fields=["translated_from"])


@transaction.atomic
def revert_file(*, file: TranslationImport, at: datetime, by: Any = None) -> tuple[int, int]:
    """Give back what applying a file replaced; return how many, and how many were left alone
    because somebody changed them afterwards.

    Raises `TranslationRefused` for a file that is not applied or was taken back.
    """
    held = TranslationImport.objects.select_for_update(of=["self"]).get(pk=file.pk)
    if held.applied_at is None or held.reverted_at is not None:
        raise TranslationRefused(_("There is nothing of this file to take back."))
    draft = draft_for_writing(held.questionnaire)
    before = copy.deepcopy(draft.document)
    wrote = {(place, language): text for place, language, text, *_rest in held.rows}
    room = slots(draft.document)
    recorded = {place: dict(known) for place, known in draft.translated_from.items()}
    given_back = 0
    for place, language, text, known in held.replaced:
        slot = room.get(place)
        if (
            slot is None
            or language not in draft.definition.languages
            or fingerprint(slot.texts.get(language, "")) != fingerprint(wrote[place, language])
        ):
            continue
        slot.write(language, text)
        recorded.setdefault(place, {})[language] = known or ["", ""]
        given_back += 1
    draft.translated_from = recorded
    summary = _("Took back: %(what)s") % {"what": _summary(held)}
    store(draft, before, summary=summary, subject=f"file:{held.token}:back", at=at, by=by)
    held.reverted_at = at
    held.save(update_fields=["reverted_at"])
    return given_back, len(held.replaced) - given_back
