"""What a view may know about its reader: their zone, and whether an address is proven theirs."""

from allauth.account.models import EmailAddress
from django.http import HttpRequest, HttpResponse

from engagement.events import times

COOKIE = "reader_zone"


def reader_zone(request: HttpRequest) -> str:
    """The zone the reader chose, now or before; empty when none was, or an unknown one."""
    chosen = request.GET.get("zone")
    if chosen is None:
        chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in times.CITIES else ""


def remember_zone(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the choice made in this request for a year. It says nothing about who it is."""
    if "zone" in request.GET:
        response.set_cookie(
            COOKIE,
            reader_zone(request),
            max_age=31_536_000,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    return response


def proven_address(user) -> str:
    """The address of a signed-in user who confirmed it by mail; else empty."""
    if not user.is_authenticated:
        return ""
    proven = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)
    return user.email if proven.exists() else ""
