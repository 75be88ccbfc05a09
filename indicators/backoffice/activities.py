"""Work plans: every body reads all of them, each reporter writes those of their own body."""

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from indicators.backoffice.access import needs
from indicators.backoffice.forms import ActivityForm
from indicators.models import Activity, FrameworkNode, SectoralBody


@require_safe
@needs("view_activity")
def index(request: HttpRequest) -> HttpResponse:
    """All bodies' activities, with totals that count each activity once."""
    activities = Activity.objects.visible_to(request.user)
    body, status = request.GET.get("body", ""), request.GET.get("status", "")
    if body:
        activities = activities.filter(lead_body__acronym=body)
    if status in Activity.Status.values:
        activities = activities.filter(status=status)
    by_status = dict(
        activities.order_by().values_list("status").annotate(number=Count("pk", distinct=True))
    )
    withdrawn = by_status.get(Activity.Status.WITHDRAWN, 0)
    standing = sum(by_status.values()) - withdrawn
    done = sum(by_status.get(word, 0) for word in ("ongoing", "completed"))
    mine = set(
        Activity.objects.editable_by(request.user, timezone.now().date()).values_list(
            "pk", flat=True
        )
    )
    page = Paginator(
        activities.select_related("lead_body").prefetch_related("supporting_bodies", "measures"),
        50,
    ).get_page(request.GET.get("p"))
    return render(
        request,
        "indicators/backoffice/activities.html",
        {
            "page_title": _("Activities"),
            "page_subtitle": _("Work plans of the sectoral bodies (Tool 1)"),
            "header_icon": "list-ul",
            "page_obj": page,
            "mine": mine,
            "bodies": list(SectoralBody.objects.all()),
            "statuses": Activity.Status.choices,
            "body": body,
            "status": status,
            "standing": standing,
            "withdrawn": withdrawn,
            "done": done,
            "completed": by_status.get(Activity.Status.COMPLETED, 0),
            "rate": f"{100 * done / standing:.1f}" if standing else "",
            "may_add": _may_add(request),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_activity")
def edit(request: HttpRequest, token: str = "") -> HttpResponse:
    """Add an activity, or change one of a body the user reports for."""
    today = timezone.now().date()
    activity = None
    if token:
        activity = get_object_or_404(
            Activity.objects.editable_by(request.user, today).select_related("lead_body"),
            token=token,
        )
    elif not _may_add(request):
        raise Http404
    bodies = (
        SectoralBody.objects.all()
        if request.user.has_perm("indicators.change_any_activity")
        else request.user.granted_bodies(today)
    )
    nodes = FrameworkNode.objects.filter(framework__slug="ascc-blueprint-2025").order_by("position")
    form = ActivityForm(request.POST or None, instance=activity, bodies=bodies, nodes=nodes)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with transaction.atomic():
                form.save()
            messages.success(request, _("The activity is saved."))
            return redirect("indicators_office:activities")
    others = []
    if activity is not None:
        others = list(
            Activity.objects.filter(measures__in=activity.measures.all())
            .exclude(pk=activity.pk)
            .select_related("lead_body")
            .distinct()[:20]
        )
    return render(
        request,
        "indicators/backoffice/form.html",
        {
            "page_title": _("Activity"),
            "page_subtitle": str(activity) if activity else _("new"),
            "header_icon": "edit",
            "form": form,
            "save_label": _("Save the activity"),
            "others": others,
        },
        status=status,
    )


def _may_add(request: HttpRequest) -> bool:
    if not request.user.has_perm("indicators.add_activity"):
        return False
    if request.user.has_perm("indicators.change_any_activity"):
        return True
    return request.user.granted_bodies(timezone.now().date()).exists()
