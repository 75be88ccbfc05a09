"""Doubts about responses: what they are, what excluding would change, excluding, taking it back."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from surveys import services
from surveys.backoffice.access import needs, wave_for
from surveys.errors import ExclusionRefused
from surveys.models import ExclusionSet, QualityFlag, Response, Wave
from surveys.quality.exclusions import condition, excluded
from surveys.services.exclusions import filter_of


@require_safe
@needs("view_response")
def exclusions(request: HttpRequest, token: str) -> HttpResponse:
    """Kinds of doubt with their counts, and the exclusions that stand or stood."""
    wave = wave_for(request.user, token)
    return _page(request, wave, {})


def _page(
    request: HttpRequest, wave: Wave, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    visible = Response.objects.visible_to(request.user).filter(
        wave=wave, state=Response.State.SUBMITTED
    )
    flagged = QualityFlag.objects.filter(response__wave=wave, response__state="submitted")
    if not request.user.has_perm("surveys.view_every_area"):
        flagged = flagged.filter(response__in=visible)
    counts = dict(flagged.order_by().values_list("kind").annotate(many=Count("*")))
    sources = dict(visible.order_by().values_list("source").annotate(many=Count("*")))
    sets = ExclusionSet.objects.filter(wave=wave).select_related("author", "reverted_by")
    context = {
        "page_title": wave.title,
        "page_subtitle": _("Doubts and exclusions"),
        "header_icon": "warning",
        "wave": wave,
        "kinds": [
            {"code": kind.value, "label": kind.label, "many": counts.get(kind.value, 0)}
            for kind in QualityFlag.Kind
        ],
        "sources": [
            {"code": one.value, "label": one.label, "many": sources[one.value]}
            for one in Response.Source
            if one.value in sources
        ],
        "submitted": sum(sources.values()),
        "left_out": visible.filter(excluded(wave)).count(),
        "sets": [{"set": one, "words": _words(one.filter)} for one in sets.order_by("-created_at")],
        "chosen": {"flags": [], "sources": [], "least_score": ""},
        "may_exclude": request.user.has_perm("surveys.add_exclusionset"),
        "may_revert": request.user.has_perm("surveys.change_exclusionset"),
    }
    return render(request, "surveys/backoffice/exclusions.html", context | more, status=status)


def _words(chosen: dict[str, Any]) -> str:
    kinds = ", ".join(str(QualityFlag.Kind(kind).label) for kind in chosen.get("flags", ()))
    if least := chosen.get("least_score"):
        kinds += " " + _("(score %(least)s or more)") % {"least": least}
    if sources := chosen.get("sources"):
        kinds += "; " + ", ".join(str(Response.Source(source).label) for source in sources)
    return kinds


def _chosen(data: Any) -> dict[str, Any]:
    """The filter in a form. Raises `ExclusionRefused`."""
    text = data.get("least_score", "").strip().replace(",", ".") or "0"
    try:
        least = float(text)
    except ValueError:
        raise ExclusionRefused(_("“%(text)s” is not a number.") % {"text": text[:20]}) from None
    return filter_of(
        flags=data.getlist("flags"), sources=data.getlist("sources"), least_score=least
    )


@require_safe
@needs("add_exclusionset")
def compare(request: HttpRequest, token: str) -> HttpResponse:
    """How many responses a choice would leave out, and what that does to the figures."""
    # Only here, so that the statistics' libraries do not delay the start of every web process.
    from surveys.quality.effects import effects

    wave = wave_for(request.user, token)
    shown = {
        "flags": request.GET.getlist("flags"),
        "sources": request.GET.getlist("sources"),
        "least_score": request.GET.get("least_score", ""),
    }
    try:
        chosen = _chosen(request.GET) if shown["flags"] else None
    except ExclusionRefused as refusal:
        messages.error(request, str(refusal))
        return _page(request, wave, {"chosen": shown}, status=422)
    submitted = Response.objects.submitted().filter(wave=wave)
    standing = submitted.exclude(excluded(wave))
    more = {
        "chosen": shown,
        "effects": effects(wave, chosen=chosen, at=timezone.now()),
        "counts_now": standing.count(),
        "would_go": standing.filter(condition(chosen or {})).count(),
        "has_choice": chosen is not None,
    }
    return _page(request, wave, more)


@require_POST
@needs("add_exclusionset")
def flag(request: HttpRequest, token: str) -> HttpResponse:
    """Compare the responses with each other now instead of within ten minutes."""
    wave = wave_for(request.user, token)
    many = services.flag_wave(wave=wave, at=timezone.now())
    messages.success(
        request, ngettext("%(count)d flag.", "%(count)d flags.", many) % {"count": many}
    )
    return redirect("surveys_office:exclusions", token=token)


@require_POST
@needs("add_exclusionset")
def exclude(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the chosen responses out of the figures."""
    wave = wave_for(request.user, token)
    try:
        made = services.exclude_responses(
            wave=wave,
            name=request.POST.get("name", "").replace("\x00", ""),
            reason=request.POST.get("reason", "").replace("\x00", ""),
            chosen=_chosen(request.POST),
            at=timezone.now(),
            by=request.user,
        )
    except ExclusionRefused as refusal:
        messages.error(request, str(refusal))
        shown = {
            "flags": request.POST.getlist("flags"),
            "sources": request.POST.getlist("sources"),
            "least_score": request.POST.get("least_score", ""),
        }
        return _page(request, wave, {"chosen": shown, "name": request.POST.get("name", "")[:120],
                                     "reason": request.POST.get("reason", "")[:300]}, status=422)  # fmt: skip
    messages.success(
        request,
        _("“%(name)s” stands. The figures follow within seconds, each with your reason.")
        % {"name": made.name},
    )
    return redirect("surveys_office:exclusions", token=token)


@require_POST
@needs("change_exclusionset")
def revert(request: HttpRequest, token: str, chosen: str) -> HttpResponse:
    """Count the responses of an exclusion again."""
    wave = wave_for(request.user, token)
    found = ExclusionSet.objects.filter(wave=wave, token=chosen.replace("\x00", "")).first()
    if found is None:
        raise Http404(_("There is no such exclusion."))
    try:
        services.revert_exclusion(chosen=found, at=timezone.now(), by=request.user)
    except ExclusionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(name)s” is taken back.") % {"name": found.name})
    return redirect("surveys_office:exclusions", token=token)
