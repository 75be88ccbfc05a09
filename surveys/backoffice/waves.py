"""Waves: the list, the fieldwork page, and the steps from state to state."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from indicators.models import Area
from surveys import services
from surveys.backoffice.access import needs, wave_for
from surveys.errors import TransitionRefused
from surveys.models import QualityFlag, Response, Wave
from surveys.screens import LANGUAGE_NAMES
from surveys.services.fieldwork import NEEDS_REASON, STEPS


def verb(before: str, to: str) -> str:
    """What the button that takes a wave from one state to another says."""
    if to == Wave.State.COLLECTING:
        return _("Open") if before in (Wave.State.DRAFTED, Wave.State.SCHEDULED) else _("Reopen")
    return {
        Wave.State.DRAFTED: _("Back to draft"),
        Wave.State.SCHEDULED: _("Schedule"),
        Wave.State.PAUSED: _("Pause"),
        Wave.State.CLOSED: _("Close"),
        Wave.State.PUBLISHED: _("Mark as published"),
        Wave.State.ARCHIVED: _("Archive"),
    }[Wave.State(to)]


@require_safe
@needs("view_wave")
def waves(request: HttpRequest) -> HttpResponse:
    """Every wave with its counts."""
    found = (
        Wave.objects.visible_to(request.user)
        .select_related("survey", "questionnaire")
        .with_counts()
    )
    return render(
        request,
        "surveys/backoffice/waves.html",
        {"page_title": _("Waves"), "header_icon": "form", "waves": found},
    )


@require_safe
@needs("view_wave")
def fieldwork(request: HttpRequest, token: str) -> HttpResponse:
    """How the fieldwork goes: counts by area against target, drop-off, languages, devices."""
    wave = wave_for(request.user, token)
    visible = Response.objects.visible_to(request.user).filter(wave=wave)
    by_state: dict[str, int] = {
        row["state"]: row["many"] for row in visible.values("state").annotate(many=Count("pk"))
    }
    context = {
        "page_title": wave.title,
        "header_icon": "form",
        "wave": wave,
        "by_state": [(Response.State(state).label, many) for state, many in by_state.items()],
        "submitted": by_state.get(Response.State.SUBMITTED, 0),
        "areas": _areas(wave, visible),
        "drop_off": _drop_off(wave, visible),
        "languages": _languages(visible),
        "devices": _devices(visible),
        "flags": _flags(visible),
        "transitions": wave.transitions.select_related("by")[:12],
        "steps": _steps(wave) if request.user.has_perm("surveys.change_wave") else [],
        "may_publish": request.user.has_perm("surveys.change_wave"),
        "may_see_responses": request.user.has_perm("surveys.view_response"),
    }
    return render(request, "surveys/backoffice/fieldwork.html", context)


def _steps(wave: Wave) -> list[dict[str, Any]]:
    return [
        {
            "to": str(to),
            "label": verb(wave.state, to),
            "needs_reason": (wave.state, to) in NEEDS_REASON,
        }
        for to in sorted(STEPS[wave.state])
    ]


def _areas(wave: Wave, visible: Any) -> list[dict[str, Any]]:
    counted = dict(
        visible.filter(state=Response.State.SUBMITTED)
        .values_list("area")
        .annotate(many=Count("pk"))
    )
    names = dict(Area.objects.filter(code__in=[*counted, *wave.areas]).values_list("code", "name"))
    rows = []
    for code in sorted({*wave.areas, *counted}, key=lambda code: names.get(code, code)):
        target = wave.targets.get(code)
        many = counted.get(code, 0)
        rows.append(
            {
                "code": code,
                "name": names.get(code) or code or _("not stated"),
                "count": many,
                "target": target,
                "share": round(100 * many / target) if target else None,
                "is_thin": many < 50,
            }
        )
    return rows


def _drop_off(wave: Wave, visible: Any) -> list[dict[str, Any]]:
    """How many of those who began reached each page, counted from the furthest page of each."""
    definition = wave.questionnaire.definition
    codes = [page.code for page in definition.pages]
    reached = Counter(dict(visible.values_list("last_page").annotate(many=Count("pk"))))
    whole = sum(reached.values()) or 1
    rows = []
    for place, page in enumerate(definition.pages):
        here = sum(reached[code] for code in codes[place:])
        rows.append(
            {
                "code": page.code,
                "title": definition.text(page.title, definition.default_language),
                "reached": here,
                "share": round(100 * here / whole),
            }
        )
    return rows


def _languages(visible: Any) -> list[tuple[str, int]]:
    rows = visible.values_list("language").annotate(many=Count("pk")).order_by("-many")
    return [(LANGUAGE_NAMES.get(code, code), many) for code, many in rows]


def _devices(visible: Any) -> list[tuple[str, int]]:
    rows = visible.values_list("paradata__device").annotate(many=Count("pk")).order_by("-many")
    words = {"phone": _("Phone"), "tablet": _("Tablet"), "computer": _("Computer")}
    return [(words.get(device, _("not known")), many) for device, many in rows]


def _flags(visible: Any) -> list[tuple[str, int]]:
    rows = (
        QualityFlag.objects.filter(response__in=visible)
        .values_list("kind")
        .annotate(many=Count("pk"))
        .order_by("-many")
    )
    return [(str(QualityFlag.Kind(kind).label), many) for kind, many in rows]


@require_POST
@needs("change_wave")
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Open, pause, close or reopen a wave, with the reason that respondents may ask for."""
    wave = wave_for(request.user, token)
    to = request.POST.get("to", "")
    try:
        if to not in Wave.State.values:
            raise TransitionRefused(_("There is no such step."))
        services.move_wave(
            wave=wave,
            to=to,
            at=timezone.now(),
            by=request.user,
            reason=request.POST.get("reason", "")[:300].replace("\x00", ""),
        )
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("“%(wave)s” is now %(state)s.") % {"wave": wave, "state": wave.get_state_display()},
        )
    return redirect("surveys_office:wave", token=wave.token)


@require_POST
@needs("change_wave")
def publish(request: HttpRequest, token: str) -> HttpResponse:
    """Compute the figures now instead of within seconds of the next response."""
    # Only here, so that the statistics' libraries do not delay the start of every web process.
    from surveys.publishing import publish_wave

    wave = wave_for(request.user, token)
    if publish_wave(wave=wave, at=timezone.now()):
        messages.success(request, _("The figures of “%(wave)s” are up to date.") % {"wave": wave})
    else:
        messages.warning(request, _("The figures are being computed at this moment."))
    return redirect("surveys_office:wave", token=wave.token)
