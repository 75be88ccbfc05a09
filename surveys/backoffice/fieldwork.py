"""The page that somebody watches all day: counts against targets, and what looks wrong."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail import hooks

from indicators import charts
from indicators.models import Area
from surveys import counting, quotas
from surveys.backoffice.access import needs, wave_for
from surveys.backoffice.waves import steps_of
from surveys.counting import Counted
from surveys.models import ExclusionSet, QualityFlag, Response, Wave
from surveys.screens import LANGUAGE_NAMES

THIN = 50


@require_safe
@needs("view_wave")
def fieldwork(request: HttpRequest, token: str) -> HttpResponse:
    """How the fieldwork goes, refreshed in place while somebody looks."""
    wave = wave_for(request.user, token)
    user = request.user
    context = {
        "page_title": wave.title,
        "page_subtitle": wave.survey.title,
        "header_icon": "form",
        "wave": wave,
        "transitions": wave.transitions.select_related("by")[:12],
        "steps": steps_of(wave) if user.has_perm("surveys.change_wave") else [],
        "may_change": user.has_perm("surveys.change_wave"),
        "may_delete": user.has_perm("surveys.delete_wave") and wave.state == Wave.State.DRAFTED,
        "may_see_responses": user.has_perm("surveys.view_response"),
        "may_exclude": user.has_perm("surveys.add_exclusionset"),
        "may_audit": user.has_perm("surveys.view_auditentry"),
        "may_quota": user.has_perm("surveys.change_quota"),
        # Screens of packages that `surveys` does not know: the letters of `campaigns`.
        "wave_links": [
            link for links in hooks.get_hooks("surveys_wave_links") for link in links(request, wave)
        ],
    }
    return render(
        request,
        "surveys/backoffice/fieldwork.html",
        context | _live(request, wave, _counts(request, wave)),
    )


@require_safe
@needs("view_wave")
def live(request: HttpRequest, token: str) -> HttpResponse:
    """The part of the page that changes; 304 while it has not."""
    wave = wave_for(request.user, token)
    found = _counts(request, wave)
    quota_state = "".join(
        f"{one.pk}:{one.taken}:{one.limit}:{one.counted}" for one in wave.quotas.all()
    )
    words = f"{found.digest}{wave.state}{wave.published_at}{wave.stale_at}{wave.publish_error}{quota_state}"
    tag = f'W/"{_short(words)}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = render(
            request, "surveys/backoffice/fieldwork_live.html", _live(request, wave, found)
        )
    answer["ETag"] = tag
    return answer


def _short(words: str) -> str:
    """A short digest for an entity tag."""
    return hashlib.sha256(words.encode()).hexdigest()[:24]


def _counts(request: HttpRequest, wave: Wave) -> Counted:
    visible = Response.objects.visible_to(request.user)
    areas = None
    if not request.user.has_perm("surveys.view_every_area"):
        areas = [area.code for area in request.user.granted_areas(timezone.localdate())]
        if not request.user.has_perm("surveys.view_response"):
            areas = []
    return counting.counted(wave, visible, areas=areas)


def _live(request: HttpRequest, wave: Wave, found: Counted) -> dict[str, Any]:
    areas = _areas(wave, found)
    codes = [row["code"] for row in areas]
    wanted = sum(wave.targets.get(code, 0) for code in codes)
    submitted = found.states.get(Response.State.SUBMITTED, 0)
    quota_rows = list(wave.quotas.all())
    return {
        "wave": wave,
        "at": timezone.now(),
        "submitted": submitted,
        "wanted": wanted,
        "share": round(100 * submitted / wanted) if wanted else None,
        "today": found.days.get(_today(wave).isoformat(), 0),
        "unfinished": found.states.get(Response.State.STARTED, 0),
        "states": [
            (Response.State(state).label, many)
            for state, many in found.states.items()
            if state != Response.State.SUBMITTED
        ],
        "median": _duration(found.seconds),
        "excluded": found.excluded,
        "exclusions": ExclusionSet.objects.filter(wave=wave, reverted_at__isnull=True),
        "areas": areas,
        "cells": _cell_rows(wave, found, areas),
        "cell_heads": _cell_heads(wave),
        "quotas": [
            {
                "quota": quota,
                "share": round(100 * quota.taken / quota.limit) if quota.limit else 100,
                "is_full": quota.taken >= quota.limit,
            }
            for quota in quota_rows
        ],
        "drifted": [quota for quota in quota_rows if quota.has_drifted],
        "broken_quotas": quotas.problems(quota_rows, wave.questionnaire.definition),
        "chart": _chart(found),
        "drop_off": _drop_off(wave, found),
        "breakdowns": [
            (_("Languages"), _shares(found.languages, LANGUAGE_NAMES)),
            (_("Devices"), _shares(found.devices, _device_words())),
            (_("Sources"), _shares(found.sources, dict(Response.Source.choices))),
        ],
        "flags": [(QualityFlag.Kind(kind).label, kind, many) for kind, many in found.flags.items()],
        "flagged_at": wave.flags_computed_at,
        "may_see_responses": request.user.has_perm("surveys.view_response"),
    }


def _today(wave: Wave) -> Any:
    return timezone.now().astimezone(ZoneInfo(wave.time_zone)).date()


def _duration(seconds: int | None) -> str:
    """4 min 30 s, as one says it."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    return _("%(minutes)d min %(seconds)02d s") % {
        "minutes": seconds // 60,
        "seconds": seconds % 60,
    }


