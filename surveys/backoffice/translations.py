"""Translations of a draft: the languages, the grid, and saving its cells."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from surveys.backoffice.access import needs, questionnaire_for
from surveys.backoffice.translationgrid import (
    SHOWS,
    Grid,
    language_name,
    language_rows,
)
from surveys.errors import TranslationRefused
from surveys.models import Questionnaire
from surveys.questionnaire.definition import Definition
from surveys.questionnaire.translation import fingerprint, suggestions, texts_of
from surveys.services import translating
from surveys.services.translating import Wording

_LONGEST_SEARCH = 200


@require_safe
@needs("view_questionnaire")
def languages(request: HttpRequest, token: str) -> HttpResponse:
    """The languages of a version with their progress; adding, taking out, files in and out."""
    questionnaire = questionnaire_for(request.user, token)
    definition = questionnaire.definition
    known = [
        {"code": code, "name": name, "comes_back": code in questionnaire.set_aside}
        for code, name in settings.LANGUAGES
        if code not in definition.languages
    ]
    known += [
        {"code": code, "name": code, "comes_back": True}
        for code in questionnaire.set_aside
        if code not in dict(settings.LANGUAGES) and code not in definition.languages
    ]
    return render(
        request,
        "surveys/backoffice/translations.html",
        _frame(request, questionnaire)
        | {
            "rows": language_rows(questionnaire),
            "addable": known,
            "imports": questionnaire.translation_imports.select_related("by").defer("rows")[:8],
        },
    )


def _frame(request: HttpRequest, questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "page_title": _("Translations"),
        "header_icon": "site",
        "questionnaire": questionnaire,
        "may_change": not questionnaire.is_frozen
        and request.user.has_perm("surveys.change_questionnaire"),
    }


@require_safe
@needs("view_questionnaire")
def grid(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Every text in the source language beside its translation."""
    questionnaire = questionnaire_for(request.user, token)
    return _grid_page(request, questionnaire, language)


