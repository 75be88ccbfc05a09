"""The page of one indicator, and that of one of its values."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from indicators import catalogue, evidence, formatting, pages, readings, workings
from indicators.kept import keep_not, kept_page
from indicators.models import Area, Indicator, Observation


@kept_page("area", "breakdown")
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One indicator: figure, charts with their tables, metadata, provenance and history."""
    indicator, parts = _family(request, slug)
    reading = asked_reading(request, indicator)
    here = reading.area(reading.here)
    now = timezone.now()
    sufficiency = here.sufficiency if here else readings.judge(indicator, [])
    # Of the group that is shown, if one was chosen; else of the figure.
    shown = readings.newest_of(reading.shown_in(reading.here)) if reading.breakdown else None
    observation = shown or reading.figure.observation
    first, further = pages.provenance(indicator, observation) if observation else ([], [])
    charts = [
        pages.by_period(indicator, reading),
        pages.by_area(indicator, reading),
        None if reading.breakdown else pages.by_group(indicator, reading),
    ]
    address = f"{settings.PUBLIC_URL}{indicator.get_absolute_url()}"
    return render(
        request,
        "indicators/detail.html",
        {
            "indicator": indicator,
            "reading": reading,
            "figure": reading.figure,
            "here": here,
            "sufficiency": sufficiency,
            "progress": here.progress if here else None,
            "workings": workings.of_area(indicator, here, reading.targets) if here else None,
            "charts": [chart for chart in charts if chart is not None],
            "values": pages.value_rows(indicator, reading.shown_in(reading.here)),
            "breakdown_text": formatting.breakdown_text(reading.breakdown),
            "choices": [
                (text, formatting.breakdown_text(text)) for text, _rows in reading.breakdowns
            ],
            "breakdowns": pages.breakdown_rows(indicator, reading),
            "observation": observation,
            "provenance": first,
            "provenance_further": further,
            "changes": pages.changes(indicator, request.user, reading.here),
            "awaited": _awaited(indicator, reading, now),
            "is_demonstration": pages.is_demonstration(reading.areas),
            "targets": [
                (target, formatting.with_unit(target.value, indicator))
                for target in reading.targets
                if target.area.code == reading.here
            ],
            "metadata": pages.concepts(indicator, reading),
            "citation": pages.citation(indicator, reading, address, f"{now:%Y-%m-%d}"),
            "snippet": embed_snippet(indicator, reading),
            "voices": evidence.of_indicator(indicator, request.user),
            "siblings": parts,
            "dataset": catalogue.data_block(
                catalogue.described(request, indicator, reading.observations)
            ),
        },
    )


@kept_page()
def value(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """One value: where it comes from, how it was computed, and what it was before."""
    row = get_object_or_404(
        Observation.objects.visible_to(request.user)
        .filter(indicator__in=Indicator.objects.visible_to(request.user))
        .select_related("indicator__framework", "area", "recorded_by"),
        indicator__slug=slug,
        token=token,
    )
    indicator = row.indicator
    first, further = pages.provenance(indicator, row)
    return render(
        request,
        "indicators/value.html",
        {
            "indicator": indicator,
            "observation": row,
            "value_text": formatting.value_text(row, indicator),
            "interval_text": formatting.interval_text(row, indicator),
            "group": formatting.breakdown_text(row.breakdown) if row.breakdown else "",
            "provenance": first,
            "provenance_further": further,
            "changes": pages.changes_of(row, request.user),
            "steps": pages.steps_of(row, request.user),
            "recorded_by": row.recorded_by if pages.may_see_names(request.user) else None,
            "is_withdrawn": row.state == Observation.State.WITHDRAWN,
        },
    )


def indicator_or_404(request: HttpRequest, slug: str) -> Indicator:
    """The indicator at this address, if the visitor may see it."""
    found = Indicator.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("framework", "node__parent", "parent"), slug=slug)


def asked_reading(request: HttpRequest, indicator: Indicator) -> readings.Reading:
    """The area and the group that the address asks for, or what there is instead."""
    area = request.GET.get("area", "")[:16]
    breakdown = request.GET.get("breakdown", "")[:200]
    reading = readings.read(
        indicator, request.user, area=area or readings.ASEAN, breakdown=breakdown
    )
    if (area and area != reading.here) or breakdown != reading.breakdown:
        keep_not(request)
    return reading


def embed_snippet(indicator: Indicator, reading: readings.Reading) -> str:
    """The element that shows the chart on another site, as text to copy."""
    path = reverse("indicators:embed", args=[indicator.slug])
    asked = pages.query(area=reading.here, breakdown=reading.breakdown)
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="560" loading="lazy"></iframe>',
        f"{settings.PUBLIC_URL}{path}{asked}",
        indicator.display_title,
    )


def _family(request: HttpRequest, slug: str) -> tuple[Indicator, list[Indicator]]:
    """The indicator at this address and its sub-indicators, in one query."""
    found = Indicator.objects.visible_to(request.user).select_related(
        "framework", "node__parent", "parent"
    )
    both = list(found.filter(Q(slug=slug) | Q(parent__slug=slug)).order_by("slug"))
    indicator = next((one for one in both if one.slug == slug), None)
    if indicator is None:
        raise Http404(_("No indicator has this address."))
    return indicator, [one for one in both if one.slug != slug]


def _awaited(indicator: Indicator, reading: readings.Reading, now: datetime) -> list[Any]:
    if indicator.data_route != Indicator.DataRoute.NATIONAL_POLICY:
        return []
    members = list(Area.objects.member_states(on=now.date()))
    return [
        (area, readings.judge(indicator, [], area).sentence)
        for area in pages.awaited_areas(indicator, reading, members)
    ]
