"""Changing a framework's tree, mapping it to another, and freezing it as a version."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from indicators.errors import NotInTree, ReasonRequired, Unchanged
from indicators.frameworks import below, contents, digest
from indicators.models import Framework, FrameworkNode, FrameworkVersion, NodeMapping

_KEY = 120


def save_with_history(
    instance: models.Model, *, by: Any, at: datetime, reason: str = "", fields: Sequence[str] = ()
) -> None:
    """Save a row whose history shall say who changed it when and why."""
    instance._history_user = by
    instance._history_date = at
    instance._change_reason = reason[:100] or None
    instance.save(update_fields=list(fields) or None)


@transaction.atomic
def add_node(
    *,
    framework: Framework,
    parent: FrameworkNode | None,
    by: Any,
    at: datetime,
    key: str = "",
    **values: Any,
) -> FrameworkNode:
    """Add a node below `parent`, behind those that are there, or on top of the framework.

    Without `key` one is made from the code, or from the title. Raises NotInTree for a parent of
    another framework.
    """
    nodes = _locked(framework)
    _check_framework(framework, parent)
    siblings = [node for node in nodes if node.parent_id == (parent.pk if parent else None)]
    node = FrameworkNode(
        framework=framework,
        parent=parent,
        key=key or _free_key(values.get("code") or values["title"], {node.key for node in nodes}),
        position=_next_position(siblings or nodes),
        **values,
    )
    save_with_history(node, by=by, at=at)
    return node


@transaction.atomic
def move_node(
    *,
    node: FrameworkNode,
    parent: FrameworkNode | None,
    before: FrameworkNode | None = None,
    by: Any,
    at: datetime,
) -> None:
    """Place the node, with everything below it, under `parent`, before the sibling `before` or last.

    Raises NotInTree when `parent` is the node itself or lies below it, is of another framework, or
    is not where `before` is.
    """
    nodes = _locked(node.framework)
    _check_framework(node.framework, parent)
    if parent is not None and parent.pk in below(node, nodes):
        raise NotInTree(
            _(
                "“%(node)s” cannot be placed under “%(parent)s”, which is the same or a part of it. "
                "Choose a place outside it."
            )
            % {"node": node, "parent": parent}
        )
    parent_pk = parent.pk if parent else None
    siblings = [one for one in nodes if one.parent_id == parent_pk and one.pk != node.pk]
    moved = next(one for one in nodes if one.pk == node.pk)
    place = len(siblings)
    if before is not None:
        places = [number for number, one in enumerate(siblings) if one.pk == before.pk]
        if not places:
            raise NotInTree(
                _("“%(before)s” does not lie under the place chosen. Choose one of its parts.")
                % {"before": before}
            )
        place = places[0]
    if moved.parent_id != parent_pk:
        moved.parent = parent
        moved.position = _next_position(siblings or nodes)
        save_with_history(moved, by=by, at=at, fields=["parent", "position"])
    siblings.insert(place, moved)
    _order(siblings, by=by, at=at)


@transaction.atomic
def shift_node(*, node: FrameworkNode, steps: int, by: Any, at: datetime) -> bool:
    """Change places with the sibling before it (-1) or behind it (+1). False at the end of the row."""
    nodes = _locked(node.framework)
    siblings = [one for one in nodes if one.parent_id == node.parent_id]
    place = next(number for number, one in enumerate(siblings) if one.pk == node.pk)
    target = place + steps
    if not 0 <= target < len(siblings):
        return False
    siblings.insert(target, siblings.pop(place))
    _order(siblings, by=by, at=at)
    return True


@transaction.atomic
def retire_node(*, node: FrameworkNode, on: date, reason: str, by: Any, at: datetime) -> int:
    """Take the node and everything below it out of the framework from `on`. Nothing is deleted.

    Indicators and activities keep the node. Returns how many nodes were retired. Raises
    ReasonRequired without a reason.
    """
    if not reason.strip():
        raise ReasonRequired(_("Say why “%(node)s” is retired.") % {"node": node})
    nodes = _locked(node.framework)
    inside = below(node, nodes)
    retired = [one for one in nodes if one.pk in inside and not one.is_retired(on)]
    for one in retired:
        one.valid_to = on
        save_with_history(one, by=by, at=at, reason=reason, fields=["valid_to"])
    return len(retired)


@transaction.atomic
def reinstate_node(*, node: FrameworkNode, by: Any, at: datetime) -> None:
    """Make a retired node part of the framework again, with the nodes above it, not those below."""
    known = {one.pk: one for one in _locked(node.framework)}
    one = known.get(node.pk)
    while one is not None:
        if one.valid_to is not None:
            one.valid_to = None
            save_with_history(one, by=by, at=at, fields=["valid_to"])
        one = known.get(one.parent_id)


@transaction.atomic
def map_nodes(
    *,
    from_node: FrameworkNode,
    to_node: FrameworkNode,
    kind: str,
    note: str = "",
    source: str = "",
    by: Any,
    at: datetime,
) -> NodeMapping:
    """State how two nodes of two frameworks belong together; stating it again replaces it.

    Raises NotInTree for two nodes of one framework.
    """
    if from_node.framework_id == to_node.framework_id:
        raise NotInTree(
            _(
                "“%(one)s” and “%(other)s” are of the same framework. Map nodes of two frameworks to "
                "each other."
            )
            % {"one": from_node, "other": to_node}
        )
    found = NodeMapping.objects.select_for_update().filter(from_node=from_node, to_node=to_node)
    mapping = found.first() or NodeMapping(from_node=from_node, to_node=to_node)
    mapping.kind, mapping.note, mapping.source = kind, note, source
    save_with_history(mapping, by=by, at=at)
    return mapping


@transaction.atomic
def unmap_nodes(*, mapping: NodeMapping, by: Any, at: datetime) -> None:
    """Take a mapping back; its history stays."""
    mapping._history_user = by
    mapping._history_date = at
    mapping.delete()


@transaction.atomic
def freeze(*, framework: Framework, reason: str, by: Any, at: datetime) -> FrameworkVersion:
    """Keep all of the framework as it is now under the next number.

    Raises ReasonRequired without a reason, Unchanged when it is the same as the newest version.
    """
    if not reason.strip():
        raise ReasonRequired(_("Say why this version is frozen: adopted, reviewed, corrected …"))
    framework = Framework.objects.select_for_update().get(pk=framework.pk)
    document = contents(framework)
    found = digest(document)
    newest = FrameworkVersion.objects.filter(framework=framework).order_by("-number").first()
    if newest is not None and newest.digest == found:
        raise Unchanged(
            _("Nothing has changed since version %(number)s. It can be used as it is.")
            % {"number": newest.number}
        )
    last = FrameworkVersion.objects.filter(framework=framework).aggregate(last=Max("number"))
    return FrameworkVersion.objects.create(
        framework=framework,
        number=(last["last"] or 0) + 1,
        reason=reason.strip(),
        contents=document,
        digest=found,
        frozen_at=at,
        frozen_by=by,
    )


def _locked(framework: Framework) -> list[FrameworkNode]:
    """The framework's nodes in order, with nobody else changing its tree until we are done."""
    Framework.objects.select_for_update().get(pk=framework.pk)
    return list(FrameworkNode.objects.filter(framework=framework).order_by("position", "code"))


def _check_framework(framework: Framework, parent: FrameworkNode | None) -> None:
    if parent is not None and parent.framework_id != framework.pk:
        raise NotInTree(
            _("“%(parent)s” is part of another framework. Choose a node of “%(framework)s”.")
            % {"parent": parent, "framework": framework}
        )


def _next_position(nodes: Sequence[FrameworkNode]) -> int:
    return min(max((node.position for node in nodes), default=0) + 1, 32_767)


def _order(siblings: Sequence[FrameworkNode], *, by: Any, at: datetime) -> None:
    """Give the siblings rising positions in this order, using those they have as far as possible."""
    slots = sorted(node.position for node in siblings)
    for place in range(1, len(slots)):
        slots[place] = max(slots[place], slots[place - 1] + 1)
    if slots and slots[-1] > 32_767:
        slots = list(range(1, len(slots) + 1))
    for node, position in zip(siblings, slots, strict=True):
        if node.position != position:
            node.position = position
            save_with_history(node, by=by, at=at, fields=["position"])


def _free_key(words: str, taken: set[str]) -> str:
    base = slugify(words.replace(".", "-"))[: _KEY - 8].strip("-") or "node"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
