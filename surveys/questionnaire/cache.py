"""Parsed questionnaires, kept per process: every page of every respondent needs one."""

from typing import TYPE_CHECKING

from surveys.questionnaire.definition import Definition, parse

if TYPE_CHECKING:
    from surveys.models import Questionnaire

_KEPT = 64
_parsed: dict[str, Definition] = {}


def parsed(questionnaire: "Questionnaire") -> Definition:
    """The definition of this version; the content hash is the key, so it cannot be outdated.

    Raises `DefinitionError` if the stored document is not a questionnaire.
    """
    key = questionnaire.content_hash
    if key not in _parsed:
        remember(key, parse(questionnaire.document))
    return _parsed[key]


def remember(content_hash: str, definition: Definition) -> None:
    """Keep a definition that was just parsed from the document with this hash."""
    if len(_parsed) >= _KEPT:
        _parsed.clear()
    _parsed[content_hash] = definition
