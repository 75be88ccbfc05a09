"""A person's own registration, behind a link only they have. Opening a page changes nothing:
programs that scan mail open every link in it.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from engagement import services
from engagement.errors import EngagementError
from engagement.events import appointments
from engagement.models import Registration
from indicators.http import problem

State = Registration.State


def registration_for(token: str) -> Registration:
    """The registration this link opens, or 404."""
    found = Registration.objects.select_related("event", "passed_over_pool").filter(token=token)
    registration = found.first()
    if registration is None:
        raise Http404
    return registration


def _private(response: HttpResponse) -> HttpResponse:
    # The site's referrer policy, same-origin, keeps the token in; "no-referrer" would make browsers
    # send forms with "Origin: null", which the check against forged requests refuses.
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _changed(request, registration: Registration, error: EngagementError) -> HttpResponse:
    return problem(
        request,
        409,
        _("This has changed in the meantime"),
        str(error),
        registration.get_absolute_url(),
        _("Open my registration"),
    )


@never_cache
@require_GET
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Where the registration stands and what its person may do."""
    found = registration_for(token)
    now = timezone.now()
    awaits_address = found.state == State.PENDING and found.awaiting == Registration.Awaiting.EMAIL
    context = {
        "registration": found,
        "event": found.event,
        "when": found.event.when(found.reader_zone),
        "needs": list(found.needs.all()),
        "place": found.queue_place(),
        "awaits_address": awaits_address,
        "offer_is_open": found.state == State.OFFERED and found.offer_expires_at > now,
        "may_cancel": found.may_cancel and not found.event.is_over(now) and not awaits_address,
        "has_calendar": found.state in (State.CONFIRMED, State.ATTENDED),
        "join_link": found.join_link(),
    }
    return _private(render(request, "engagement/registration.html", context))


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: a page with a button. Only the button confirms."""
    found = registration_for(token)
    waits = found.state == State.PENDING and found.awaiting == Registration.Awaiting.EMAIL
    if not waits:
        return redirect(found)
    if request.method == "GET":
        context = {"registration": found, "event": found.event}
        context["when"] = found.event.when(found.reader_zone)
        return _private(render(request, "engagement/registration_confirm.html", context))
    try:
        kept = services.confirm_email(registration=found, at=timezone.now())
    except EngagementError as error:
        found.refresh_from_db()
        if found.awaiting != Registration.Awaiting.EMAIL and found.may_cancel:
            return redirect(found)  # a second press of the button was faster
        return _changed(request, found, error)
    return redirect(kept)


@never_cache
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give the place back, after one question."""
    found = registration_for(token)
    if not found.may_cancel:
        return redirect(found)
    if request.method == "GET":
        context = {"registration": found, "event": found.event}
        return _private(render(request, "engagement/registration_cancel.html", context))
    try:
        services.cancel(registration=found, at=timezone.now())
    except EngagementError as error:
        return _changed(request, found, error)
    messages.success(request, _("Your registration is cancelled. Thank you for telling us."))
    return redirect(found)


@never_cache
@require_POST
def answer_offer(request: HttpRequest, token: str) -> HttpResponse:
    """Accept or decline an offered seat."""
    found = registration_for(token)
    now = timezone.now()
    try:
        if request.POST.get("answer") == "accept":
            services.accept_offer(registration=found, at=now)
            messages.success(request, _("The seat is yours. The calendar file is on its way."))
        else:
            services.decline_offer(registration=found, at=now)
            messages.success(request, _("You declined the seat. Thank you for telling us."))
    except EngagementError as error:
        return _changed(request, found, error)
    return redirect(found)


@never_cache
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar file of a confirmed place."""
    found = registration_for(token)
    if found.state not in (State.CONFIRMED, State.ATTENDED):
        raise Http404
    response = HttpResponse(
        appointments.download(found, at=timezone.now()),
        content_type="text/calendar; charset=utf-8; method=PUBLISH",
    )
    response["Content-Disposition"] = f'attachment; filename="{found.event.slug}.ics"'
    return _private(response)
