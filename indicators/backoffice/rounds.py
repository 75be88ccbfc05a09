"""Reporting rounds: set up, changed, closed; their board, and what is asked of one person."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators import exports, services
from indicators.backoffice.access import needs
from indicators.backoffice.roundforms import AskedForm, ChangedRoundForm, NewRoundForm
from indicators.errors import IndicatorsError
from indicators.models import Area, Indicator, Observation, ReportingRound, SectoralBody
from indicators.reporting import asking
from indicators.reporting.board import STATES, board, filtered
from indicators.reporting.reporters import office_day

_MOST_BOARDS = 20


@require_safe
@needs("view_reportinground")
def rounds(request: HttpRequest) -> HttpResponse:
    """The calls for values, newest first."""
    now = timezone.now()
    found = ReportingRound.objects.visible_to(request.user).order_by("-deadline_at")
    return render(
        request,
        "indicators/backoffice/rounds.html",
        {
            "page_title": _("Reporting rounds"),
            "header_icon": "calendar",
            "rounds": [(one, one.is_open(now), now > one.deadline_at) for one in found],
            "may_add": request.user.has_perm("indicators.add_reportinground"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_reportinground")
def new_round(request: HttpRequest) -> HttpResponse:
    """Set a round up; `?from=` takes over what another one asked and whom."""
    now = timezone.now()
    before = None
    if token := request.GET.get("from", ""):
        before = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    form = NewRoundForm(
        request.POST or None,
        indicators=_indicators(request),
        areas=Area.objects.filter(kind=Area.Kind.MEMBER_STATE).order_by("name"),
        initial=_initial(request, before, now),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = _set_up(form, before, request.user, now)
            messages.success(request, _("The round is set up. See whom it asks for what."))
            return redirect("indicators_office:round_asked", token=made.token)
    return render(
        request,
        "indicators/backoffice/round_form.html",
        {
            "page_title": _("New reporting round"),
            "page_subtitle": _("like %(round)s") % {"round": before} if before else "",
            "header_icon": "calendar",
            "form": form,
            "before": before,
            "save_label": _("Set up the round"),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_reportinground")
def edit_round(request: HttpRequest, token: str) -> HttpResponse:
    """Change a round's facts or indicators."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    form = ChangedRoundForm(
        request.POST or None,
        indicators=_indicators(request, call),
        round=call,
        initial={
            "title": call.title,
            "period": call.period,
            "opens_at": call.opens_at,
            "deadline_at": call.deadline_at,
            "reminder_days": ", ".join(map(str, call.reminder_days)),
            "instructions": call.instructions,
            "indicators": list(call.indicators.values_list("slug", flat=True)),
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.change_round(
                    round=call, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except IndicatorsError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The round is changed."))
                return redirect("indicators_office:round", token=call.token)
    return render(
        request,
        "indicators/backoffice/round_form.html",
        {
            "page_title": _("Change the round"),
            "page_subtitle": str(call),
            "header_icon": "calendar",
            "form": form,
            "save_label": _("Save the round"),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_reportinground")
def asked(request: HttpRequest, token: str) -> HttpResponse:
    """For each indicator of the round, who is asked."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    form = AskedForm(
        request.POST or None,
        indicators=list(
            call.indicators.select_related("framework").order_by("framework__position", "position")
        ),
        areas=list(Area.objects.filter(kind=Area.Kind.MEMBER_STATE).order_by("name")),
        bodies=list(SectoralBody.objects.order_by("acronym")),
        asked=asking.asked_in(call),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.ask(round=call, asked=form.asked(), by=request.user, at=timezone.now())
            except IndicatorsError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The round asks these."))
                return redirect("indicators_office:round", token=call.token)
    return render(
        request,
        "indicators/backoffice/round_asked.html",
        {
            "page_title": _("Who is asked"),
            "page_subtitle": str(call),
            "header_icon": "calendar",
            "call": call,
            "form": form,
        },
        status=status,
    )


@require_safe
@needs("view_reportinground")
def show_round(request: HttpRequest, token: str) -> HttpResponse:
    """A round's board: who has given what, who is late, who is awaited."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    now = timezone.now()
    found = board(call, request.user, at=now)
    chosen = _chosen(request)
    may_change = request.user.has_perm("indicators.change_reportinground")
    may_submit = request.user.has_perm("indicators.change_submission")
    return render(
        request,
        "indicators/backoffice/round.html",
        {
            "page_title": str(call),
            "header_icon": "calendar",
            "call": call,
            "board": found,
            "lines": filtered(found.lines, **chosen),
            "chosen": chosen,
            "states": STATES,
            "is_open": call.is_open(now),
            "mine": [one for one in found.lines if one.is_mine] if may_submit else [],
            "sees_all": request.user.has_perm("indicators.view_every_submission"),
            "may_change": may_change,
            "may_add": request.user.has_perm("indicators.add_reportinground"),
            "waiting": services.waiting_in(call) if may_change else 0,
            "steps": list(call.steps.select_related("by")) if may_change else [],
            "reminders": _reminders(call) if may_change else [],
            "query": request.GET.urlencode(),
        },
    )


@require_safe
@needs("view_reportinground")
def board_csv(request: HttpRequest, token: str) -> HttpResponse:
    """The board as it is filtered, a row for each value asked for."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    found = board(call, request.user, at=timezone.now())
    headers = (
        "round", "period", "deadline", "kind", "code", "name", "indicator", "value_state",
        "submission_state", "value", "value_period", "reason", "handed_in", "is_late", "awaited",
    )  # fmt: skip
    rows = [
        (
            call.title,
            call.period,
            call.deadline_at,
            "area" if line.is_area else "body",
            line.code,
            str(line.whom),
            column.slug,
            cell.key,
            line.state,
            cell.text if cell.key == "given" else "",
            (cell.period or call.period) if cell.key == "given" else "",
            cell.text if cell.key == "no_data" else "",
            line.handed_in_at,
            line.is_late,
            "; ".join(line.awaited),
        )
        for line in filtered(found.lines, **_chosen(request))
        for column, cell in zip(found.columns, line.cells, strict=True)
        if cell.key != "not_asked"
    ]
    answer = HttpResponse(exports.csv_bytes(headers, rows), content_type="text/csv; charset=utf-8")
    name = slugify(call.title) or "round"
    answer["Content-Disposition"] = f'attachment; filename="{name}-board.csv"'
    return answer


@require_POST
@needs("change_reportinground")
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Close a round, or open it again."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    acts = {"close": services.close_round, "reopen": services.reopen_round}
    act = acts.get(request.POST.get("to", ""))
    if act is None:
        raise Http404
    try:
        act(
            round=call,
            by=request.user,
            at=timezone.now(),
            reason=request.POST.get("reason", "")[:2000],
        )
    except IndicatorsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("indicators_office:round", token=call.token)


@require_POST
@needs("change_submission")
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Begin a submission for one of the user's areas or bodies."""
    call = get_object_or_404(ReportingRound.objects.visible_to(request.user), token=token)
    now = timezone.now()
    on = office_day(now)
    area_code, acronym = (request.POST.get(name, "") for name in ("area", "body"))
    area = request.user.granted_areas(on).filter(code=area_code).first() if area_code else None
    body = request.user.granted_bodies(on).filter(acronym=acronym).first() if acronym else None
    if (area is None) == (body is None):
        raise Http404
    try:
        begun = services.start_submission(round=call, area=area, body=body, by=request.user, at=now)
    except IndicatorsError as error:
        messages.error(request, str(error))
        return redirect("indicators_office:round", token=call.token)
    return redirect("indicators_office:submission", token=begun.token)


@require_safe
@needs("change_submission")
def asked_of_me(request: HttpRequest) -> HttpResponse:
    """What the open rounds ask of the areas and bodies this person reports for."""
    now = timezone.now()
    calls = ReportingRound.objects.visible_to(request.user).open(now).order_by("deadline_at")
    boards = []
    for call in calls[:_MOST_BOARDS]:
        found = board(call, request.user, at=now)
        lines = [one for one in found.lines if one.is_mine]
        if lines:
            boards.append((found, [_listed(found, line) for line in lines]))
    return render(
        request,
        "indicators/backoffice/asked_of_me.html",
        {
            "page_title": _("What is asked of me"),
            "header_icon": "tasks",
            "boards": boards,
        },
    )


def _listed(found: Any, line: Any) -> tuple[Any, list[tuple[Indicator, Any]]]:
    """A line with the indicators it is asked for, each with its cell."""
    pairs = zip(found.columns, line.cells, strict=True)
    return line, [(column, cell) for column, cell in pairs if cell.key != "not_asked"]


def _chosen(request: HttpRequest) -> dict[str, Any]:
    return {
        "kind": request.GET.get("kind", ""),
        "state": request.GET.get("state", ""),
        "late": request.GET.get("late") == "1",
    }


def _indicators(request: HttpRequest, held: ReportingRound | None = None) -> list[Indicator]:
    """What a round may ask for, and what `held` asks for already."""
    chosen = held.indicators.values_list("pk", flat=True) if held else ()
    return list(
        Indicator.objects.visible_to(request.user)
        .described(chosen=chosen)
        .select_related("framework")
        .order_by("framework__position", "position", "slug")
    )


def _initial(request: HttpRequest, before: ReportingRound | None, now: datetime) -> dict[str, Any]:
    """A quarter from tomorrow; asked for what has a route, or what was asked before."""
    opens = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    quarter = f"{opens.year}-Q{(opens.month - 1) // 3 + 1}"
    common = {
        "period": quarter,
        "opens_at": opens,
        "areas": [area.code for area in Area.objects.member_states(opens.date())],
        "bodies": list(SectoralBody.objects.values_list("acronym", flat=True)),
    }
    if before is not None:
        whom = asking.asked_in(before).values()
        return common | {
            "deadline_at": opens + (before.deadline_at - before.opens_at),
            "reminder_days": ", ".join(map(str, before.reminder_days)),
            "instructions": before.instructions,
            "indicators": list(before.indicators.described().values_list("slug", flat=True)),
            "bodies": sorted({body.acronym for one in whom for body in one.bodies}),
        }
    fed = set(
        Observation.objects.filter(source__startswith=asking.SURVEYS)
        .order_by()
        .values_list("indicator__slug", flat=True)
        .distinct()
    )
    routes = asking.FROM_AREAS | asking.FROM_BODIES
    fresh = ReportingRound(opens_at=opens, deadline_at=opens)
    return common | {
        "deadline_at": opens + timedelta(days=30),
        "reminder_days": ", ".join(map(str, fresh.reminder_days)),
        "indicators": [
            one.slug for one in _indicators(request) if one.data_route in routes or one.slug in fed
        ],
    }


def _set_up(
    form: NewRoundForm, before: ReportingRound | None, by: Any, now: datetime
) -> ReportingRound:
    data = dict(form.cleaned_data)
    areas, bodies = list(data.pop("areas")), list(data.pop("bodies"))
    kept = asking.like_before(before, data["opens_at"].date()) if before else {}
    asked = {
        one.pk: kept[one.pk] if one.pk in kept else asking.by_route(one, areas, bodies)
        for one in data["indicators"]
    }
    return services.set_up_round(asked=asked, by=by, at=now, **data)


def _reminders(call: ReportingRound) -> list[Any]:
    return list(call.reminders.select_related("recipient").order_by("-claimed_at", "-pk")[:60])
