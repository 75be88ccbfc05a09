"""A mailing's own screens: overview with progress, audience, preview, recipients."""

import csv
from collections.abc import Iterator
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns import audiences, rendering, services
from campaigns.backoffice.forms import ScheduleForm, TestForm
from campaigns.backoffice.progress import summary
from campaigns.errors import CampaignsError
from campaigns.models import Delivery, Mailing
from campaigns.models.mailings import INVITES
from campaigns.preflight import blocking, preflight
from campaigns.views.outbox import opening_elsewhere, outbox_is_open
from engagement.models import Person

PER_PAGE = 50
PEOPLE_OFFERED = 12
PREVIEW_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def find_mailing(request: HttpRequest, token: str) -> Mailing:
    """Return the mailing of that token if the user may see it; else it is not found."""
    rows = Mailing.objects.visible_to(request.user).select_related(
        "campaign", "segment", "author", "approver", "follows", "wave", "reminds"
    )
    mailing = rows.filter(token=token).first()
    if mailing is None:
        raise Http404
    return mailing


def _page(request: HttpRequest, mailing: Mailing, name: str, context: dict) -> HttpResponse:
    steps = [
        ("overview", _("Check and send")),
        ("audience", _("Audience")),
        ("preview", _("Preview")),
    ]
    if mailing.recipients is not None or mailing.state in Mailing.STARTED:
        steps.append(("recipients", _("Who got it")))
    context |= {
        "mailing": mailing,
        "tabs": [
            {
                "label": label,
                "url": reverse(f"mailings:{step}", args=[mailing.token]),
                "is_current": step == name,
            }
            for step, label in steps
        ],
        "header_title": mailing.title,
        "header_icon": "mail",
        "page_title": mailing.title,
        "breadcrumbs_items": [
            _above(mailing),
            {"url": "", "label": mailing.title},
        ],
        "may_edit": mailing.may(request.user, "campaigns.change_mailing") and mailing.is_editable,
        "may_send": mailing.may(request.user, "campaigns.send_mailing"),
        "write_url": _write_url(request, mailing),
        "may_approve": request.user.has_perm("campaigns.approve_mailing"),
        "needs_second_person": settings.MAILING_NEEDS_SECOND_PERSON,
    }
    return render(request, f"campaigns/backoffice/{name}.html", context)


def _above(mailing: Mailing) -> dict[str, str]:
    """What stands above a mailing: its wave's invitations, or all mailings."""
    if mailing.wave is not None:
        url = reverse("survey_invitations:board", args=[mailing.wave.token])
        return {"url": url, "label": _("Invitations: %(wave)s") % {"wave": mailing.wave}}
    return {"url": reverse("mailings:index"), "label": _("Mailings")}


def _write_url(request: HttpRequest, mailing: Mailing) -> str:
    if mailing.wave is not None and request.user.has_perm(INVITES):
        return reverse("survey_invitations:write", args=[mailing.token])
    if request.user.has_perm("campaigns.change_mailing"):
        return reverse("mailings:edit", args=[mailing.pk])
    return ""


@require_safe
@never_cache
def overview(request: HttpRequest, token: str) -> HttpResponse:
    """Show what must be done before sending, or how far sending has come."""
    mailing = find_mailing(request, token)
    context = {
        "transitions": list(mailing.transitions.select_related("by")),
        "contents": list(mailing.contents.all()),
        "office_zone": settings.OFFICE_TIME_ZONE,
        "scheduled_there": _there(mailing.scheduled_at),
        "outbox_is_open": outbox_is_open(),
    }
    if mailing.state in (*Mailing.STARTED, *Mailing.OVER):
        context["summary"] = summary(mailing)
    else:
        audience = audiences.count(mailing, at=timezone.now(), visible=_visible(request))
        findings = preflight(mailing, at=timezone.now(), audience=audience)
        context |= {
            "audience": audience,
            "findings": findings,
            "is_ready": not blocking(findings),
            "schedule_form": ScheduleForm(),
            "test_form": TestForm(mailing=mailing, initial={"address": request.user.email}),
            "wrote_it": services.wrote(mailing, request.user),
        }
    return _page(request, mailing, "overview", context)


@require_safe
@never_cache
def audience(request: HttpRequest, token: str) -> HttpResponse:
    """Show the total, then everybody left out by the first reason, with names."""
    mailing = find_mailing(request, token)
    counted = audiences.count(mailing, at=timezone.now(), visible=_visible(request))
    languages = dict(settings.LANGUAGES)
    context = {
        "audience": counted,
        "languages": [
            (languages.get(code, code), number) for code, number in counted.languages.most_common()
        ],
        "names_shown": audiences.NAMES_SHOWN,
        "purpose": mailing.get_purpose_display(),
        "weekly_limit": settings.MAILINGS_PER_WEEK,
    }
    return _page(request, mailing, "audience", context)