def _grid_page(
    request: HttpRequest,
    questionnaire: Questionnaire,
    language: str,
    *,
    typed: dict[str, str] | None = None,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    definition = questionnaire.definition
    if language not in definition.languages or language == definition.default_language:
        raise Http404(_("This questionnaire is not translated into that language."))
    show = request.GET.get("show", "all")
    words = request.GET.get("q", "")[:_LONGEST_SEARCH].replace("\x00", "").strip()
    found = Grid(
        questionnaire,
        language,
        show=show if show in SHOWS else "all",
        words=words,
        typed=typed,
        refused=refused,
        earlier=_earlier(questionnaire),
    )
    missing = found.progress.missing
    return render(
        request,
        "surveys/backoffice/translation_grid.html",
        _frame(request, questionnaire)
        | {
            "page_title": _("Translation: %(language)s") % {"language": language_name(language)},
            "grid": found,
            "sections": found.sections(),
            "language": language,
            "source_language": definition.default_language,
            "source_name": language_name(definition.default_language),
            "language_name": language_name(language),
            "rows": [row for row in language_rows(questionnaire) if not row["is_default"]],
            "shows": [
                ("all", _("All texts"), found.progress.total),
                ("missing", _("Only missing"), missing),
                ("outdated", _("Changed since translated"), found.progress.outdated),
            ],
            "show": found.show,
            "words": words,
            "filled": len(request.session.get(_filled_key(questionnaire, language), {})),
            "repeated": sum(
                1 for text in found.texts if text.counts and text.place in found.offered
            ),
        },
        status=422 if refused else 200,
    )


def _earlier(questionnaire: Questionnaire) -> list[Definition]:
    """The two versions before, to show which wording a translation was made from."""
    before = Questionnaire.objects.filter(
        survey_id=questionnaire.survey_id, number__lt=questionnaire.number
    ).order_by("-number")[:2]
    return [version.definition for version in before]


@require_POST
@needs("change_questionnaire")
def save(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Write the cells of one form: a question's by its button, or one by the page's script."""
    questionnaire = questionnaire_for(request.user, token)
    wants_json = "application/json" in request.headers.get("Accept", "")
    wordings = _posted(request, questionnaire, language)
    try:
        saved = translating.save_wordings(
            questionnaire=questionnaire,
            language=language,
            wordings=wordings,
            at=timezone.now(),
            by=request.user,
        )
    except TranslationRefused as refusal:
        if wants_json:
            return JsonResponse({"refusal": str(refusal)}, status=409)
        messages.error(request, str(refusal))
        return redirect("surveys_office:translations", token=token)
    questionnaire.refresh_from_db()
    if wants_json:
        return _saved_json(questionnaire, language, saved)
    if saved.refused:
        messages.error(request, _("Some wordings were not saved. Each says why."))
        return _grid_page(
            request,
            questionnaire,
            language,
            typed={place: wording.text for place, wording in wordings.items()},
            refused=saved.refused,
        )
    messages.success(request, _("Saved."))
    return redirect(_back_to(request, token, language))


def _posted(
    request: HttpRequest, questionnaire: Questionnaire, language: str
) -> dict[str, Wording]:
    """Places with their wordings as posted; with a button "use", the one it offers."""
    use = request.POST.get("use")
    if use is not None:
        offered = suggestions(texts_of(questionnaire.definition), language)
        return {use[:300]: Wording(offered.get(use, ""), fingerprint(""))}
    columns = [request.POST.getlist(name) for name in ("place", "text", "was")]
    return {
        place[:300]: Wording(text, was or None) for place, text, was in zip(*columns, strict=False)
    }


def _saved_json(
    questionnaire: Questionnaire, language: str, saved: translating.Saved
) -> HttpResponse:
    found = Grid(questionnaire, language)
    texts = {text.place: text for text in found.texts}
    cells = {place: found.cell(texts[place]) for place in saved.places if place in texts}
    return JsonResponse(
        {
            "saved": {
                place: {"wording": cell.wording, "was": cell.was, "state": cell.state}
                for place, cell in cells.items()
            },
            "refused": saved.refused,
            "progress": {
                "done": found.progress.done,
                "total": found.progress.total,
                "percent": found.progress.percent,
                "missing": found.progress.missing,
                "outdated": found.progress.outdated,
            },
        },
        status=422 if saved.refused else 200,
    )


def _back_to(request: HttpRequest, token: str, language: str) -> str:
    """The grid with the filters it had, at the place it was."""
    address = reverse("surveys_office:translation", args=[token, language])
    query = request.GET.urlencode()
    anchor = request.POST.get("anchor", "")
    anchor = anchor if anchor.replace("-", "").isalnum() else ""
    return f"{address}{'?' + query if query else ''}{'#' + anchor[:40] if anchor else ''}"


@require_POST
@needs("change_questionnaire")
def confirm(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Say that a translation, or all that are shown, still fit their changed source wording."""
    questionnaire = questionnaire_for(request.user, token)
    places = request.POST.getlist("confirm")
    if request.POST.get("every"):
        found = Grid(questionnaire, language)
        places = [text.place for text in found.texts if found.cell(text).is_outdated]
    try:
        many = translating.confirm_wordings(
            questionnaire=questionnaire, language=language, places=places
        )
    except TranslationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys_office:translations", token=token)
    messages.success(
        request,
        ngettext("%(many)s translation still fits.", "%(many)s translations still fit.", many)
        % {"many": many},
    )
    return redirect(_back_to(request, token, language))


@require_POST
@needs("change_questionnaire")
def fill(request: HttpRequest, token: str, language: str) -> HttpResponse:
    """Fill in wordings that are translated elsewhere already; "undo" takes just these out again."""
    questionnaire = questionnaire_for(request.user, token)
    key = _filled_key(questionnaire, language)
    try:
        if request.POST.get("undo"):
            filled = request.session.pop(key, {})
            many = translating.clear_wordings(
                questionnaire=questionnaire,
                language=language,
                wordings=filled,
                at=timezone.now(),
                by=request.user,
            )
            messages.success(request, _("%(many)s wordings were taken out.") % {"many": many})
        else:
            places = translating.fill_repeated(
                questionnaire=questionnaire, language=language, at=timezone.now(), by=request.user
            )
            questionnaire.refresh_from_db()
            texts = {text.place: text for text in texts_of(questionnaire.definition)}
            request.session[key] = {
                place: fingerprint(texts[place].in_language(language)) for place in places
            }
            messages.success(
                request,
                _("%(many)s wordings were filled in from the same wording elsewhere.")
                % {"many": len(places)},
            )
    except TranslationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys_office:translations", token=token)
    return redirect("surveys_office:translation", token=token, language=language)


def _filled_key(questionnaire: Questionnaire, language: str) -> str:
    return f"translations-filled-{questionnaire.token}-{language[:40]}"


@require_POST
@needs("change_questionnaire")
def change_languages(request: HttpRequest, token: str) -> HttpResponse:
    """Add a language (`add`, or `other` as typed) or take one out (`remove`)."""
    questionnaire = questionnaire_for(request.user, token)
    added = (request.POST.get("other") or request.POST.get("add") or "").strip().lower()[:60]
    removed = request.POST.get("remove", "")[:60]
    try:
        if removed:
            many = translating.remove_language(
                questionnaire=questionnaire, language=removed, at=timezone.now(), by=request.user
            )
            messages.success(
                request,
                _(
                    "%(language)s is taken out. Its %(many)s wordings are kept: "
                    "add the language again to have them back."
                )
                % {"language": language_name(removed), "many": many},
            )
        else:
            many = translating.add_language(
                questionnaire=questionnaire, language=added, at=timezone.now(), by=request.user
            )
            messages.success(
                request,
                _("%(language)s is added.") % {"language": language_name(added)}
                if not many
                else _("%(language)s is back with %(many)s wordings.")
                % {"language": language_name(added), "many": many},
            )
    except TranslationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys_office:translations", token=token)
