"""The audit log of surveys: read and filtered, never changed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.backoffice.access import needs
from surveys.models import AuditEntry, Survey, Wave


@require_safe
@needs("view_auditentry")
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first; by deed, survey, wave, person and day."""
    chosen = {
        name: request.GET.get(name, "").replace("\x00", "")[:200].strip()
        for name in ("action", "survey", "wave", "who", "since")
    }
    found = AuditEntry.objects.visible_to(request.user)
    if chosen["action"] in AuditEntry.Action.values:
        found = found.filter(action=chosen["action"])
    if chosen["survey"]:
        found = found.filter(survey_code=chosen["survey"])
    if chosen["wave"]:
        found = found.filter(wave_token=chosen["wave"])
    if chosen["who"]:
        found = found.filter(who__icontains=chosen["who"])
    try:
        since = parse_date(chosen["since"])
    except ValueError:
        since = None
    if since:
        found = found.filter(at__date__gte=since)
    return render(
        request,
        "surveys/backoffice/audit.html",
        {
            "page_title": _("Who did what"),
            "page_subtitle": _("Audit log of surveys"),
            "header_icon": "history",
            "page_obj": Paginator(found, 100).get_page(request.GET.get("p")),
            "chosen": chosen,
            "actions": AuditEntry.Action.choices,
            "surveys": Survey.objects.visible_to(request.user).values_list("code", "title"),
            "wave": Wave.objects.visible_to(request.user).filter(token=chosen["wave"]).first(),
        },
    )
