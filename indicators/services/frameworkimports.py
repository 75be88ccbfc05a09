"""Applying a framework that was read from a file or an old version, all of it or nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, BinaryIO

from django.db import models, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from indicators.errors import ChangedMeanwhile, WrongState
from indicators.frameworks.contents import (
    BASELINES,
    FRAMEWORK,
    INDICATORS,
    MAPPINGS,
    NODES,
    TARGETS,
    Section,
)
from indicators.frameworks.drafts import Draft, draft_of, read_draft
from indicators.frameworks.proposals import Proposal, propose
from indicators.imports import read
from indicators.models import (
    Area,
    Framework,
    FrameworkImport,
    FrameworkNode,
    FrameworkVersion,
    Indicator,
)
from indicators.services.frameworks import save_with_history

_BATCH = 200
Row = dict[str, Any]


def read_workbook(*, file: BinaryIO, name: str, by: Any, at: datetime) -> FrameworkImport:
    """Read a workbook and keep what it says, applying nothing. Raises FileRefused."""
    with read(file, name) as book:
        draft = read_draft(book)
    return _kept(draft, name, by, at)


def reopen_version(*, version: FrameworkVersion, by: Any, at: datetime) -> FrameworkImport:
    """Propose an old version as the framework's new contents, applying nothing."""
    return _kept(draft_of(version.contents), str(version), by, at)


def proposal_of(found: FrameworkImport) -> Proposal:
    """What applying would do as things are now."""
    return propose(Draft.from_json(found.draft, found.problems))


@transaction.atomic
def apply_import(*, found: FrameworkImport, seen: str, by: Any, at: datetime) -> Proposal:
    """Make the framework what the proposal says. Rows with problems are left out, none is deleted.

    `seen` is the `seen_digest` of the proposal that was shown. Raises WrongState when it was applied before or the framework itself could not be read,
    ChangedMeanwhile when the framework is not what it was when the proposal was shown.
    """
    found = FrameworkImport.objects.select_for_update().get(pk=found.pk)
    if found.applied_at is not None:
        raise WrongState(_("“%(file)s” has been applied already.") % {"file": found})
    slug = Draft.from_json(found.draft, ()).slug
    Framework.objects.select_for_update().filter(slug=slug).first()
    proposal = proposal_of(found)
    if not proposal.can_be_applied:
        raise WrongState(
            _("The sheet “Framework” cannot be used as it is. Correct it and upload it again.")
        )
    if proposal.seen_digest != seen:
        raise ChangedMeanwhile(
            _(
                "The framework has changed since this preview was made; nothing was applied. Look "
                "at the new preview below."
            )
        )
    found.framework = _Writing(proposal, by, at, _("Import of %(file)s") % {"file": found}).write()
    found.applied_at = at
    found.save(update_fields=["applied_at", "framework"])
    return proposal


def _kept(draft: Draft, name: str, by: Any, at: datetime) -> FrameworkImport:
    rows, problems = draft.as_json()
    return FrameworkImport.objects.create(
        name=name[:200],
        draft=rows,
        problems=problems,
        uploaded_by=by,
        uploaded_at=at,
    )


