"""Responses of a wave: a list without personal data."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.backoffice.access import needs, wave_for
from surveys.models import QualityFlag, Response


@require_safe
@needs("view_response")
def responses(request: HttpRequest, token: str) -> HttpResponse:
    """Who answered cannot be seen here; what can be doubted, can."""
    wave = wave_for(request.user, token)
    found = (
        Response.objects.visible_to(request.user)
        .filter(wave=wave)
        .exclude(state__in=[Response.State.STARTED])
        .defer("answers", "shown_order")
        .prefetch_related(Prefetch("flags", QualityFlag.objects.order_by("kind")))
        .order_by("-submitted_on", "pk")
    )
    flag, area = request.GET.get("flag", ""), request.GET.get("area", "")
    if flag in QualityFlag.Kind.values:
        found = found.filter(flags__kind=flag)
    if area:
        found = found.filter(area=area[:10].replace("\x00", ""))
    page = Paginator(found, 50).get_page(request.GET.get("p"))
    return render(
        request,
        "surveys/backoffice/responses.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("Responses"),
            "header_icon": "form",
            "wave": wave,
            "page_obj": page,
            "kinds": QualityFlag.Kind.choices,
            "flag": flag,
            "area": area,
            "may_export": request.user.has_perm("surveys.export_response"),
        },
    )
