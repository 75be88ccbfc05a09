"""The respondent's own page beside the editor, and a run through all pages that keeps nothing.

Both use the respondents' templates. What has been answered so far travels in the page's key,
signed and packed; nothing is written anywhere.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from indicators import languages
from surveys.answers import read_page, settled
from surveys.backoffice.access import needs
from surveys.models import Questionnaire, Wave
from surveys.pagescript import script_data
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Definition, Page
from surveys.screens import language_choices, screen_questions
from surveys.services.paths import page_messages
from surveys.wording import Wording

from .place import draft_for, place_of

SALT = "surveys.builder.try"
SEED = "preview"


def speaking(language: str) -> Any:
    """The interface in the questionnaire's language where it is translated."""
    return translation.override(languages.interface(language))


@require_safe
@never_cache
@needs("change_questionnaire")
def page(request: HttpRequest, token: str) -> HttpResponse:
    """One page as a phone shows it, with every question that earlier pages could let through."""
    questionnaire = draft_for(request.user, token)
    place = place_of(questionnaire, request.GET)
    definition = questionnaire.definition
    code = place.page or definition.pages[0].code
    shown = next(one for one in definition.pages if one.code == code)
    return _draw(
        request,
        questionnaire,
        shown,
        place.language,
        answers={},
        path=_whole_path(definition, shown),
        extra={"current": place.question, "is_preview": True},
    )


def _whole_path(definition: Definition, shown: Page) -> logic.Path:
    """All pages, with the questions that conditions on the page itself do not hide at first."""
    now = timezone.now()
    here = logic.path(definition, {}, today=now.date(), now=now)
    on_page = {question.code for question in shown.questions}
    asked = tuple(
        question.code
        for question in shown.questions
        if question.relevant is None
        or question.code in here.questions
        or not any(
            code.partition("/")[0] in on_page for code in logic.references(question.relevant)
        )
    )
    pages = tuple(
        logic.PathPage(one.code, asked if one is shown else (), {}) for one in definition.pages
    )
    return logic.Path(pages, frozenset(asked))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs("change_questionnaire")
def try_out(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the draft from the beginning to the end, as a respondent would; nothing is kept."""
    questionnaire = draft_for(request.user, token)
    definition = questionnaire.definition
    posted = request.POST
    wish = posted.get("switch") or posted.get("language") or request.GET.get("language", "")
    language = wish if wish in definition.languages else definition.default_language
    answers = _answers(posted.get("key", ""), questionnaire)
    shown = next((one for one in definition.pages if one.code == posted.get("page")), None)
    now = timezone.now()
    if shown is None or answers is None:
        path = logic.path(definition, {}, today=now.date(), now=now)
        return _go(request, questionnaire, language, {}, path, path.after(None))
    read = read_page(definition, shown, posted)
    answers = read.merged_into(answers)
    path = logic.path(definition, answers, today=now.date(), now=now)
    action = "switch" if "switch" in posted else posted.get("action", "next")
    if action == "switch":
        return _draw(request, questionnaire, shown, language, answers=answers, path=path)
    if action == "back":
        earlier = path.before(shown.code) or path.page(shown.code)
        return _go(request, questionnaire, language, answers, path, earlier)
    with speaking(language):
        errors = dict(read.unread) or _complaints(definition, shown, answers, path, language)
    if errors:
        return _draw(
            request, questionnaire, shown, language, answers=answers, path=path, errors=errors
        )
    return _go(request, questionnaire, language, answers, path, path.after(shown.code))


def _complaints(
    definition: Definition, shown: Page, answers: dict[str, Any], path: logic.Path, language: str
) -> dict[str, list[str]]:
    now = timezone.now()
    wording = Wording.of(definition, language, answers, path)
    on_page = path.page(shown.code)
    return page_messages(wording, on_page, today=now.date(), now=now) if on_page else {}


def _go(
    request: HttpRequest,
    questionnaire: Questionnaire,
    language: str,
    answers: dict[str, Any],
    path: logic.Path,
    following: logic.PathPage | None,
) -> HttpResponse:
    definition = questionnaire.definition
    if following is None:
        return _end(request, questionnaire, language, settled(definition, answers, path))
    shown = next(one for one in definition.pages if one.code == following.code)
    return _draw(request, questionnaire, shown, language, answers=answers, path=path)


def _answers(key: str, questionnaire: Questionnaire) -> dict[str, Any] | None:
    """The answers so far, or None when the key is not ours or of another draft."""
    try:
        token, answers = signing.loads(key, salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, ValueError):
        return None
    return answers if token == questionnaire.token else None


def _wave(questionnaire: Questionnaire) -> Wave:
    """A wave that is in no table, for the frame around the page."""
    return Wave(
        survey=questionnaire.survey,
        questionnaire=questionnaire,
        slug="preview",
        title=questionnaire.survey.title,
    )


def _draw(
    request: HttpRequest,
    questionnaire: Questionnaire,
    shown: Page,
    language: str,
    *,
    answers: dict[str, Any],
    path: logic.Path,
    errors: dict[str, list[str]] | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    definition = questionnaire.definition
    now = timezone.now()
    codes = [one.code for one in path.pages]
    with speaking(language):
        questions = screen_questions(
            definition, shown, path, answers, language=language, seed=SEED, errors=errors
        )
        context = {
            **_frame(questionnaire, language),
            "page": shown,
            "page_title": Wording.of(definition, language, answers, path).text(shown.title),
            "questions": questions,
            "errors": [error for question in questions for error in question.all_errors],
            "number": codes.index(shown.code) + 1 if shown.code in codes else 1,
            "total": len(codes),
            "is_last": path.after(shown.code) is None,
            "key": signing.dumps([questionnaire.token, answers], salt=SALT, compress=True),
            "script_data": script_data(
                definition, shown, path, answers, language=language, today=now.date(), now=now
            ),
            **(extra or {}),
        }
        status = 422 if errors else 200
        return render(request, "surveys/backoffice/builder/preview.html", context, status=status)


def _end(
    request: HttpRequest, questionnaire: Questionnaire, language: str, final: dict[str, Any]
) -> HttpResponse:
    definition = questionnaire.definition
    stored = [
        (code, ", ".join(f"{k}={v}" for k, v in value.items()))
        if isinstance(value, dict)
        else (code, ", ".join(map(str, value)) if isinstance(value, list) else value)
        for code, value in final.items()
    ]
    with speaking(language):
        context = {
            **_frame(questionnaire, language),
            "thanks": definition.text(definition.thanks, language) or _("Thank you."),
            "stored": stored,
        }
        return render(request, "surveys/backoffice/builder/preview_end.html", context)


def _frame(questionnaire: Questionnaire, language: str) -> dict[str, Any]:
    definition = questionnaire.definition
    title = definition.text(definition.title, language)
    return {
        "wave": _wave(questionnaire),
        "questionnaire": questionnaire,
        "language": language,
        "languages": language_choices(definition, language),
        "survey_title": title,
        "wave_title": title or questionnaire.survey.title,
        "is_office": True,
    }
