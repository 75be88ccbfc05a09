"""The member states: an index of them, and a profile of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.kept import keep_not, kept_page
from indicators.models import Area, Framework
from indicators.pages.country import profile


@kept_page()
def areas(request: HttpRequest) -> HttpResponse:
    """The member states of today."""
    today = timezone.now().date()
    members = Area.objects.member_states(on=today).prefetch_related("memberships")
    return render(
        request,
        "indicators/areas.html",
        {"areas": [(area, area.memberships.all()[0].valid_from) for area in members]},
    )


@kept_page("framework")
def country(request: HttpRequest, code: str) -> HttpResponse:
    """One member state: every indicator with its value, ASEAN's beside, and what is awaited."""
    area = get_object_or_404(Area, code=code)
    if area.kind != Area.Kind.MEMBER_STATE:
        raise Http404(_("Only member states have a profile."))
    frameworks = list(Framework.objects.all())
    wanted = request.GET.get("framework", "")
    chosen = next((found for found in frameworks if found.slug == wanted), None)
    if wanted and chosen is None:
        keep_not(request)
    framework = chosen or next(iter(frameworks), None)
    found = profile(area, framework, request.user, on=timezone.now().date())
    return render(
        request,
        "indicators/country.html",
        {"profile": found, "area": area, "framework": framework, "frameworks": frameworks},
    )
