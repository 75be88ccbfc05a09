"""Two documents of a framework told apart: what was added, removed, moved, renamed, changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from indicators.frameworks.contents import SECTIONS, Section

ADDED, REMOVED, MOVED, RENAMED, CHANGED = "added", "removed", "moved", "renamed", "changed"
KINDS = {
    ADDED: gettext_lazy("added"),
    REMOVED: gettext_lazy("removed"),
    MOVED: gettext_lazy("moved"),
    RENAMED: gettext_lazy("renamed"),
    CHANGED: gettext_lazy("changed"),
}
_PLACES = {"parent", "position", "node"}
_NAMES = {"code", "title", "titles"}
_REFERENCES = {
    "parent": gettext_lazy("part of"),
    "node": gettext_lazy("node"),
    "indicator": gettext_lazy("indicator"),
    "area": gettext_lazy("area"),
    "other_framework": gettext_lazy("other framework"),
    "other_node": gettext_lazy("node of the other framework"),
}


@dataclass(frozen=True)
class FieldChange:
    """One column of a row, before and after, as people read it."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One row that is not the same in both documents. `kinds` are keys of `KINDS`."""

    section: str
    known_as: tuple[str, ...]
    label: str
    kinds: tuple[str, ...]
    fields: Sequence[FieldChange] = ()

    @property
    def section_label(self) -> str:
        """What the kind of row is called."""
        model = next(one.model for one in SECTIONS if one.name == self.section)
        return str(model._meta.verbose_name)

    @property
    def kind_labels(self) -> list[str]:
        """The kinds in the reader's language."""
        return [str(KINDS[kind]) for kind in self.kinds]


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Every row that differs, section by section, in the order of the later document."""
    found: list[Difference] = []
    for section in SECTIONS:
        was = _by_name(section, before)
        now = _by_name(section, after)
        for name, row in now.items():
            if name not in was:
                found.append(Difference(section.name, name, label(section, row), (ADDED,)))
            elif changed := _changed_names(was[name], row):
                found.append(_changed(section, name, was[name], row, changed))
        for name, row in was.items():
            if name not in now:
                found.append(Difference(section.name, name, label(section, row), (REMOVED,)))
    return found


def label(section: Section, row: dict[str, Any]) -> str:
    """What people call the row."""
    title = str(row.get("title", ""))
    if title:
        return f"{row['code']} {title}" if row.get("code") else title
    return " · ".join(section.known_as(row))


def field_label(section: Section, name: str) -> str:
    """What people call a column."""
    field = section.field(name)
    return str(_REFERENCES.get(name, name) if field is None else field.verbose_name)


def _by_name(section: Section, document: dict[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = document.get(section.name) or []
    if isinstance(rows, dict):
        rows = [rows]
    return {section.known_as(row): row for row in rows}


def _changed_names(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    # An older document lacks a column that the model was given later.
    return [key for key in now if key in was and was[key] != now[key]]


def _changed(
    section: Section,
    name: tuple[str, ...],
    was: dict[str, Any],
    now: dict[str, Any],
    changed: Sequence[str],
) -> Difference:
    kinds = [
        kind
        for kind, names in ((MOVED, _PLACES), (RENAMED, _NAMES))
        if not names.isdisjoint(changed)
    ]
    if set(changed) - _PLACES - _NAMES or not kinds:
        kinds.append(CHANGED)
    return Difference(
        section.name,
        name,
        label(section, now),
        tuple(kinds),
        [
            FieldChange(key, field_label(section, key), _said(was[key]), _said(now[key]))
            for key in changed
        ],
    )


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_said(part)}" for key, part in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(_said(part) for part in value)
    return str(value)