class _Writing:
    """One proposal on its way into the tables, parents before their children."""

    def __init__(self, proposal: Proposal, by: Any, at: datetime, reason: str) -> None:
        self.proposal = proposal
        self.history = {
            "default_user": by,
            "default_date": at,
            "default_change_reason": reason[:100],
        }
        self.by, self.at, self.reason = by, at, reason
        self.touched = {(one.section, one.known_as) for one in proposal.differences}

    def write(self) -> Framework:
        framework = self.proposal.framework or Framework()
        [row] = [self.proposal.after[FRAMEWORK.name]]
        if ("framework", FRAMEWORK.known_as(row)) in self.touched:
            _fill(FRAMEWORK, framework, row)
            save_with_history(framework, by=self.by, at=self.at, reason=self.reason)
        nodes = self._tree(NODES, FrameworkNode.objects.filter(framework=framework), framework)
        self._release_codes(framework)
        indicators = self._tree(
            INDICATORS, Indicator.objects.filter(framework=framework), framework, nodes
        )
        areas = {area.code: area for area in Area.objects.all()}
        for section in (TARGETS, BASELINES):
            self._leaves(
                section,
                section.model.objects.filter(indicator__framework=framework).select_related(
                    "indicator", "area"
                ),
                lambda row: {
                    "indicator": indicators[row["indicator"]],
                    "area": areas[row["area"]],
                },
            )
        self._mappings(framework, nodes)
        return framework

    def _tree(
        self,
        section: Section,
        existing: models.QuerySet,
        framework: Framework,
        nodes: dict[str, FrameworkNode] | None = None,
    ) -> dict[str, Any]:
        """Write the rows of a section whose rows have parents; all of them by key."""
        [key] = section.known_by
        known: dict[str, Any] = {getattr(one, key): one for one in existing}
        there = set(known)
        rows = {row[key]: row for row in self.proposal.after[section.name]}

        def placed(row: Row) -> dict[str, Any]:
            where = {"framework": framework, "parent": known.get(row["parent"])}
            if nodes is not None:
                where["node"] = nodes[row["node"]] if row["node"] else None
            return where

        waiting = {name: row for name, row in rows.items() if name not in there}
        while waiting:
            ready = [row for row in waiting.values() if row["parent"] not in waiting]
            made = [_fill(section, section.model(), row, placed(row)) for row in ready]
            for one in bulk_create_with_history(made, section.model, _BATCH, **self.history):
                known[getattr(one, key)] = one
            for row in ready:
                del waiting[row[key]]
        changed = [
            _fill(section, known[name], row, placed(row))
            for name, row in rows.items()
            if name in there and self._is_touched(section, row)
        ]
        self._update(section, changed, ["parent", *(["node"] if nodes is not None else [])])
        return known

    def _release_codes(self, framework: Framework) -> None:
        """Codes that pass from one indicator to another are free before the other takes them."""
        slugs = [
            row["slug"]
            for row in self.proposal.after[INDICATORS.name]
            if self._is_touched(INDICATORS, row)
        ]
        Indicator.objects.filter(framework=framework, slug__in=slugs).update(code="")

    def _leaves(
        self,
        section: Section,
        existing: Iterable[Any],
        references: Callable[[Row], dict[str, Any]],
    ) -> None:
        known = {section.known_as(section.row(one)): one for one in existing}
        made, changed = [], []
        for row in self.proposal.after[section.name]:
            if not self._is_touched(section, row):
                continue
            one = known.get(section.known_as(row))
            (made if one is None else changed).append(
                _fill(section, one or section.model(), row, references(row))
            )
        bulk_create_with_history(made, section.model, _BATCH, **self.history)
        self._update(section, changed, [])

    def _mappings(self, framework: Framework, nodes: dict[str, FrameworkNode]) -> None:
        slugs = {row["other_framework"] for row in self.proposal.after[MAPPINGS.name]}
        others = {
            (one.framework.slug, one.key): one
            for one in FrameworkNode.objects.filter(framework__slug__in=slugs).select_related(
                "framework"
            )
        }
        self._leaves(
            MAPPINGS,
            MAPPINGS.model.objects.filter(from_node__framework=framework).select_related(
                "from_node", "to_node__framework"
            ),
            lambda row: {
                "from_node": nodes[row["node"]],
                "to_node": others[row["other_framework"], row["other_node"]],
            },
        )

    def _update(self, section: Section, changed: list[Any], references: list[str]) -> None:
        if changed:
            names = [field.name for field in section.fields] + references
            bulk_update_with_history(
                changed, section.model, names, batch_size=_BATCH, **self.history
            )

    def _is_touched(self, section: Section, row: Row) -> bool:
        return (section.name, section.known_as(row)) in self.touched


def _fill(
    section: Section, instance: Any, row: Row, references: dict[str, Any] | None = None
) -> Any:
    for field in section.fields:
        setattr(instance, field.name, field.to_python(row[field.name]))
    for name, value in (references or {}).items():
        setattr(instance, name, value)
    return instance
