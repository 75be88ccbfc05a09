"""Work plans as every body reads them: the list with its filters, its files, and one activity."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators import exports
from indicators.backoffice.access import needs
from indicators.backoffice.activityforms import ActivityFilter
from indicators.exports.files import Cell
from indicators.formatting import number
from indicators.histories import history_of
from indicators.models import Activity, SectoralBody
from indicators.models.activities import ActivityQuerySet
from indicators.overlaps import find_overlaps
from indicators.tabulation import Counts
from indicators.trees import read_trees

ON_A_PAGE = 50
HEADERS = (
    "activity",
    "title",
    "description",
    "lead_body",
    "supporting_bodies",
    "status",
    "status_since",
    "withdrawn_reason",
    "type",
    "further_types",
    "contributes_to",
    "year_from",
    "year_to",
    "funding",
    "source",
    "confirmed_on",
    "changed_at",
    "is_demonstration",
)
_FILES = {
    "csv": ("text/csv; charset=utf-8", exports.csv_bytes),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda headers, rows: exports.xlsx_bytes(headers, rows, sheet="Activities"),
    ),
}


@require_safe
@needs("view_activity")
def index(request: HttpRequest) -> HttpResponse:
    """All bodies' activities, with totals that count each activity once."""
    filters = _filters(request)
    activities = filters.apply(Activity.objects.visible_to(request.user))
    page = Paginator(_with_connections(activities), ON_A_PAGE).get_page(request.GET.get("p"))
    counts = _counts(activities)
    today = timezone.now().date()
    mine = Activity.objects.editable_by(request.user, today)
    shown = [activity.pk for activity in page]
    return render(
        request,
        "indicators/backoffice/activities.html",
        {
            "page_title": _("Activities"),
            "page_subtitle": _("Work plans of the sectoral bodies (Tool 1)"),
            "header_icon": "tasks",
            "page_obj": page,
            "mine": set(mine.filter(pk__in=shown).values_list("pk", flat=True)),
            "filters": filters,
            "is_filtered": bool(filters.chosen().keys() - {"sort"}),
            "sort": filters.chosen().get("sort", "body"),
            "columns": (
                ("title", _("Activity")),
                ("body", _("Lead body")),
                ("", _("With")),
                ("status", _("Status")),
                ("type", _("Type")),
                ("", _("Contributes to")),
                ("years", _("Years")),
                ("changed", _("Changed")),
            ),
            "counts": counts,
            "rate": number(counts.rate, 1) if counts.rate is not None else "",
            "may_add": may_add(request),
            "may_update": may_update(request),
            "query": _query(request),
        },
    )


@require_safe
@needs("view_activity")
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The list as it is filtered, as a file; one row for each activity."""
    activities = _filters(request).apply(Activity.objects.visible_to(request.user))
    kind, write = _FILES[form]
    response = HttpResponse(
        write(HEADERS, activity_rows(_with_connections(activities))), content_type=kind
    )
    day = timezone.now().date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="suara-activities-{day}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@needs("view_activity")
def detail(request: HttpRequest, token: str) -> HttpResponse:
    """One activity of any body: all it says, who else is at it, and its history."""
    activity = get_object_or_404(
        Activity.objects.visible_to(request.user)
        .select_related("lead_body", "confirmed_by")
        .prefetch_related("supporting_bodies", "measures__framework"),
        token=token,
    )
    types = dict(Activity.Type.choices)
    today = timezone.now().date()
    return render(
        request,
        "indicators/backoffice/activity.html",
        {
            "page_title": activity.title,
            "page_subtitle": _("Activity of %(body)s") % {"body": activity.lead_body},
            "header_icon": "tasks",
            "activity": activity,
            "further_types": [types[word] for word in activity.further_types if word in types],
            "overlaps": find_overlaps(
                user=request.user,
                title=activity.title,
                measures=[node.pk for node in activity.measures.all()],
                year_from=activity.year_from,
                year_to=activity.year_to,
                body=activity.lead_body.acronym,
                without=activity.token,
            ),
            "history": history_of(activity, words={"further_types": further_types_words}),
            "may_edit": Activity.objects.editable_by(request.user, today)
            .filter(pk=activity.pk)
            .exists(),
        },
    )


def activity_rows(activities: Iterable[Activity]) -> Iterator[tuple[Cell, ...]]:
    """One row for each activity, in `HEADERS`' order; bodies and codes are parted by "; "."""
    for one in activities:
        yield (
            one.token,
            one.title,
            one.description,
            one.lead_body.acronym,
            "; ".join(body.acronym for body in one.supporting_bodies.all()),
            one.status,
            one.status_since,
            one.withdrawn_reason,
            one.type,
            "; ".join(one.further_types),
            "; ".join(
                f"{node.framework.slug}:{node.code or node.key}" for node in one.measures.all()
            ),
            one.year_from,
            one.year_to,
            one.funding,
            one.source,
            one.confirmed_on,
            one.changed_at,
            one.is_demonstration,
        )


def further_types_words(words: list[str]) -> str:
    """ "capacity building, groundwork" for the stored words."""
    return ", ".join(str(dict(Activity.Type.choices).get(word, word)) for word in words)


def may_add(request: HttpRequest) -> bool:
    """Whether the person may add an activity of some body today."""
    return _reports(request, "add_activity")


def may_update(request: HttpRequest) -> bool:
    """Whether the person may change the activities of some body today."""
    return _reports(request, "change_activity")


def bodies_of(request: HttpRequest) -> Any:
    """The bodies whose work plans the person writes today, as a QuerySet."""
    if request.user.has_perm("indicators.change_any_activity"):
        return SectoralBody.objects.all()
    return request.user.granted_bodies(timezone.now().date())


def own_or_404(request: HttpRequest, token: str) -> Activity:
    """An activity the person may change today; 404 for every other."""
    found = (
        Activity.objects.editable_by(request.user, timezone.now().date())
        .select_related("lead_body")
        .filter(token=token)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _reports(request: HttpRequest, permission: str) -> bool:
    if not request.user.has_perm(f"indicators.{permission}"):
        return False
    if request.user.has_perm("indicators.change_any_activity"):
        return True
    return bodies_of(request).exists()


def _filters(request: HttpRequest) -> ActivityFilter:
    return ActivityFilter(
        request.GET,
        bodies=list(SectoralBody.objects.all()),
        trees=read_trees(on=timezone.now().date()),
    )


def _with_connections(activities: ActivityQuerySet) -> ActivityQuerySet:
    return activities.select_related("lead_body").prefetch_related(
        "supporting_bodies", "measures__framework"
    )


def _counts(activities: ActivityQuerySet) -> Counts:
    by_status = activities.order_by().values_list("status").annotate(number=Count("pk"))
    return Counts(**dict(by_status))


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("p", None)
    return query.urlencode()
