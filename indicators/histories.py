"""Who changed what of a record, and when: its history as sentences' parts, connections included."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

_NEVER_SHOWN = {"id", "token", "version", "created_at", "is_demonstration"}


@dataclass(frozen=True, slots=True)
class Change:
    """A field's value before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One save: when, by whom (empty for the system), what kind, why, and what it changed."""

    at: datetime
    who: str
    kind: str
    reason: str
    changes: tuple[Change, ...]


def history_of(
    record: models.Model,
    *,
    words: Mapping[str, Callable[[Any], str]] | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The newest `limit` saves of a record with a history; a save that changed nothing is left out.

    `words` gives for a field how to write its values, where str() would not do. One query for the
    entries and two for each kind of connection, whatever the number of entries.
    """
    entries = list(record.history.select_related("history_user")[: limit + 1])
    if not entries:
        return []
    shown = [field for field in entries[0].tracked_fields if field.name not in _NEVER_SHOWN]
    write = {field.name: _writer(field, entries, words or {}) for field in shown}
    connected = _connections(record, [entry.history_id for entry in entries])
    kinds = {"+": _("added"), "~": _("changed"), "-": _("deleted")}
    found = []
    for newer, older in zip(entries, [*entries[1:], None], strict=True):
        if len(found) == limit:
            break
        changes = []
        if older is not None and newer.history_type == "~":
            for field in shown:
                before, after = getattr(older, field.attname), getattr(newer, field.attname)
                if before != after:
                    name = write[field.name]
                    changes.append(Change(str(field.verbose_name), name(before), name(after)))
            for label, by_entry in connected:
                before, after = by_entry[older.history_id], by_entry[newer.history_id]
                if before != after:
                    changes.append(Change(label, ", ".join(before), ", ".join(after)))
            if not changes:
                continue
        found.append(
            Entry(
                newer.history_date,
                str(newer.history_user or ""),
                kinds[newer.history_type],
                newer.history_change_reason or "",
                tuple(changes),
            )
        )
    return found


def _writer(
    field: models.Field, entries: list[Any], words: Mapping[str, Callable[[Any], str]]
) -> Callable[[Any], str]:
    if field.name in words:
        return lambda value: "" if value in (None, "") else words[field.name](value)
    if field.related_model is not None:
        keys = {getattr(entry, field.attname) for entry in entries} - {None}
        rows = field.related_model._base_manager.in_bulk(keys)
        return lambda value: "" if value is None else str(rows.get(value, f"#{value}"))
    choices = dict(field.flatchoices)
    return lambda value: "" if value is None else str(choices.get(value, value))


def _connections(
    record: models.Model, entries: list[int]
) -> list[tuple[str, dict[int, list[str]]]]:
    found = []
    history = type(record).history.model
    for field in getattr(history, "_history_m2m_fields", ()):
        rows = getattr(history, field.name).model
        column = field.m2m_reverse_field_name()
        links = list(
            rows.objects.filter(history_id__in=entries).values_list("history_id", f"{column}_id")
        )
        names = {
            key: str(one)
            for key, one in field.related_model._base_manager.in_bulk(
                {key for _entry, key in links}
            ).items()
        }
        by_entry: dict[int, list[str]] = defaultdict(list)
        for entry, key in links:
            by_entry[entry].append(names.get(key, f"#{key}"))
        for named in by_entry.values():
            named.sort()
        found.append((str(field.verbose_name), by_entry))
    return found
