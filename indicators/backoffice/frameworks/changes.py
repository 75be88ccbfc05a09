"""Who changed what when: the history of a framework, a node or an indicator with its targets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from indicators.backoffice.access import needs
from indicators.models import Baseline, Framework, FrameworkNode, Indicator, NodeMapping, Target
from indicators.printed.editing import told_apart

MOST = 200
_KINDS = {
    "+": gettext_lazy("added"),
    "~": gettext_lazy("changed"),
    "-": gettext_lazy("removed"),
}


@dataclass(frozen=True)
class Before:
    """One column, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One entry of a history."""

    at: datetime
    who: Any
    what: str
    kind: str
    reason: str
    fields: list[Before]


@require_safe
@needs("view_revision")
def of_framework(request: HttpRequest, slug: str) -> HttpResponse:
    """The framework itself, its nodes and its mappings."""
    framework = get_object_or_404(Framework, slug=slug)
    nodes = FrameworkNode.history.filter(framework_id=framework.pk)
    pairs = NodeMapping.history.filter(from_node__framework_id=framework.pk)
    entries = [Framework.history.filter(id=framework.pk), nodes, pairs]
    return _page(request, framework, framework, entries)


@require_safe
@needs("view_revision")
def of_node(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """One node and its mappings."""
    node = get_object_or_404(
        FrameworkNode.objects.select_related("framework"), framework__slug=slug, token=token
    )
    pairs = NodeMapping.history.filter(models.Q(from_node=node) | models.Q(to_node=node))
    entries = [FrameworkNode.history.filter(id=node.pk), pairs]
    return _page(request, node, node.framework, entries)


@require_safe
@needs("view_revision")
def of_indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator's description, baselines and targets; its values have revisions of their own."""
    indicator = get_object_or_404(
        Indicator.objects.visible_to(request.user).select_related("framework"), slug=slug
    )
    entries = [
        Indicator.history.filter(id=indicator.pk),
        Target.history.filter(indicator_id=indicator.pk),
        Baseline.history.filter(indicator_id=indicator.pk),
    ]
    return _page(request, indicator, indicator.framework, entries)


def _page(
    request: HttpRequest,
    record: models.Model,
    framework: Framework,
    histories: Iterable[models.QuerySet],
) -> HttpResponse:
    found = [change for entries in histories for change in changes(entries)]
    found.sort(key=lambda change: change.at, reverse=True)
    return render(
        request,
        "indicators/backoffice/frameworks/changes.html",
        {
            "page_title": _("Changes"),
            "page_subtitle": str(record),
            "header_icon": "history",
            "framework": framework,
            "changes": found[:MOST],
        },
    )


def changes(entries: models.QuerySet) -> list[Change]:
    """The newest entries of a history, each with what it changed. Saving without a change is none."""
    joined = ["history_user"]
    if entries.model is NodeMapping.history.model:
        joined += ["from_node", "to_node"]
    elif entries.model is Baseline.history.model:
        joined.append("area")
    rows = list(entries.select_related(*joined).order_by("-history_id")[: MOST * 2])
    older: dict[Any, Any] = {}
    found = []
    for row in reversed(rows):
        before = older.get(row.id)
        older[row.id] = row
        fields = _fields(before, row) if row.history_type == "~" and before is not None else []
        if row.history_type == "~" and before is not None and not fields:
            continue
        found.append(
            Change(
                row.history_date,
                row.history_user,
                _title(row),
                str(_KINDS[row.history_type]),
                row.history_change_reason or "",
                fields,
            )
        )
    return list(reversed(found))


def _fields(before: Any, after: Any) -> list[Before]:
    found = []
    for field in after.instance_type._meta.concrete_fields:
        was, now = getattr(before, field.attname), getattr(after, field.attname)
        if was != now and field.name == "printed_facts":
            found += [Before(*one) for one in told_apart(was, now)]
        elif was != now:
            found.append(Before(str(field.verbose_name), _said(field, before), _said(field, after)))
    return found


def _said(field: models.Field, row: Any) -> str:
    value = getattr(row, field.attname)
    if value is None or value == "":
        return ""
    if field.is_relation:
        found = field.related_model._base_manager.filter(pk=value).first()
        return str(found) if found is not None else str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {part}" for key, part in sorted(value.items()))[:1000]
    return str(value)


def _title(row: Any) -> str:
    if isinstance(row, Target.history.model):
        return _("target %(period)s") % {"period": row.period}
    if isinstance(row, Baseline.history.model):
        return _("baseline year of %(area)s: %(year)s") % {"area": row.area, "year": row.year}
    if isinstance(row, NodeMapping.history.model):
        return _("mapping: %(one)s – %(other)s") % {"one": row.from_node, "other": row.to_node}
    return f"{getattr(row, 'code', '')} {row.title}".strip()
