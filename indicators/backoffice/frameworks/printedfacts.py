"""Figures that a framework's document prints about itself: totals, tables and sums, on forms.

Whatever is not on the form is kept as it was loaded, so that the workbook stays the same.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators import printed, services
from indicators.backoffice.access import needs
from indicators.backoffice.frameworks.printedforms import (
    TOTAL_LABELS,
    SumForm,
    TableForm,
    TotalForm,
    figure_rows,
    sum_rows,
)
from indicators.errors import IndicatorsError
from indicators.frameworks import digest
from indicators.models import Framework
from indicators.printed import editing


@require_safe
@needs("change_framework")
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """All that is printed, and whether the figures agree with each other."""
    framework = get_object_or_404(Framework, slug=slug)
    facts = framework.printed_facts
    totals = [
        {"label": TOTAL_LABELS.get(key, key)} | _shown(facts[key], TotalForm)
        for key in editing.totals(facts)
        if isinstance(facts.get(key), dict)
    ]
    return render(
        request,
        "indicators/backoffice/frameworks/printed.html",
        {
            "page_title": _("Printed figures"),
            "page_subtitle": str(framework),
            "header_icon": "openquote",
            "framework": framework,
            "totals": totals,
            "tables": printed.tables(framework),
            "sums": [_shown(one, SumForm) for one in editing.dicts_of(facts, "sums")],
            "checks": printed.checks(framework),
            "seen": digest(facts),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_framework")
def totals(request: HttpRequest, slug: str) -> HttpResponse:
    """The totals that the source states about its indicators and its parts."""
    framework = get_object_or_404(Framework, slug=slug)
    facts = framework.printed_facts
    shown = []
    for place, key in enumerate(editing.totals(facts)):
        held = facts.get(key) if isinstance(facts.get(key), dict) else {}
        form = TotalForm(_posted(request), initial=_shown(held, TotalForm), prefix=f"total-{place}")
        shown.append((key, TOTAL_LABELS.get(key, key), form))
    if request.method == "POST" and _all_valid(*(form for _key, _label, form in shown)):
        changed = facts
        for key, _label, form in shown:
            if form.has_changed():
                changed = editing.with_total(changed, key, form.cleaned_data)
        if _save(request, framework, changed):
            return redirect("indicators_office:printed_facts", slug=slug)
    return _page(
        request,
        framework,
        "printed_totals",
        _("Totals that the source states"),
        {
            "totals": [(label, form) for _key, label, form in shown],
            "is_wrong": any(form.errors for _key, _label, form in shown),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_framework")
def table(request: HttpRequest, slug: str, place: int | None = None) -> HttpResponse:
    """A table of the document with its figures, the one at `place` or a new one."""
    framework = get_object_or_404(Framework, slug=slug)
    facts = framework.printed_facts
    held = editing.dicts_of(facts, "tables")
    before = {} if place is None else _at(held, place)
    form = TableForm(
        _posted(request),
        initial=_shown(before, TableForm),
        framework=framework,
        others=[editing.shown(one, "number") for one in held if one is not before],
    )
    figures = figure_rows(_posted(request), editing.dicts_of(before, "figures"))
    if request.method == "POST" and _all_valid(form, figures):
        changed = editing.with_table(facts, place, form.cleaned_data, figures.rows)
        broken = editing.broken_sums(facts, changed)
        for text, name in broken:
            form.add_error(None, _needed(text, name))
        if not broken and _save(request, framework, changed):
            return redirect("indicators_office:printed_facts", slug=slug)
    title = _("New printed table") if place is None else _("Printed table")
    return _page(
        request,
        framework,
        "printed_table",
        title,
        {"form": form, "figures": figures, "place": place},
    )


@require_POST
@needs("change_framework")
def remove_table(request: HttpRequest, slug: str, place: int) -> HttpResponse:
    """Take a table out. The framework's history keeps it."""
    framework = get_object_or_404(Framework, slug=slug)
    facts = framework.printed_facts
    _at(editing.dicts_of(facts, "tables"), place)
    changed = editing.without_table(facts, place)
    broken = editing.broken_sums(facts, changed)
    for text, name in broken:
        messages.error(request, _needed(text, name))
    if broken or not _save(request, framework, changed):
        return redirect("indicators_office:printed_table", slug=slug, place=place)
    return redirect("indicators_office:printed_facts", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_framework")
def sums(request: HttpRequest, slug: str) -> HttpResponse:
    """Which printed figures shall add up to which."""
    framework = get_object_or_404(Framework, slug=slug)
    facts = framework.printed_facts
    tables = printed.tables(framework)
    rows = sum_rows(_posted(request), editing.dicts_of(facts, "sums"), tables)
    if (
        request.method == "POST"
        and rows.is_valid()
        and _save(request, framework, editing.with_sums(facts, rows.rows))
    ):
        return redirect("indicators_office:printed_facts", slug=slug)
    return _page(
        request,
        framework,
        "printed_sums",
        _("Printed figures that add up"),
        {
            "rows": rows,
            "names": [
                (f"{one.number}:{figure.key}", figure.number, figure.text)
                for one in tables
                for figure in one.figures
                if figure.number is not None
            ],
        },
    )


def _all_valid(*asked: Any) -> bool:
    """Whether all are valid; every one is asked, so that every one tells what is wrong with it."""
    return not [form for form in asked if not form.is_valid()]


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _shown(said: Mapping[str, Any], form: type[forms.Form]) -> dict[str, Any]:
    """What a form shows of a row."""
    return {name: editing.shown(said, name) for name in form.base_fields}


def _at(held: list[dict[str, Any]], place: int) -> dict[str, Any]:
    if place >= len(held):
        raise Http404(_("There is no such table."))
    return held[place]


def _needed(text: str, name: str) -> str:
    return _("The sum “%(sum)s” needs the number %(figure)s. Change the sum first.") % {
        "sum": text,
        "figure": name,
    }


def _save(request: HttpRequest, framework: Framework, facts: Mapping[str, Any]) -> bool:
    """Save and say so; where somebody else has saved meanwhile, say that and return False."""
    try:
        is_changed = services.save_printed_facts(
            framework=framework,
            facts=facts,
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=timezone.now(),
        )
    except IndicatorsError as error:
        messages.error(request, str(error))
        return False
    if is_changed:
        messages.success(request, _("The printed figures are saved."))
    else:
        messages.info(request, _("Nothing was changed."))
    return True


def _page(
    request: HttpRequest, framework: Framework, name: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    return render(
        request,
        f"indicators/backoffice/frameworks/{name}.html",
        {
            "page_title": title,
            "page_subtitle": str(framework),
            "header_icon": "openquote",
            "framework": framework,
            "seen": request.POST.get("seen") or digest(framework.printed_facts),
            **context,
        },
        status=422 if request.method == "POST" else 200,
    )
