"""Speaks to each visitor in one language that the pages at the address are complete in."""

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation

from indicators import languages
from surveys.protection.cookies import chosen_languages


class LanguageMiddleware(LocaleMiddleware):
    """Activates a language before any view, and before any refusal.

    Below the addresses of surveys and invitations that is one of all interface languages, elsewhere one of those in
    which the whole site is complete: nobody meets a page in two languages. A language chosen for a
    survey goes before the site's, and both before what the browser asks for. The page learns from
    `request.offered_languages` what its switcher may offer.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Choose; sets `request.LANGUAGE_CODE` and `request.offered_languages`."""
        is_survey = request.path_info.startswith(
            (reverse("surveys:list"), reverse("survey_invitation", args=["-"]).removesuffix("-/"))
        )
        offered = languages.INTERFACE if is_survey else languages.SITE
        tags = [*chosen_languages(request), *languages.wishes(request)]
        code = languages.negotiate(tags, offered) or languages.complete("")
        translation.activate(code)
        request.LANGUAGE_CODE = code
        request.offered_languages = offered
