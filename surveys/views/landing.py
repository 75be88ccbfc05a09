"""Before and after the questions: the list, a wave's own page, the thanks, the withdrawal."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from indicators.moments import kept_for_a_moment
from surveys import services
from surveys.errors import AlreadySubmitted, UnknownReceipt
from surveys.models import AnalysisPlanEntry, Wave
from surveys.protection import cookies, links, networks
from surveys.screens import LANGUAGE_NAMES
from surveys.views.frame import respondent_view, show


@require_safe
def wave_list(request: HttpRequest) -> HttpResponse:
    """The surveys that anybody may answer today, and those that are over."""
    now = timezone.now()
    language = get_language() or "en"

    def row(wave: Wave) -> dict:
        definition = wave.questionnaire.definition
        return {
            "wave": wave,
            "title": wave.title_in(language),
            "purpose": wave.purpose_in(language),
            "languages": [(code, LANGUAGE_NAMES.get(code, code)) for code in definition.languages],
        }

    open_waves = Wave.objects.listed(at=now).select_related("questionnaire", "survey")
    over = (
        Wave.objects.filter(state__in=[Wave.State.CLOSED, Wave.State.PUBLISHED])
        .select_related("questionnaire", "survey")
        .order_by("-closes_at")[:12]
    )
    return render(
        request,
        "surveys/list.html",
        {"open_waves": [row(wave) for wave in open_waves], "over": [row(wave) for wave in over]},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@respondent_view
def wave(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """What the survey is for and what happens to the answers; agreeing begins it."""
    now = timezone.now()
    secret = cookies.secret(request, wave)
    if request.method == "POST":
        return _begin(request, wave, language, secret)
    if request.method == "GET":
        services.note_opened(wave=wave, secret=secret)
    context = {
        "is_open": wave.is_open(at=now),
        "has_answered": cookies.has_answered(request, wave),
        "started": services.find_started(wave=wave, secret=secret) if secret else None,
        "purpose": wave.purpose_in(language),
        "consent": wave.consent_in(language),
        "results": results_of(wave),
        "error": "",
        **_invited(wave, secret),
    }
    return show(request, "surveys/landing.html", wave, language, context)


def _begin(request: HttpRequest, wave: Wave, language: str, secret: str) -> HttpResponse:
    now = timezone.now()
    if request.POST.get("action") == "restart" and secret:
        services.restart(wave=wave, secret=secret)
        response = redirect("surveys:wave", slug=wave.slug)
        if not links.is_invited(secret):  # an invitation is still the same person's
            cookies.forget_secret(response, wave)
        return response
    if cookies.has_answered(request, wave):
        return redirect("surveys:wave", slug=wave.slug)
    if request.POST.get("consent") != "yes":
        context = {
            "is_open": wave.is_open(at=now),
            "has_answered": False,
            "started": None,
            "purpose": wave.purpose_in(language),
            "consent": wave.consent_in(language),
            "results": [],
            "error": _("Please tick the box if you agree. Without it we may not ask you."),
            **_invited(wave, secret),
        }
        return show(request, "surveys/landing.html", wave, language, context, status=422)
    is_new = not secret
    if is_new:
        secret = cookies.new_secret()
        networks.note_begun(request, wave, at=now)
    try:
        started = services.start(
            wave=wave,
            secret=secret,
            language=language,
            at=now,
            device=device_class(request),
            is_new=is_new,
        )
    except AlreadySubmitted as error:
        return done(wave, error.receipt or known_receipt(request, wave))
    # To the page itself: a redirect more would cost a slow network half a second.
    response = to_page(wave, services.resumed_page(response=started, at=now) or "")
    cookies.keep_secret(response, wave, secret)
    cookies.keep_language(response, wave, language)
    return response


def _invited(wave: Wave, secret: str) -> dict[str, bool]:
    """Whether somebody came by an invitation, and whether nobody can begin without one."""
    is_invited = links.is_invited(secret)
    return {
        "is_invited": is_invited,
        "needs_invitation": not (is_invited or wave.takes_open_link),
    }


def known_receipt(request: HttpRequest, wave: Wave) -> str:
    """The receipt code of the answers that this browser has handed in, or ""."""
    return services.known_receipt(wave, cookies.receipt_secret(request, wave))


def to_page(wave: Wave, page: str) -> HttpResponseRedirect:
    """To a page of questions by its code."""
    address = reverse("surveys:respond", args=[wave.slug])
    return redirect(f"{address}?{urlencode({'page': page})}")


def device_class(request: HttpRequest) -> str:
    """phone, tablet or computer, from the words browsers use; nothing else of it is kept."""
    agent = request.headers.get("User-Agent", "")[:400]
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    return "phone" if "Mobi" in agent or "iPhone" in agent else "computer"


def done(wave: Wave, receipt: str) -> HttpResponseRedirect:
    """To the thanks page, remembering that this browser is done."""
    response = redirect("surveys:thanks", slug=wave.slug)
    cookies.keep_answered(response, wave, receipt)
    cookies.forget_secret(response, wave)
    return response


@require_safe
@respondent_view
def thanks(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """Thanks, the receipt code, and where the figures will stand."""
    if not cookies.has_answered(request, wave):
        return redirect("surveys:wave", slug=wave.slug)
    receipt = cookies.receipt(request, wave)
    context = {
        "receipt": receipt,
        "is_over_quota": services.is_over_quota(wave=wave, code=receipt),
        "own_thanks": services.thanks_text(wave=wave, code=receipt, language=language),
        "results": results_of(wave),
    }
    return show(request, "surveys/thanks.html", wave, language, context)


@require_http_methods(["GET", "HEAD", "POST"])
@respondent_view
def withdraw(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """Deletes the answers whose receipt code is entered."""
    code, error, is_withdrawn = "", "", False
    if request.method == "POST":
        code = request.POST.get("code", "")[:60].replace("\x00", "").strip()
        try:
            if not code:
                raise UnknownReceipt(_("Please enter the code from the end of the survey."))
            services.withdraw(wave=wave, code=code, at=timezone.now())
            is_withdrawn = True
        except UnknownReceipt as refusal:
            error = str(refusal)
    context = {"code": code, "error": error, "is_withdrawn": is_withdrawn}
    response = show(
        request, "surveys/withdraw.html", wave, language, context, status=422 if error else 200
    )
    if is_withdrawn:
        cookies.forget_answered(response, wave)
    return response


def results_of(wave: Wave) -> list[dict[str, str]]:
    """Where the figures of this survey stand: titles and addresses of its indicators."""
    return _results_of(wave.survey_id)


@kept_for_a_moment
def _results_of(survey: int) -> list[dict[str, str]]:
    from indicators.models import Indicator

    slugs = AnalysisPlanEntry.objects.filter(survey_id=survey, is_active=True).values_list(
        "indicator", flat=True
    )
    found = []
    for indicator in Indicator.objects.filter(slug__in=list(slugs)).only("slug", "code", "title"):
        try:
            url = reverse("indicators:detail", args=[indicator.slug])
        except NoReverseMatch:
            continue
        title = f"{indicator.code} · {indicator.title}" if indicator.code else indicator.title
        found.append({"title": title, "url": url})
    return found
