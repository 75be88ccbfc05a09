"""Writing one activity: the form, what other bodies do on the same, and two people at once."""

from collections.abc import Collection, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from indicators.backoffice.access import needs
from indicators.backoffice.activities import bodies_of, may_add, own_or_404
from indicators.backoffice.activityforms import ActivityForm
from indicators.backoffice.choosers import measure_chooser
from indicators.errors import EditedMeanwhile, IndicatorsError, InvalidEntry, ReasonRequired
from indicators.models import Activity, SectoralBody
from indicators.overlaps import Overlaps, find_overlaps
from indicators.services import save_activity
from indicators.trees import read_trees

_MOST_TICKS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_activity")
def edit(request: HttpRequest, token: str = "") -> HttpResponse:
    """Add an activity, or change one of a body the user reports for.

    Before anything is saved the writer sees what other bodies do on the same measures or under
    similar words: a script shows it while typing; without it the first press on "Save" shows it
    and saves nothing. The button "Look" shows it at any time and narrows the measures.
    """
    activity = own_or_404(request, token) if token else None
    if activity is None and not may_add(request):
        raise Http404
    trees = read_trees(on=timezone.now().date())
    form = ActivityForm(
        request.POST or None,
        instance=activity,
        initial={"version": activity.version if activity else None},
        bodies=bodies_of(request),
        trees=trees,
    )
    version = form["version"].value() or ""
    conflicts: tuple = ()
    status, is_stopped = 200, False
    asked = _asked(request.POST) if request.method == "POST" else _asked_of(form, activity)
    overlaps = _overlaps(request, asked, activity)
    if request.method == "POST" and "look" not in request.POST:
        status = 422
        if form.is_valid():
            is_stopped = not _has_seen(request.POST, overlaps, asked, activity)
            if is_stopped:
                status = 200
            else:
                try:
                    saved = _save(request, form, activity)
                except EditedMeanwhile as error:
                    form.add_error(None, str(error))
                    activity.refresh_from_db()
                    version, conflicts, status = activity.version, error.conflicts, 409
                except InvalidEntry as error:
                    form.add_error(error.field or None, str(error))
                except ReasonRequired as error:
                    form.add_error("withdrawn_reason", str(error))
                except IndicatorsError as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, _("“%(title)s” is saved.") % {"title": saved.title})
                    return redirect("indicators_office:activity", saved.token)
    words = request.POST.get("words", "").replace("\x00", "")[:100]
    return render(
        request,
        "indicators/backoffice/activity_form.html",
        {
            "page_title": activity.title if activity else _("New activity"),
            "page_subtitle": str(activity.lead_body) if activity else _("Work plan"),
            "header_icon": "edit",
            "form": form,
            "activity": activity,
            "version": version,
            "conflicts": conflicts,
            "chooser": measure_chooser(trees, asked["measures"], words),
            "overlaps": overlaps,
            "is_stopped": is_stopped,
        },
        status=status,
    )


@require_safe
@needs("view_activity")
def similar(request: HttpRequest) -> HttpResponse:
    """What other bodies do like what is being typed, as a part of a page."""
    asked = _asked(request.GET)
    without = request.GET.get("without", "").replace("\x00", "")[:32]
    overlaps = find_overlaps(user=request.user, without=without, **asked)
    return render(request, "indicators/backoffice/overlaps.html", {"overlaps": overlaps})


def _save(request: HttpRequest, form: ActivityForm, activity: Activity | None) -> Activity:
    return save_activity(
        activity=activity,
        facts=form.facts(),
        supporting_bodies=list(form.cleaned_data["supporting_bodies"]),
        measures=list(form.cleaned_data["measures"]),
        version=form.cleaned_data["version"] if activity else None,
        by=request.user,
        at=timezone.now(),
        reason=form.cleaned_data["reason"],
    )


def _overlaps(
    request: HttpRequest, asked: Mapping[str, Any], activity: Activity | None
) -> Overlaps:
    return find_overlaps(user=request.user, without=activity.token if activity else "", **asked)


def _has_seen(
    data: QueryDict, overlaps: Overlaps, asked: Mapping[str, Any], activity: Activity | None
) -> bool:
    """Whether all that overlaps was on the writer's screen, or nothing that matters has changed."""
    if activity is not None:
        kept = set(activity.measures.values_list("pk", flat=True))
        if asked["title"] == activity.title and set(asked["measures"]) <= kept:
            return True
    return overlaps.tokens <= set(data.getlist("seen"))


def _asked(data: QueryDict) -> dict[str, Any]:
    """What similar activities are looked for with, from anything that was sent."""
    ticked = [_number(text) for text in data.getlist("measures")[:_MOST_TICKS]]
    lead = _number(data.get("lead_body", ""))
    return {
        "title": data.get("title", "").replace("\x00", "")[:300],
        "measures": [number for number in ticked if number],
        "year_from": _year(data.get("year_from", "")),
        "year_to": _year(data.get("year_to", "")),
        "body": SectoralBody.objects.filter(pk=lead).values_list("acronym", flat=True).first()
        or "",
    }


def _asked_of(form: ActivityForm, activity: Activity | None) -> dict[str, Any]:
    bodies: Collection[SectoralBody] = form.fields["lead_body"].queryset
    if activity is None:
        only = next(iter(bodies), None) if len(bodies) == 1 else None
        return {"title": "", "measures": [], "body": only.acronym if only else ""}
    return {
        "title": activity.title,
        "measures": list(activity.measures.values_list("pk", flat=True)),
        "year_from": activity.year_from,
        "year_to": activity.year_to,
        "body": activity.lead_body.acronym,
    }


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _year(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) == 4 else None
