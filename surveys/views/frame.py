"""What all pages of a respondent share: the wave, its language, and refusals in that language."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page

from indicators import languages
from indicators.http import problem
from indicators.moments import kept_for_a_moment
from surveys.errors import (
    ForeignPageKey,
    InvitationRefused,
    NothingAsked,
    QuotaNotEvaluated,
    WaveNotOpen,
)
from surveys.models import Questionnaire, Wave
from surveys.protection import cookies
from surveys.screens import language_choices


def wave_or_404(slug: str) -> Wave:
    """The wave at this address, if anybody may see it; as it was at most a moment ago."""
    wave = _public_wave(slug)
    if wave is None:
        raise Http404(_("There is no survey at this address."))
    return copy(wave)


@kept_for_a_moment
def _public_wave(slug: str) -> Wave | None:
    # The document is parsed once per process, so it need not travel from the database.
    return (
        Wave.objects.public()
        .select_related("questionnaire", "survey")
        .defer(*(f"questionnaire__{name}" for name in Questionnaire.BULKY))
        .filter(slug=slug)
        .first()
    )


def language_of(request: HttpRequest, wave: Wave, chosen: str = "") -> str:
    """The questionnaire language to speak: asked for, chosen before, the browser's, the default.

    Regional codes find their language: a phone set to zh-CN gets a questionnaire's zh-hans. Where
    the questionnaire has none of the wishes, everything is in its default language.
    """
    definition = wave.questionnaire.definition
    tags = [chosen, cookies.language(request, wave), *languages.wishes(request)]
    return languages.negotiate(tags, definition.languages) or definition.default_language


def respondent_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Finds the wave, speaks the respondent's language, and turns refusals into pages.

    The view is called with `wave` and `language`; nothing it answers is kept by a cache, because
    a shared phone must not show somebody's answers. Pages are compressed for slow networks;
    Django adds random bytes to each, and its token against forgery differs each time, so that
    lengths tell nothing of a secret (the BREACH attack).
    """

    @never_cache
    @gzip_page
    @wraps(view)
    def wrapped(request: HttpRequest, slug: str) -> HttpResponse:
        wave = wave_or_404(slug)
        asked = (
            request.POST.get("switch")
            or request.POST.get("language")
            or request.GET.get("language")
            or ""
        )
        language = language_of(request, wave, asked)
        with translation.override(languages.interface(language)):
            try:
                response = view(request, wave=wave, language=language)
            except WaveNotOpen as error:
                response = problem(
                    request,
                    409,
                    _("This survey takes no answers now"),
                    str(error),
                    wave.get_absolute_url(),
                    _("About this survey"),
                )
            except NothingAsked as error:
                response = problem(
                    request,
                    409,
                    _("No question here is for you"),
                    str(error),
                    wave.get_absolute_url(),
                    _("About this survey"),
                )
            except InvitationRefused as error:
                response = problem(
                    request,
                    403 if error.kind == "needed" else 410,
                    _("This survey is by invitation")
                    if error.kind == "needed"
                    else _("This link cannot be used"),
                    str(error),
                    wave.get_absolute_url(),
                    _("About this survey"),
                )
            except QuotaNotEvaluated as error:
                response = problem(
                    request,
                    503,
                    _("This survey takes no answers now"),
                    str(error),
                    wave.get_absolute_url(),
                    _("About this survey"),
                )
            except ForeignPageKey as error:
                response = problem(
                    request,
                    400,
                    _("This page cannot be used any more"),
                    str(error),
                    wave.get_absolute_url(),
                    _("Open the survey"),
                )
        if languages.match(asked, [language]) and cookies.language(request, wave) != language:
            cookies.keep_language(response, wave, language)
        response.headers["Content-Language"] = language
        return response

    return wrapped


def show(
    request: HttpRequest,
    template: str,
    wave: Wave,
    language: str,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render one of the respondent's templates with what its frame needs."""
    definition = wave.questionnaire.definition
    frame = {
        "wave": wave,
        "language": language,
        "languages": language_choices(definition, language),
        "survey_title": definition.text(definition.title, language),
        "wave_title": wave.title_in(language),
    }
    return render(request, template, frame | context, status=status)
