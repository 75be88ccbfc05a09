"""What an answer can be besides a choice, in the languages of the interface."""

from __future__ import annotations

from django.utils.translation import gettext, override

from surveys.questionnaire.definition import NOT_ASKED

DONT_KNOW, REFUSED = "-9", "-8"


def missing_words(language: str) -> dict[str, str]:
    """Missing code to its meaning in one language, in English where we do not have it."""
    with override(language):
        return {
            DONT_KNOW: gettext("Don't know"),
            REFUSED: gettext("Refused"),
            NOT_ASKED: gettext("Not asked"),
        }


def chosen_words(language: str) -> dict[str, str]:
    """The codes of a choice of several to their meaning in one language."""
    with override(language):
        return {"0": gettext("Not chosen"), "1": gettext("Chosen")}


def agreed_word(language: str) -> str:
    """What a consent question without choices stores when it is given, in one language."""
    with override(language):
        return gettext("Agreed")
