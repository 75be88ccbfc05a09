"""A body's quarterly update: every open activity on one sheet, saved together."""

from datetime import date

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from indicators.backoffice.access import needs
from indicators.backoffice.activities import bodies_of
from indicators.backoffice.activityforms import QuarterRow, quarter_of
from indicators.errors import EditedMeanwhile, IndicatorsError
from indicators.models import Activity, SectoralBody
from indicators.services import StatusChange, change_statuses

MOST_ROWS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_activity")
def update(request: HttpRequest) -> HttpResponse:
    """The planned and ongoing activities of a body, and what it closed in this quarter.

    Saving sets every changed status, or none if one cannot be; everything on the sheet is then
    stamped as confirmed on the day.
    """
    now = timezone.now()
    bodies = list(bodies_of(request))
    body = _chosen(request, bodies)
    if body is None:
        raise Http404
    activities = _sheet(request, body, now.date())
    rows = [
        QuarterRow(
            # An activity that came to the sheet after it was read is not in what was sent.
            request.POST if f"{activity.token}-version" in request.POST else None,
            prefix=activity.token,
            activity=activity,
        )
        for activity in activities
    ]
    sent = [row for row in rows if row.is_bound]
    status, problem, is_conflict = 200, "", False
    if request.method == "POST":
        status = 422
        if all(row.is_valid() for row in sent):
            try:
                number = change_statuses(
                    changes=[
                        StatusChange(
                            token=row.activity.token,
                            version=row.cleaned_data["version"],
                            status=row.cleaned_data["status"],
                            since=_since(row),
                            reason=row.cleaned_data["reason"],
                        )
                        for row in sent
                        if row.has_changed()
                    ],
                    confirmed=[row.activity.token for row in sent],
                    by=request.user,
                    at=now,
                )
            except EditedMeanwhile as error:
                problem, is_conflict, status = str(error), True, 409
            except IndicatorsError as error:
                problem = str(error)
            else:
                changed = ngettext(
                    "%(number)s status changed.", "%(number)s statuses changed.", number
                ) % {"number": number}
                messages.success(
                    request,
                    changed
                    + " "
                    + _("All %(rows)s activities of %(body)s are confirmed as of today.")
                    % {"rows": len(sent), "body": body},
                )
                return redirect(f"{request.path}?body={body.acronym}")
    return render(
        request,
        "indicators/backoffice/quarter.html",
        {
            "page_title": _("Quarterly update"),
            "page_subtitle": f"{body} · {quarter_of(now.date())}",
            "header_icon": "tasks",
            "body": body,
            "bodies": bodies,
            "rows": rows,
            "problem": problem,
            "is_conflict": is_conflict,
            "is_capped": len(rows) == MOST_ROWS,
            "most": MOST_ROWS,
        },
        status=status,
    )


def _chosen(request: HttpRequest, bodies: list[SectoralBody]) -> SectoralBody | None:
    wanted = request.POST.get("body") or request.GET.get("body", "")
    if not wanted:
        return bodies[0] if bodies else None
    return next((body for body in bodies if body.acronym == wanted), None)


def _sheet(request: HttpRequest, body: SectoralBody, today: date) -> list[Activity]:
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return list(
        Activity.objects.editable_by(request.user, today)
        .filter(lead_body=body)
        .filter(
            Q(status__in=[Activity.Status.PLANNED, Activity.Status.ONGOING])
            | Q(status_since__gte=first)
            # What was on the sheet when it was read, whatever has become of it since.
            | Q(token__in=[name.removesuffix("-version") for name in _versions(request)])
        )
        .select_related("confirmed_by")
        .prefetch_related("measures")
        .order_by("status", "title", "pk")[:MOST_ROWS]
    )


def _versions(request: HttpRequest) -> list[str]:
    return [name for name in request.POST if name.endswith("-version")][:MOST_ROWS]


def _since(row: QuarterRow) -> date | None:
    """The day given, unless it is the old status's day left standing beside a new status."""
    since = row.cleaned_data["since"]
    is_new = row.cleaned_data["status"] != row.activity.status
    return None if is_new and "since" not in row.changed_data else since
