"""Saving what several people may edit: over the version that was read, as one entry of history."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from indicators.errors import EditedMeanwhile, InvalidEntry

Record = TypeVar("Record", bound=models.Model)
Connections = Mapping[str, Collection[models.Model]]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that somebody else saved since it was read: its name, theirs, and what was sent."""

    label: str
    theirs: str
    sent: str


def locked(model: type[Record], token: str, *related: str) -> Record:
    """The row with this token, locked until the transaction ends; InvalidEntry if there is none."""
    found = (
        model.objects.select_for_update(of=("self",))
        .select_related(*related)
        .filter(token=token)
        .first()
    )
    if found is None:
        raise InvalidEntry(
            _("No %(kind)s has the address “%(token)s”. Open the list again.")
            % {"kind": model._meta.verbose_name, "token": token}
        )
    return found


def check_version(
    record: models.Model,
    version: int | None,
    facts: Mapping[str, Any],
    connections: Connections | None = None,
) -> None:
    """Raise EditedMeanwhile, with each field that differs, unless `version` is the row's or None."""
    if version is None or version == record.version:
        return
    conflicts = []
    for name, value in facts.items():
        theirs = getattr(record, name)
        if theirs != value:
            field = record._meta.get_field(name)
            conflicts.append(
                Conflict(str(field.verbose_name), _words(field, theirs), _words(field, value))
            )
    for name, sent in (connections or {}).items():
        theirs = set(getattr(record, name).all())
        if theirs != set(sent):
            label = str(record._meta.get_field(name).verbose_name)
            conflicts.append(Conflict(label, _sorted(theirs), _sorted(sent)))
    last = record.history.select_related("history_user").first()
    who = last.history_user if last and last.history_user else _("Somebody else")
    raise EditedMeanwhile(
        _(
            "%(who)s saved “%(record)s” while you were writing. Nothing of yours was saved; look "
            "at what changed, then save again."
        )
        % {"who": who, "record": _short(str(record))},
        tuple(conflicts),
    )


def save_once(
    record: models.Model,
    *,
    connections: Connections | None = None,
    by: Any,
    at: datetime,
    reason: str = "",
) -> None:
    """Save a row with its connections as one entry of the history, one version further."""
    is_new = record.pk is None
    record._history_user, record._history_date = by, at
    # The library keeps a hundred characters.
    record._change_reason = reason.strip()[:100]
    if not is_new:
        record.version += 1
    if connections:
        # Connections first and the row last, so that one entry of the history holds all of it.
        record.skip_history_when_saving = True
        if is_new:
            record.save()
        for name, rows in connections.items():
            getattr(record, name).set(rows)
        del record.skip_history_when_saving
    record.save()
    if is_new and connections:
        record.history.filter(history_type="~").update(history_type="+")


def _words(field: models.Field, value: Any) -> str:
    choices = dict(field.flatchoices)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(choices.get(value, value))


def _sorted(rows: Collection[Any]) -> str:
    return ", ".join(sorted(str(row) for row in rows))


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:78]}…"
