"""Reporting rounds and what is handed in to them."""

from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.forms import RoundForm, SubmissionForm
from indicators.errors import IndicatorsError
from indicators.models import ReportingRound, Submission
from indicators.services.reporting import may_write


@require_safe
@needs("view_reportinground")
def rounds(request: HttpRequest) -> HttpResponse:
    """The calls for values, newest first."""
    found = (
        ReportingRound.objects.visible_to(request.user)
        .annotate(asked=Count("indicators", distinct=True))
        .order_by("-deadline_at")
    )
    now = timezone.now()
    return render(
        request,
        "indicators/backoffice/rounds.html",
        {
            "page_title": _("Reporting rounds"),
            "header_icon": "calendar",
            "rounds": [(one, one.opens_at <= now and one.closed_at is None) for one in found],
            "may_add": request.user.has_perm("indicators.add_reportinground"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_reportinground")
def new_round(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    form = RoundForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with transaction.atomic():
                made = form.save()
            return redirect("indicators_office:round", token=made.token)
    return render(
        request,
        "indicators/backoffice/form.html",
        {
            "page_title": _("New reporting round"),
            "header_icon": "calendar",
            "form": form,
            "save_label": _("Open the round"),
        },
        status=status,
    )


@require_safe
@needs("view_reportinground")
def show_round(request: HttpRequest, token: str) -> HttpResponse:
    """A round: what it asks for, and the submissions the user may see."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    now = timezone.now()
    submissions = list(
        Submission.objects.visible_to(request.user, now.date())
        .filter(round=call)
        .select_related("area", "body", "round")
        .annotate(given=Count("values"))
    )
    started = {("area", one.area_id) for one in submissions} | {
        ("body", one.body_id) for one in submissions
    }
    may_submit = request.user.has_perm("indicators.change_submission")
    return render(
        request,
        "indicators/backoffice/round.html",
        {
            "page_title": str(call),
            "header_icon": "calendar",
            "call": call,
            "is_open": call.opens_at <= now and call.closed_at is None,
            "is_late": now > call.deadline_at,
            "indicators": list(call.indicators.order_by("position")),
            "submissions": submissions,
            "areas": [
                area
                for area in (request.user.granted_areas(now.date()) if may_submit else [])
                if area.kind == "member_state" and ("area", area.pk) not in started
            ],
            "bodies": [
                body
                for body in (request.user.granted_bodies(now.date()) if may_submit else [])
                if ("body", body.pk) not in started
            ],
        },
    )


@require_POST
@needs("change_submission")
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Begin a submission for one of the user's areas or bodies."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    now = timezone.now()
    area = request.user.granted_areas(now.date()).filter(code=request.POST.get("area", ""))
    body = request.user.granted_bodies(now.date()).filter(acronym=request.POST.get("body", ""))
    chosen_area, chosen_body = area.first(), body.first()
    if (chosen_area is None) == (chosen_body is None):
        raise Http404
    try:
        begun = services.start_submission(
            round=call, area=chosen_area, body=chosen_body, by=request.user, at=now
        )
    except IndicatorsError as error:
        messages.error(request, str(error))
        return redirect("indicators_office:round", token=call.token)
    return redirect("indicators_office:submission", token=begun.token)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_submission")
def submission(request: HttpRequest, token: str) -> HttpResponse:
    """One submission: its values, its history, and the steps the user may take."""
    found = _submission(request, token)
    now = timezone.now()
    may_edit = found.is_open_for_entry and may_write(request.user, found.area, found.body, now)
    form = SubmissionForm(request.POST if request.method == "POST" else None, submission=found)
    status = 200
    if request.method == "POST":
        if not may_edit:
            raise Http404
        status = 422
        if form.is_valid():
            try:
                services.save_values(
                    submission=found, values=form.values(), by=request.user, at=now
                )
            except IndicatorsError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The draft is saved."))
                return redirect("indicators_office:submission", token=found.token)
    return render(
        request,
        "indicators/backoffice/submission.html",
        {
            "page_title": str(found.area or found.body),
            "page_subtitle": str(found.round),
            "header_icon": "doc-full",
            "submission": found,
            "form": form,
            "fields": [
                (form[f"value_{one.pk}"], form[f"note_{one.pk}"]) for one in form.indicators
            ],
            "may_edit": may_edit,
            "values": list(found.values.select_related("indicator")),
            "steps": list(found.steps.select_related("by")),
            "possible": [
                (step, dict(Submission.State.choices)[step.to_state])
                for step in services.possible_steps(found, request.user, now)
            ],
        },
        status=status,
    )


@require_POST
@needs("view_submission")
def step(request: HttpRequest, token: str) -> HttpResponse:
    """Take one step of a submission's way."""
    found = _submission(request, token)
    try:
        services.advance(
            submission=found,
            to_state=request.POST.get("to", ""),
            by=request.user,
            at=timezone.now(),
            reason=request.POST.get("reason", ""),
        )
    except IndicatorsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done: the submission has moved on."))
    return redirect("indicators_office:submission", token=found.token)


def _submission(request: HttpRequest, token: str) -> Submission:
    return get_object_or_404(
        Submission.objects.visible_to(request.user, timezone.now().date()).select_related(
            "round", "area", "body"
        ),
        token=token,
    )
