"""The texts around the questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Questionnaire, QuestionnaireEdit

from .places import Document
from .storing import edit

TEXTS = ("title", "introduction", "thanks")


def change_texts(
    *,
    questionnaire: Questionnaire,
    revision: int,
    by: Any,
    at: datetime,
    language: str,
    texts: dict[str, str],
    seed: int | None = None,
) -> QuestionnaireEdit | None:
    """Write title, introduction and thanks in one language; an empty text removes it.

    `seed` is the number that random orders follow from.
    """

    def change(document: Document) -> None:
        for name in TEXTS:
            if name in texts:
                kept = {k: v for k, v in document.get(name, {}).items() if k != language}
                document[name] = kept | ({language: texts[name]} if texts[name] else {})
        if seed is not None:
            document["seed"] = seed
        else:
            document.pop("seed", None)

    return edit(
        questionnaire=questionnaire,
        revision=revision,
        by=by,
        at=at,
        summary=_("Changed the title and the texts around the questions"),
        change=change,
        subject=f"texts:{language}",
        joins=True,
    )