def _device_words() -> dict[str, str]:
    return {
        "phone": _("Phone"),
        "tablet": _("Tablet"),
        "computer": _("Computer"),
        "": _("not known"),
    }


def _shares(counts: Any, words: Any) -> list[dict[str, Any]]:
    whole = sum(counts.values()) or 1
    return [
        {"label": words.get(code) or code or _("not known"), "count": many,
         "share": round(100 * many / whole)}
        for code, many in counts.items()
    ]  # fmt: skip


def _areas(wave: Wave, found: Counted) -> list[dict[str, Any]]:
    names = dict(
        Area.objects.filter(code__in=[*found.areas, *wave.areas]).values_list("code", "name")
    )
    rows = []
    for code in sorted(
        {*wave.areas, *found.areas}, key=lambda code: (not code, names.get(code, code))
    ):
        target = wave.targets.get(code)
        many = found.areas.get(code, 0)
        rows.append(
            {
                "code": code,
                "name": names.get(code) or code or _("not stated"),
                "count": many,
                "target": target,
                "share": round(100 * many / target) if target else None,
                "is_thin": many < THIN,
            }
        )
    return rows


def _cell_heads(wave: Wave) -> list[dict[str, Any]]:
    """The heads of the cell table: one row of labels per question, with how many cells each spans."""
    definition = wave.questionnaire.definition
    if any(code not in definition.by_code for code in wave.cells):
        return []
    language = definition.default_language
    levels = [
        [
            definition.text(choice.label, language)
            for choice in definition.by_code[code].choices
            if choice.missing is None
        ]
        for code in wave.cells
    ]
    heads = []
    repeat = 1
    for place, labels in enumerate(levels):
        span = 1
        for later in levels[place + 1 :]:
            span *= len(later)
        heads.append({"span": span, "labels": labels * repeat})
        repeat *= len(labels)
    return heads


def _cell_rows(wave: Wave, found: Counted, areas: list[dict[str, Any]]) -> list[dict[str, Any]]:
    table = counting.cell_table(wave, found, [row["code"] for row in areas if row["code"]])
    names = {row["code"]: row["name"] for row in areas}
    return [{"name": names[code], "cells": cells} for code, cells in table.items()]


def _drop_off(wave: Wave, found: Counted) -> list[dict[str, Any]]:
    """How many of those who began reached each page, and how many stopped there."""
    definition = wave.questionnaire.definition
    codes = [page.code for page in definition.pages]
    whole = sum(found.pages.values()) or 1
    rows = []
    for place, page in enumerate(definition.pages):
        here = sum(found.pages.get(code, 0) for code in codes[place:])
        later = sum(found.pages.get(code, 0) for code in codes[place + 1 :])
        rows.append(
            {
                "title": definition.text(page.title, definition.default_language) or page.code,
                "reached": here,
                "share": round(100 * here / whole),
                # On the last page most of those who got no further handed in.
                "stopped": here - later if place + 1 < len(codes) else None,
            }
        )
    return rows


def _chart(found: Counted) -> charts.Chart | None:
    rows = counting.by_day(found)
    if not rows:
        return None
    by_week = len(rows) > 1 and found.days and len(rows) < len(found.days)
    first, last = rows[0][0], rows[-1][0]
    most = max(rows, key=lambda row: row[1])
    return charts.columns(
        _("Completed per week") if by_week else _("Completed per day"),
        [
            charts.Mark(label=_day(day), value=Decimal(many), text=number_format(many))
            for day, many in rows
        ],
        label_header=_("Week of") if by_week else _("Day"),
        description=ngettext(
            "%(count)s response from %(first)s to %(last)s; most on %(day)s: %(most)s.",
            "%(count)s responses from %(first)s to %(last)s; most on %(day)s: %(most)s.",
            sum(many for _day_name, many in rows),
        )
        % {
            "count": number_format(sum(many for _day_name, many in rows)),
            "first": first,
            "last": last,
            "day": most[0],
            "most": number_format(most[1]),
        },
    )


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j M Y")
