"""The public list of consultations, one event's page, and its registration form."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from engagement import services
from engagement.errors import RegistrationClosed
from engagement.events import times
from engagement.forms.events import (
    CONSENT_VERSION,
    EventFilter,
    RegistrationForm,
    ZoneForm,
    consent_wording,
)
from engagement.models import Event, Registration, Session
from engagement.views.readers import proven_address, reader_zone, remember_zone
from indicators.http import problem

PAST_PER_PAGE = 12


@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """What is coming and what was held, by level and area."""
    now = timezone.now()
    filters = EventFilter(request.GET or None)
    events = Event.objects.listed().select_related("area", "body").prefetch_related("pools")
    if level := filters.chosen("level"):
        events = events.filter(level=level)
    if area := filters.chosen("area"):
        events = events.filter(area=area)
    zone = reader_zone(request)
    upcoming = list(events.upcoming(at=now))
    page = Paginator(events.past(at=now), PAST_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "is_filtered": bool(level or area),
        "upcoming": [_row(event, zone, now) for event in upcoming],
        "past": [_row(event, zone, now) for event in page.object_list],
        "page_obj": page,
    }
    return render(request, "engagement/consultations.html", context)


def _row(event: Event, zone: str, now) -> dict:
    return {
        "event": event,
        "when": event.when(zone),
        "is_open": event.registration_is_open(now)
        and event.admission != Event.Admission.INVITATION,
        "places": _places(event),
    }


def _places(event: Event) -> list[dict]:
    """For each pool: its name, the seats left, and whether none is."""
    return [
        {"pool": pool, "left": pool.left, "is_full": pool.left == 0} for pool in event.pools.all()
    ]


def event_for(request: HttpRequest, slug: str) -> Event:
    """The event, if this reader may see it; else 404, so that nobody learns it exists."""
    event = (
        Event.objects.visible_to(request.user)
        .select_related("area", "body")
        .prefetch_related(
            "pools__area",
            Prefetch("sessions", Session.objects.order_by("starts_at", "pk")),
        )
        .filter(slug=slug)
        .first()
    )
    if event is None:
        raise Http404
    return event


@require_GET
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event: what it is for, when in which zone, its agenda, and how many seats are left."""
    found = event_for(request, slug)
    now = timezone.now()
    zone = reader_zone(request)
    places = _places(found)
    context = {
        "event": found,
        "when": found.when(zone),
        "agenda": _agenda(found, zone),
        "places": places,
        "is_full": any(p["is_full"] and p["pool"].area_id is None for p in places),
        "waiting": Registration.objects.queue().filter(event=found).count(),
        "is_open": found.registration_is_open(now),
        "is_over": found.is_over(now),
        "closes": times.written(found.registration_closes_at or found.starts_at, found.zone, zone),
        "zone_form": ZoneForm(initial={"zone": zone}),
        "drafts": list(found.drafts.published()),
    }
    response = render(request, "engagement/event.html", context)
    return remember_zone(request, response)


def _agenda(event: Event, zone: str) -> list[dict]:
    rows, last_day = [], None
    for session in event.sessions.all():
        day = times.day(session.starts_at, event.zone)
        clock = session.starts_at.astimezone(times.zone(event.zone))
        until = session.ends_at.astimezone(times.zone(event.zone))
        rows.append(
            {
                "session": session,
                "day": day if day != last_day else "",
                "time": f"{clock:%H:%M}–{until:%H:%M}",
                "place": times.place(session.starts_at, event.zone),
                "other": times.clock(session.starts_at, zone)
                if zone != event.zone and zone
                else "",
            }
        )
        last_day = day
    return rows


@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The registration form. Whether an address is known is never visible in the answer."""
    found = event_for(request, slug)
    now = timezone.now()
    if not found.registration_is_open(now) or found.admission == Event.Admission.INVITATION:
        return _closed(request, found)
    proven = proven_address(request.user)
    if request.method == "GET":
        initial = {"reader_zone": reader_zone(request), "mode": "onsite"}
        if proven:
            initial |= {"address": proven, "name": request.user.name}
        form = RegistrationForm(event=found, initial=initial)
        return _form(request, found, form)
    form = RegistrationForm(request.POST, event=found)
    if form.looks_automatic:
        return redirect("engagement:event-registered", slug=found.slug)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    data = form.cleaned_data
    is_proven = bool(proven) and data["address"].casefold() == proven.casefold()
    try:
        outcome = services.register(
            event=found,
            name=data["name"],
            address=data["address"],
            mode=data.get("mode", found.mode),
            at=now,
            area=data["area"],
            organisation_text=data["organisation_text"],
            needs=form.needs,
            language=translation.get_language() or "",
            reader_zone=data["reader_zone"],
            wants_invitations=data["wants_invitations"],
            consent_version=CONSENT_VERSION,
            consent_wording=str(consent_wording()),
            idempotency_key=data["key"],
            is_proven=is_proven,
        )
    except RegistrationClosed:
        return _closed(request, found)
    if is_proven and outcome.registration.normalised_address == proven.casefold():
        return redirect(outcome.registration)
    return redirect("engagement:event-registered", slug=found.slug)


def _form(request, event, form, status: int = 200) -> HttpResponse:
    places = _places(event)
    context = {
        "event": event,
        "when": event.when(reader_zone(request)),
        "form": form,
        "is_full": any(p["is_full"] and p["pool"].area_id is None for p in places),
    }
    return render(request, "engagement/register.html", context, status=status)


def _closed(request: HttpRequest, event: Event) -> HttpResponse:
    if event.admission == Event.Admission.INVITATION:
        text = _("Participation is by invitation. Invited people have a link of their own.")
    else:
        text = _("“%(event)s” takes no registrations at present.") % {"event": event.title}
    return problem(
        request,
        409,
        _("Registration is closed"),
        text,
        event.get_absolute_url(),
        _("Back to the event"),
    )


@never_cache
@require_GET
def registered(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody sees after sending the form: look into your mail."""
    return render(request, "engagement/registered.html", {"event": event_for(request, slug)})
