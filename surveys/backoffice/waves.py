"""Waves: the list, the fieldwork page, and the steps from state to state."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from surveys import services
from surveys.backoffice.access import needs, wave_for
from surveys.errors import TransitionRefused
from surveys.models import AuditEntry, Wave
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


def steps_of(wave: Wave) -> list[dict[str, Any]]:
    """The steps a wave can take from its state, for the buttons of its page."""
    return [
        {
            "to": str(to),
            "label": verb(wave.state, to),
            "needs_reason": (wave.state, to) in NEEDS_REASON,
        }
        for to in sorted(STEPS[wave.state])
    ]


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
        services.note(
            action=AuditEntry.Action.PUBLISHED, wave=wave, at=timezone.now(), by=request.user
        )
        messages.success(request, _("The figures of “%(wave)s” are up to date.") % {"wave": wave})
    else:
        messages.warning(request, _("The figures are being computed at this moment."))
    return redirect("surveys_office:wave", token=wave.token)
