"""What stands in a cell of a framework's workbook, as the value of a column of the document."""

import datetime
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_noop

from indicators import imports
from indicators.frameworks.contents import Section, plain
from indicators.frameworks.sheets import MOST_PIECES, cell_of, title_heading
from indicators.imports import CellRefused, Column, Value
from indicators.imports.cells import UNSTORABLE, is_empty

_YES = {"yes", "true", "1", "x", "y"}
_NO_JSON = gettext_noop("The cell does not hold JSON. Copy the cell of an exported file.")
_NO = {"no", "false", "0", "n", ""}


def columns(section: Section) -> list[Column]:
    """Every column a sheet of the section may have."""
    found = []
    for name in section.names:
        field = section.field(name)
        if name == "titles":
            found += [
                Column(f"titles.{code}", title_heading(code), parse=_text)
                for code, _label in settings.LANGUAGES
            ]
        elif isinstance(field, models.JSONField):
            found.append(Column(name, name, parse=_piece))
            found += [
                Column(f"{name}.{number}", f"{name} [{number}]", parse=_piece)
                for number in range(2, MOST_PIECES + 1)
            ]
        else:
            is_number = isinstance(field, models.DecimalField | models.IntegerField)
            label = name if field is None else str(field.verbose_name)
            found.append(
                Column(
                    name,
                    name,
                    aliases=(label,),
                    parse=partial(parse, section, name),
                    is_number=is_number,
                )
            )
    return found


def parse(section: Section, name: str, value: Value, *, sign: str = "") -> Any:
    """The value of the document that a cell means. Raises CellRefused with a sentence."""
    field = section.field(name)
    if field is None:
        return imports.word(value)
    if is_empty(value):
        return _empty(field)
    if isinstance(field, models.BooleanField):
        return _flag(value)
    if isinstance(field, models.DateField):
        found: Any = _day(value)
    elif isinstance(field, models.DecimalField):
        found = imports.decimal(value, sign=sign)
    elif isinstance(field, models.IntegerField):
        found = imports.whole(value, sign=sign)
    elif name == "period":
        found = imports.period(value)
    elif field.choices:
        found = _choice(field, imports.word(value))
    else:
        found = _text(value)
    return plain(_cleaned(field, found))


def as_read(section: Section, name: str, value: Any) -> Any:
    """What reading back an exported value gives: equal to what was read when nobody touched it."""
    field = section.field(name)
    if name == "titles":
        return {code: _text(title) for code, title in (value or {}).items() if title}
    if isinstance(field, models.JSONField):
        return value
    try:
        return parse(section, name, cell_of(section, name, value), sign=".")
    except CellRefused:
        return value


def from_json(section: Section, name: str, text: str) -> Any:
    """The value of a column kept as JSON. Raises CellRefused for what is not a JSON object."""
    field = section.field(name)
    if not text:
        return field.get_default()
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise CellRefused(_NO_JSON) from error
    # Characters that a database cannot hold hide behind escapes.
    if not isinstance(found, dict) or any(map(UNSTORABLE.search, _texts(found))):
        raise CellRefused(_NO_JSON)
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"JSON has no number {word}.")


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part


def _text(value: Value) -> str:
    return imports.text(value).replace("\r\n", "\n").replace("\r", "\n")


def _piece(value: Value) -> str:
    """A part of a long text, with the spaces at its ends."""
    found = imports.plain(value)
    return found[1:] if found[:1] == "'" and found[1:2] in tuple("=+-@") else found


def _empty(field: models.Field) -> Any:
    if field.null:
        return None
    if field.has_default():
        return plain(field.get_default())
    if not field.blank:
        raise CellRefused(gettext_noop("The cell is empty, but this column is needed."))
    return ""


def _flag(value: Value) -> bool:
    said = imports.word(value).casefold()
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise CellRefused(gettext_noop("Write yes or no."))


def _day(value: Value) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(imports.word(value)[:40])
    except ValueError as error:
        raise CellRefused(gettext_noop("Write the date as year-month-day: 2026-12-31.")) from error


def _choice(field: models.Field, said: str) -> str:
    for key, label in field.flatchoices:
        if said.casefold() in (str(key).casefold(), str(label).casefold()):
            return key
    raise CellRefused(
        gettext_noop("The word is not known here. Write one of: %(words)s."),
        words=", ".join(str(key) for key, _label in field.flatchoices if key),
    )


def _cleaned(field: models.Field, value: Any) -> Any:
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise CellRefused(" ".join(str(message) for message in error.messages)) from error
