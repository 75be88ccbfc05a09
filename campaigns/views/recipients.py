"""What the links in a copy lead to. No GET changes anything: scanners open every link."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import invitations, rendering, services
from campaigns.errors import CampaignsError
from campaigns.forms import PreferencesForm
from campaigns.models import Delivery, Link
from engagement.models import Consent
from indicators.http import problem

# The copy is an e-mail: styled in place and without scripts.
COPY_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
ONE_CLICK = "One-Click"


def _delivery(token: str) -> Delivery:
    delivery = (
        Delivery.objects.select_related("mailing__campaign", "mailing__wave", "person__area")
        .filter(token=token)
        .first()
    )
    if delivery is None:
        raise Http404
    return delivery


def _preview(request: HttpRequest) -> HttpResponse:
    return render(request, "campaigns/preview_link.html")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Withdraw consent by POST: a mail program's one click (RFC 8058) or the button on this page.

    There is no cookie and no CSRF token to ask for: the unguessable token in the address names the
    person and the purpose. A GET shows the page with the button.
    """
    if token == rendering.PREVIEW:
        return _preview(request)
    delivery = _delivery(token)
    one_click = request.POST.get("List-Unsubscribe") == ONE_CLICK
    with translation.override(delivery.language):
        if request.method == "POST" and (one_click or request.POST.get("leave") == "yes"):
            services.unsubscribe(
                delivery=delivery,
                evidence="one-click header" if one_click else "unsubscribe page",
                reason=request.POST.get("reason", "").strip()[:150],
                at=timezone.now(),
            )
            return render(request, "campaigns/unsubscribed.html", {"delivery": delivery})
        status = 422 if request.method == "POST" else 200
        context = {
            "delivery": delivery,
            "purpose": delivery.mailing.get_purpose_display(),
            "has_left": _has_left(delivery),
        }
        return render(request, "campaigns/unsubscribe.html", context, status=status)


def _has_left(delivery: Delivery) -> bool:
    current = Consent.objects.current(purpose=delivery.mailing.purpose, channel="email")
    return not current.filter(person=delivery.person_id).exists()


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Choose what to receive and in which language, without signing in."""
    if token == rendering.PREVIEW:
        return _preview(request)
    delivery = _delivery(token)
    if delivery.person is None:
        raise Http404
    with translation.override(delivery.language):
        current = set(
            Consent.objects.filter(person=delivery.person_id, channel="email")
            .latest_per_person()
            .filter(state=Consent.State.GIVEN)
            .values_list("purpose", flat=True)
        )
        initial = {"purposes": sorted(current), "language": delivery.person.language}
        form = PreferencesForm(request.POST or None, initial=initial)
        saved = False
        if request.method == "POST" and form.is_valid():
            services.set_preferences(
                delivery=delivery,
                purposes=form.cleaned_data["purposes"],
                language=form.cleaned_data["language"],
                wordings=form.wordings(),
                at=timezone.now(),
            )
            saved = True
        status = 422 if request.method == "POST" and not saved else 200
        context = {"delivery": delivery, "form": form, "saved": saved}
        return render(request, "campaigns/preferences.html", context, status=status)


@never_cache
@require_safe
def link(request: HttpRequest, token: str, delivery_token: str) -> HttpResponse:
    """Lead to a known link of the mailing, and to nothing else."""
    found = Link.objects.select_related("mailing").filter(token=token).first()
    if found is None:
        raise Http404
    if delivery_token != rendering.PREVIEW:
        delivery = Delivery.objects.filter(token=delivery_token, mailing=found.mailing_id).first()
        if delivery is None:
            raise Http404
        services.record_click(
            link=found,
            delivery=delivery,
            agent=request.headers.get("User-Agent", ""),
            is_head=request.method == "HEAD",
            at=timezone.now(),
        )
    response = HttpResponseRedirect(found.url)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def view(request: HttpRequest, token: str) -> HttpResponse:
    """Show a copy in the browser, rendered again from the approved text."""
    if token == rendering.PREVIEW:
        return _preview(request)
    delivery = _delivery(token)
    if delivery.accepted_at is None and delivery.submitted_at is None:
        raise Http404
    content = delivery.mailing.contents.filter(language=delivery.language).first()
    try:
        if content is None:
            raise CampaignsError(_("This message is no longer kept."))
        compiled = rendering.compile_content(delivery.mailing, content)
    except CampaignsError as error:
        return problem(request, 404, _("This message cannot be shown"), str(error))
    copy = rendering.copy_for(delivery, compiled, survey_link=invitations.shown_link(delivery))
    response = HttpResponse(copy.html)
    response["Content-Security-Policy"] = COPY_POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Language"] = delivery.language or settings.LANGUAGE_CODE
    return response