@require_safe
@never_cache
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show the copy a chosen stakeholder would get, in any language of the mailing."""
    mailing = find_mailing(request, token)
    query = request.GET.get("q", "").strip()[:100]
    visible = _visible(request)
    people = visible.named(query) if query else _examples(mailing, visible)
    person = chosen_person(request)
    content = _content(request, mailing, person)
    context = {
        "query": query,
        "people": people.select_related("area")[:PEOPLE_OFFERED],
        "person": person,
        "content": content,
        "languages": [
            (each.language, each.get_language_display()) for each in mailing.contents.all()
        ],
    }
    if content is not None:
        try:
            context["copy"] = rendering.preview_for(mailing, content, person)
        except CampaignsError as error:
            context["problem"] = str(error)
        words = {"language": content.language} | ({"person": person.token} if person else {})
        context["frame_query"] = urlencode(words)
    return _page(request, mailing, "preview", context)


@require_safe
@never_cache
def preview_html(request: HttpRequest, token: str) -> HttpResponse:
    """Serve the HTML part for the frame. Its links are marked and change nothing."""
    mailing = find_mailing(request, token)
    person = chosen_person(request)
    content = _content(request, mailing, person)
    if content is None:
        raise Http404
    try:
        html = rendering.preview_for(mailing, content, person).html
    except CampaignsError as error:
        raise Http404 from error
    response = HttpResponse(opening_elsewhere(html))
    response["Content-Security-Policy"] = PREVIEW_POLICY
    return response


@require_safe
@never_cache
def recipients(request: HttpRequest, token: str) -> HttpResponse:
    """List every person of the frozen list with state, reason and times."""
    mailing = find_mailing(request, token)
    rows, query, state = _deliveries(request, mailing)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    words = {key: value for key, value in (("q", query), ("state", state)) if value}
    context = {
        "page_obj": page,
        "deliveries": page.object_list,
        "query": query,
        "state": state,
        "states": [*Delivery.State.choices, *Delivery.Reason.choices],
        "query_string": urlencode(words),
        "outbox_is_open": outbox_is_open(),
    }
    return _page(request, mailing, "recipients", context)


@require_safe
def recipients_csv(request: HttpRequest, token: str) -> StreamingHttpResponse:
    """Stream the same list as CSV, row by row."""
    mailing = find_mailing(request, token)
    rows, _query, _state = _deliveries(request, mailing)
    response = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mailing-{mailing.token}.csv"'
    return response


@require_safe
@never_cache
def progress(request: HttpRequest, token: str) -> JsonResponse:
    """Answer the page's script with the numbers the page itself shows."""
    found = summary(find_mailing(request, token))
    return JsonResponse(
        {
            "state": found.state,
            "done": found.done,
            "total": found.total,
            "percent": found.percent,
            "is_running": found.is_running,
            "counts": {line.key: line.count for line in found.lines},
        }
    )


def _visible(request: HttpRequest):
    return Person.objects.visible_to(request.user)


def _examples(mailing: Mailing, visible):
    try:
        inside = audiences.people(mailing, at=timezone.now()).values("pk")
    except CampaignsError:
        return visible
    return visible.filter(pk__in=inside).order_by("display_name")


def chosen_person(request: HttpRequest) -> Person | None:
    """Return the visible stakeholder the request names, or None if it names nobody."""
    token = request.POST.get("person") or request.GET.get("person")
    if not token:
        return None
    rows = _visible(request).select_related("area").prefetch_related("affiliations__organisation")
    person = rows.filter(token=token).first()
    if person is None:
        raise Http404
    return person


def _content(request: HttpRequest, mailing: Mailing, person: Person | None):
    contents = {each.language: each for each in mailing.contents.all()}
    wanted = request.GET.get("language", "")
    if wanted in contents:
        return contents[wanted]
    own = person.language if person else ""
    return contents.get(
        audiences.language_for(own, set(contents), mailing.default_language)
    ) or next(iter(contents.values()), None)


def _deliveries(request: HttpRequest, mailing: Mailing):
    query = request.GET.get("q", "").strip()[:100]
    state = request.GET.get("state", "")
    rows = Delivery.objects.visible_to(request.user).filter(mailing=mailing).order_by("name", "pk")
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(address__icontains=query))
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    elif state in Delivery.Reason.values:
        rows = rows.filter(reason=state)
    else:
        state = ""
    return rows, query, state


class _Line:
    """A file that gives back each line as it is written."""

    def write(self, text: str) -> str:
        return text


def _csv(rows) -> Iterator[str]:
    writer = csv.writer(_Line())
    columns = ("name", "address", "language", "state", "reason", "accepted_at", "delivered_at")
    yield "\ufeff" + writer.writerow(columns)
    for row in rows.iterator(chunk_size=2_000):
        yield writer.writerow(
            [
                harmless(row.name),
                harmless(row.address),
                row.language,
                row.shown_state,
                harmless(str(row.reason_sentence)),
                row.accepted_at.isoformat() if row.accepted_at else "",
                row.delivered_at.isoformat() if row.delivered_at else "",
            ]
        )


def harmless(text: str) -> str:
    """Spreadsheets run a cell that begins like a formula: it gets a leading apostrophe."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _there(moment):
    return moment.astimezone(ZoneInfo(settings.OFFICE_TIME_ZONE)) if moment else None
