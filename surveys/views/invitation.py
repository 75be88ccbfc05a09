"""The short address in an invitation. Opening it changes nothing in the database.

Mail scanners open every link, so a GET or HEAD only says who it is for: the secret goes into a
cookie of the wave's own pages, and what follows is the same for everybody.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from indicators import languages
from indicators.http import problem
from surveys import services
from surveys.errors import AlreadySubmitted, InvitationRefused
from surveys.models import SurveyInvitation, Wave
from surveys.protection import cookies, links
from surveys.views.frame import show
from surveys.views.landing import results_of


@never_cache
@require_safe
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Lead to the wave's page, or say why this link leads nowhere. Nothing is told of others."""
    value = links.read(secret)
    found = services.find_invitation(secret=value) if value else None
    if found is None:
        response = problem(
            request,
            404,
            _("This link is not valid"),
            _("Please check that the whole address was copied, or use the one in your letter."),
        )
    else:
        language = _language(request, found)
        with translation.override(languages.interface(language)):
            response = _opened(request, found, value, language)
    # The address is a secret: other sites and our own log must not get it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _language(request: HttpRequest, found: SurveyInvitation) -> str:
    """The questionnaire's language: asked for, of the invitation, else the reader's."""
    definition = found.wave.questionnaire.definition
    tags = [request.GET.get("language", "")[:12], found.language, *languages.wishes(request)]
    return languages.negotiate(tags, definition.languages) or definition.default_language


def _opened(
    request: HttpRequest, found: SurveyInvitation, secret: str, language: str
) -> HttpResponse:
    wave = found.wave
    try:
        services.admit(wave=wave, secret=secret, at=timezone.now())
    except AlreadySubmitted:
        return _thanks(request, wave, language)
    except InvitationRefused as refusal:
        return problem(request, 410, _("This link cannot be used"), str(refusal))
    if wave.state in (Wave.State.DRAFTED, Wave.State.ARCHIVED):
        return problem(
            request,
            410,
            _("This survey takes no answers now"),
            _("It has not opened yet, or it was over long ago."),
        )
    response = redirect("surveys:wave", slug=wave.slug)
    cookies.keep_invited(request, response, wave, secret)
    cookies.keep_language(response, wave, language)
    return response


def _thanks(request: HttpRequest, wave: Wave, language: str) -> HttpResponse:
    """The thanks, kindly, and without the receipt: whoever holds the link may be somebody else."""
    context = {
        "receipt": "",
        "own_thanks": services.thanks_text(wave=wave, code="", language=language),
        "results": results_of(wave) if wave.state != Wave.State.ARCHIVED else [],
        "was_used": True,
    }
    return show(request, "surveys/thanks.html", wave, language, context)
