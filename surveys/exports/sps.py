"""SPSS syntax for what a `.sav` file written by us cannot carry.

Sets of multiple responses; and, as attributes of the variables, the labels that had to be
shortened. No words of a questionnaire stand outside quotation marks, so that none can be run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from surveys.exports.holding import Held
from surveys.exports.labels import VARIABLE_LABEL, Shortened, cut, encoded, one_line
from surveys.exports.names import LONGEST_NAME, legal_names
from surveys.exports.variables import TEXT, Variable, Variables

LONGEST_LINE = 240
"""Bytes of a line of syntax; older versions of SPSS read 251."""
LONGEST_VALUE = 32_000
SHORT_TEXT = 8
_PIECE = 160


def syntax(
    variables: Variables,
    held: Held,
    file_name: str,
    *,
    language: str,
    shortened: Iterable[Shortened],
) -> str:
    """The whole `.sps` for the file `file_name`, to be run after that file has been opened."""
    lines = [
        "* Encoding: UTF-8.",
        f"* Open {file_name} first, then run this file.",
        "* It defines the sets of multiple responses and keeps labels that were shortened in full,",
        "  as attributes of their variables.",
        "",
        *_sets(variables, language),
        *_missing(held),
        *_attributes(shortened),
        *_weights(variables.all),
        "* Save the file to keep all this.",
        "",
    ]
    return "\r\n".join(lines)


def _sets(variables: Variables, language: str) -> Iterator[str]:
    names = legal_names(question.code for question, _found in variables.sets)
    for question, found in variables.sets:
        definition = variables.alignment.definition_of(question.code)
        words = definition.text(question.label, language) or question.code
        label = cut(one_line(words), VARIABLE_LABEL)
        yield "MRSETS"
        yield f"  /MDGROUP NAME=${names[question.code][: LONGEST_NAME - 1]}"
        yield "   LABEL="
        yield from _literal(label)
        yield "   CATEGORYLABELS=VARLABELS"
        yield "   VARIABLES="
        yield from (f"    {variable.name}" for variable in found)
        yield "   VALUE=1."
        yield ""


def _missing(held: Held) -> Iterator[str]:
    """Missing codes of long texts once more.

    PSPP before 2.0 reads the record that holds them in the `.sav` otherwise than SPSS, R and
    pandas do, warns and leaves them out.
    """
    for column in held.columns:
        one = column.variable
        if column.storage == TEXT and column.width > SHORT_TEXT and one.missing:
            codes = " ".join(f"'{code}'" for code in one.missing)
            yield f"MISSING VALUES {one.name} ({codes})."
    yield ""


def _attributes(shortened: Iterable[Shortened]) -> Iterator[str]:
    found: dict[str, list[Shortened]] = {}
    for one in shortened:
        found.setdefault(one.variable, []).append(one)
    for name, ones in found.items():
        yield f"VARIABLE ATTRIBUTE VARIABLES={name}"
        number = 0
        yield "  ATTRIBUTE="
        for one in ones:
            if one.value:
                number += 1
                yield f"   FullValueLabel[{number}]("
                yield from _literal(f"{one.value} = {one.full}")
            else:
                yield "   FullLabel("
                yield from _literal(one.full)
            yield "   )"
        yield "  ."
        yield ""


def _weights(variables: Iterable[Variable]) -> Iterator[str]:
    names = {one.own: one.name for one in variables if one.is_weight}
    if names:
        yield "* For figures of one member state take the first weight, for ASEAN the second."
        yield f"* WEIGHT BY {names['weight']}."
        yield f"* WEIGHT BY {names['weight_asean']}."
        yield ""


def _literal(text: str) -> Iterator[str]:
    """A text in quotation marks, in pieces joined by plus signs so that no line is too long."""
    text = cut(one_line(text), LONGEST_VALUE)
    pieces = list(_pieces(text)) or [""]
    for place, piece in enumerate(pieces):
        quoted = piece.replace("'", "''")
        ending = " +" if place < len(pieces) - 1 else ""
        yield f"    '{quoted}'{ending}"


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that stay below the length of a line even with every quote doubled."""
    piece, size = "", 0
    for character in text:
        bytes_of = len(encoded(character)) * (2 if character == "'" else 1)
        if size + bytes_of > _PIECE:
            yield piece
            piece, size = "", 0
        piece += character
        size += bytes_of
    if piece:
        yield piece
