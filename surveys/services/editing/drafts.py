"""Beginning: a new survey, and a new draft of its questionnaire from nothing or from a version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from surveys.errors import EditRefused
from surveys.models import Questionnaire, Survey
from surveys.questionnaire.translation import reconciled

from .storing import Document, checked, content_hash


def empty_document(*, title: str, languages: list[str], default_language: str) -> Document:
    """A questionnaire with one empty page."""
    return {
        "schema": 1,
        "languages": languages,
        "default_language": default_language,
        "title": {default_language: title},
        "pages": [{"code": "page1", "title": {}, "relevant": None, "questions": []}],
    }


@transaction.atomic
def create_survey(
    *,
    code: str,
    title: str,
    population: str,
    languages: list[str],
    default_language: str,
    by: Any,
    at: datetime,
    description: str = "",
    source: Questionnaire | None = None,
    document: Document | None = None,
) -> Questionnaire:
    """Make a survey and the first draft of its questionnaire: empty, like `source`, or `document`.

    Raises `EditRefused` when the code is taken.
    """
    try:
        with transaction.atomic():
            survey = Survey.objects.create(
                code=code,
                slug=_free_slug(title or code),
                title=title,
                population=population,
                description=description,
                owner=by,
            )
    except IntegrityError as error:
        raise EditRefused(
            _("The code “%(code)s” belongs to another survey.") % {"code": code},
            fields={"code": [_("Another survey has this code. Choose another.")]},
        ) from error
    return draft_questionnaire(
        survey=survey,
        by=by,
        at=at,
        source=source,
        document=document,
        title=title,
        languages=languages,
        default_language=default_language,
    )


@transaction.atomic
def draft_questionnaire(
    *,
    survey: Survey,
    by: Any,
    at: datetime,
    source: Questionnaire | None = None,
    title: str = "",
    languages: list[str] | None = None,
    default_language: str = "",
    note: str = "",
    document: Document | None = None,
) -> Questionnaire:
    """A new draft with the next version number: like `source`, `document`, or with one empty page.

    Raises `EditRefused` while another draft of the survey is open: two would drift apart.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)
    open_draft = survey.questionnaires.filter(state=Questionnaire.State.DRAFTING).first()
    if open_draft:
        raise EditRefused(
            _("Version %(number)s is still a draft. Finish it, or go on in it.")
            % {"number": open_draft.number}
        )
    if source is not None:
        document = source.document
    elif document is None:
        languages = languages or ["en"]
        document = empty_document(
            title=title or survey.title,
            languages=languages,
            default_language=default_language or languages[0],
        )
    number = survey.questionnaires.aggregate(last=Max("number"))["last"] or 0
    document = checked(document)
    return Questionnaire.objects.create(
        survey=survey,
        number=number + 1,
        document=document,
        content_hash=content_hash(document),
        translated_from=reconciled(document, source.translated_from if source else {}),
        note=note[:300],
    )


def _free_slug(words: str) -> str:
    base = slugify(words)[:70] or "survey"
    taken = set(Survey.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
