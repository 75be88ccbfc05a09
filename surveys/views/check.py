"""What an open link asks besides the questions: the browser's proof of work, or a small question.

Who runs our script notices nothing: the proof is found beside the first page and travels with it.
Without a script a network that sends many answers is asked for a sum and a short wait. Nobody is
turned away, and answers are kept before anything is asked.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import services
from surveys.answers import whole_number
from surveys.errors import AlreadySubmitted, AnswersRefused
from surveys.models import Response, Wave
from surveys.protection import cookies, networks, pagekeys, proofs
from surveys.views.frame import respondent_view, show
from surveys.views.landing import done, known_receipt

# The name the page's key is signed for; no page of a questionnaire can be called so.
CHECK = "/check"
# Seconds that must pass before the sum counts, by how crowded the network is.
WAITS = (3, 5, 15, 30)


def owner_of(wave: Wave, secret: str) -> str:
    """Whose challenge it is, in a word that only this respondent's cookie leads to."""
    return services.hash_of("proof", wave, secret)[:24]


def circumstances(
    request: HttpRequest, wave: Wave, secret: str, response: Response, *, at: datetime
) -> dict[str, Any]:
    """What is noted beside a page of an open link: network, crowd, and the proof it carried."""
    if not services.is_guarded(wave, response):
        return {}
    noted: dict[str, Any] = {"proof": response.paradata.get("proof") or "none"}
    if mark := networks.mark_of(request, wave, at=at):
        noted["network"] = mark
    if crowd := max(response.paradata.get("crowd", 0), networks.crowd(request, wave, at=at)):
        noted["crowd"] = crowd
    if payload := request.POST.get("altcha"):
        if noted["proof"] != "work" and wave.is_open(at=at):
            verdict = proofs.verify(payload, owner=owner_of(wave, secret), at=at)
            if verdict is proofs.Verdict.ACCEPTED:
                noted["proof"] = "work"
    return noted


@require_safe
@respondent_view
def challenge(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """Some work for this respondent's browser, as JSON; {} where none is needed."""
    now = timezone.now()
    secret = cookies.secret(request, wave)
    response = services.find_started(wave=wave, secret=secret)
    if response is None:
        return JsonResponse({}, status=403)
    if not services.is_guarded(wave, response) or response.paradata.get("proof") == "work":
        return JsonResponse({})
    crowd = networks.crowd(request, wave, at=now)
    return JsonResponse(proofs.challenge(owner=owner_of(wave, secret), crowd=crowd, at=now))


@require_http_methods(["GET", "HEAD", "POST"])
@respondent_view
def check(request: HttpRequest, *, wave: Wave, language: str) -> HttpResponse:
    """The last step of who has no proof: the script finds one here, or a sum is answered."""
    now = timezone.now()
    secret = cookies.secret(request, wave)
    response = services.find_started(wave=wave, secret=secret)
    if response is None:
        return redirect("surveys:thanks", slug=wave.slug)
    response.wave = wave
    if not services.lacks_proof(wave, response):
        return (
            _hand_in(request, wave, secret, response, at=now)
            if request.method == "POST"
            else redirect("surveys:respond", slug=wave.slug)
        )
    if request.method != "POST":
        return _draw(request, wave, language, secret)
    noted = circumstances(request, wave, secret, response, at=now)
    if noted["proof"] == "none":
        key = request.POST.get("key", "")
        seconds = pagekeys.seconds_since(key, wave=wave, secret=secret, page=CHECK, at=now)
        wait = WAITS[noted.get("crowd", 0)]
        if whole_number(request.POST.get("sum", "")) != sum(_terms(key)):
            error = _("That is not the right number. Please try again.")
            return _draw(request, wave, language, secret, error=error)
        if seconds < wait:
            # The same sum, and the clock goes on from when it was first shown.
            error = _("Please wait %(seconds)s seconds, then press the button again.") % {
                "seconds": round(wait - seconds) or 1
            }
            return _draw(request, wave, language, secret, error=error, key=key)
        noted["proof"] = "question"
    try:
        services.note_circumstances(response=response, noted=noted)
    except AlreadySubmitted:
        return done(wave, known_receipt(request, wave))
    return _hand_in(request, wave, secret, response, at=now)


def _hand_in(
    request: HttpRequest, wave: Wave, secret: str, response: Response, *, at: datetime
) -> HttpResponse:
    try:
        receipt_secret = cookies.receipt_secret(request, wave)
        receipt = services.submit(
            response=response, secret=secret, at=at, receipt_secret=receipt_secret
        )
        return done(wave, receipt)
    except AlreadySubmitted as error:
        return done(wave, error.receipt or known_receipt(request, wave))
    except AnswersRefused:
        # The page of questions says what is missing.
        return redirect("surveys:respond", slug=wave.slug)


def _terms(key: str) -> tuple[int, int]:
    """Two numbers from 2 to 9 that follow from the page's key, and from nothing in the page."""
    digest = hmac.new(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).digest()
    return 2 + digest[0] % 8, 2 + digest[1] % 8


def _draw(
    request: HttpRequest, wave: Wave, language: str, secret: str, *, error: str = "", key: str = ""
) -> HttpResponse:
    key = key or pagekeys.sign(wave=wave, secret=secret, page=CHECK, at=timezone.now())
    first, second = _terms(key)
    context = {"key": key, "first": first, "second": second, "error": error}
    return show(
        request, "surveys/check.html", wave, language, context, status=422 if error else 200
    )
