"""What every column and every code means, as rows: the codebook that travels with a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from surveys.exports.columns import Alignment, Column
from surveys.questionnaire.definition import NOT_ASKED, Definition, Question

HEADER = ("column", "question", "row", "choice", "kind", "versions", "wording", "code", "meaning")


def meanings(*, is_weighted: bool) -> dict[str, str]:
    """The columns that every table begins with, in words; those of weights if there are any."""
    found = {
        "response": _("a random key; it leads to nobody"),
        "version": _("the questionnaire version that was answered"),
        "language": _("the language it was answered in"),
        "source": _("open link, invitation or panel"),
        "submitted_on": _("the day"),
        "area": _("the member state, from the answers"),
        "flags": _("doubts about the response's quality, if any"),
    }
    if is_weighted:
        found |= {
            "weight": _(
                "the weight within the area, mean 1: for figures of one area; "
                "blank where the response is excluded"
            ),
            "weight_asean": _(
                "the weight across areas, in proportion to their populations: for ASEAN figures"
            ),
        }
    return found


def rows(
    alignment: Alignment, shown: Mapping[str, str], *, is_weighted: bool = False
) -> Iterator[tuple[str, ...]]:
    """One row per column and code, in the order of the columns; `shown` says what the leading ones
    are called."""
    for name, meaning in meanings(is_weighted=is_weighted).items():
        yield (shown[name], "", "", "", "", "", meaning, "", "")
    for column in alignment.columns:
        question = alignment.question(column.question)
        definition = alignment.definition_of(column.question)
        versions = " ".join(map(str, alignment.having(column)))
        before = (column.name, column.question, column.row, column.choice, column.kind, versions)
        wording = _wording(definition, question, column)
        for code, meaning in _codes(definition, question, column) or [("", "")]:
            yield (*before, wording, code, meaning)


def _wording(definition: Definition, question: Question, column: Column) -> str:
    language = definition.default_language
    parts = [definition.text(question.label, language)]
    for code, among in ((column.row, question.rows), (column.choice, question.choices)):
        parts += [
            definition.text(one.label, language) for one in among if code and one.code == code
        ]
    return " – ".join(part for part in parts if part)


def _codes(definition: Definition, question: Question, column: Column) -> list[tuple[str, str]]:
    language = definition.default_language
    if column.choice:
        found = [("1", _("chosen")), ("0", _("not chosen"))]
    else:
        found = [
            (choice.code, definition.text(choice.label, language)) for choice in question.choices
        ]
        if question.kind == "consent" and not found:
            found = [("yes", _("agreed"))]
    return [*found, (NOT_ASKED, _("not asked"))]
