"""Translators' files: out as PO and Excel, and back in through a page that shows what changes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from surveys.backoffice.access import needs, questionnaire_for
from surveys.backoffice.translationgrid import language_name
from surveys.errors import TranslationFileRefused, TranslationRefused
from surveys.models import Questionnaire, TranslationImport
from surveys.questionnaire.translation.arriving import APPLICABLE, USUAL, Arrival
from surveys.questionnaire.translation.files import archive, po_file, workbook
from surveys.questionnaire.translation.files.incoming import LARGEST
from surveys.screens import LANGUAGE_NAMES
from surveys.services import translationfiles

_SHOWN = 300


@require_safe
@needs("view_questionnaire")
def export(request: HttpRequest, token: str) -> HttpResponse:
    """One language (`language`) or all, as `po` or `xlsx` (`format`)."""
    questionnaire = questionnaire_for(request.user, token)
    definition = questionnaire.definition
    targets = [code for code in definition.languages if code != definition.default_language]
    language, kind = request.GET.get("language", ""), request.GET.get("format", "xlsx")
    if kind not in ("po", "xlsx") or (language and language not in targets):
        raise Http404(_("There is no such file."))
    recorded = questionnaire.translated_from
    name = f"{slugify(questionnaire.survey.code) or 'survey'}-v{questionnaire.number}"
    project = f"{questionnaire.survey.code} v{questionnaire.number}"
    if kind == "xlsx":
        content = workbook(
            definition, [language] if language else targets, recorded, names=LANGUAGE_NAMES
        )
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        file_name = f"{name}-{language or 'translations'}.xlsx"
    elif language:
        content = po_file(definition, language, recorded, project=project)
        content_type, file_name = "text/x-gettext-translation", f"{name}-{language}.po"
    else:
        content = archive(definition, recorded, project=project, name=name)
        content_type, file_name = "application/zip", f"{name}-po.zip"
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


@require_POST
@needs("change_questionnaire")
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """Read a file and lead to what it would change."""
    questionnaire = questionnaire_for(request.user, token)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise TranslationFileRefused(_("Choose a .po, .zip or .xlsx file first."))
        received = translationfiles.receive_file(
            questionnaire=questionnaire,
            name=file.name or "",
            data=file.read(LARGEST + 1),
            at=timezone.now(),
            by=request.user,
        )
    except (TranslationFileRefused, TranslationRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("surveys_office:translations", token=token)
    return redirect("surveys_office:translation_file", token=token, file=received.token)


def _file(questionnaire: Questionnaire, token: str) -> TranslationImport:
    found = questionnaire.translation_imports.filter(token=token.replace("\x00", "")).first()
    if found is None:
        raise Http404(_("There is no such file."))
    return found


@require_safe
@needs("view_questionnaire")
def show(request: HttpRequest, token: str, file: str) -> HttpResponse:
    """What a file would change, what it cannot change and why; or what it changed."""
    questionnaire = questionnaire_for(request.user, token)
    found = _file(questionnaire, file)
    is_open = found.applied_at is None
    arriving = translationfiles.arriving(found, questionnaire) if is_open else []
    return render(
        request,
        "surveys/backoffice/translation_file.html",
        {
            "page_title": found.file_name,
            "header_icon": "doc-full",
            "questionnaire": questionnaire,
            "file": found,
            "groups": _groups(arriving),
            "same": sum(one.sort == "same" for one in arriving),
            "changes": sum(one.sort in APPLICABLE for one in arriving),
            "refused": [one for one in arriving if one.sort in ("refused", "unknown")][:_SHOWN],
            "problems": found.problems,
            "may_change": not questionnaire.is_frozen
            and request.user.has_perm("surveys.change_questionnaire"),
        },
    )


def _groups(arriving: list[Arrival]) -> list[dict[str, Any]]:
    headings = {
        "new": (_("New translations"), ""),
        "changed": (_("Changed translations"), ""),
        "confirmed": (
            _("Still right"),
            _("The wording stays; the translator says that it fits the changed source wording."),
        ),
        "differs": (
            _("Made from another source wording"),
            _("The source wording changed after the file was made. They would stay marked."),
        ),
        "fuzzy": (_("Marked as unsure"), _("The translator marked them as fuzzy.")),
    }
    groups = []
    for sort in APPLICABLE:
        found = [one for one in arriving if one.sort == sort]
        if found:
            heading, remark = headings[sort]
            groups.append(
                {
                    "sort": sort,
                    "heading": heading,
                    "remark": remark,
                    "is_usual": sort in USUAL,
                    "count": len(found),
                    "languages": _by_language(found),
                    "shown": found[:_SHOWN],
                    "more": max(0, len(found) - _SHOWN),
                }
            )
    return groups


def _by_language(found: list[Arrival]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for one in found:
        counts[one.wording.language] = counts.get(one.wording.language, 0) + 1
    return [(language_name(code), many) for code, many in counts.items()]


@require_POST
@needs("change_questionnaire")
def apply(request: HttpRequest, token: str, file: str) -> HttpResponse:
    """Write the chosen sorts of changes, or (`revert`) give back what was replaced."""
    questionnaire = questionnaire_for(request.user, token)
    found = _file(questionnaire, file)
    now = timezone.now()
    try:
        if request.POST.get("revert"):
            back, left = translationfiles.revert_file(file=found, at=now, by=request.user)
            messages.success(
                request,
                _("%(back)s wordings are as before.") % {"back": back}
                + (
                    " " + _("%(left)s were changed afterwards and stay.") % {"left": left}
                    if left
                    else ""
                ),
            )
        else:
            many = translationfiles.apply_file(
                file=found, sorts=request.POST.getlist("sort"), at=now, by=request.user
            )
            messages.success(
                request,
                ngettext("%(many)s wording is written.", "%(many)s wordings are written.", many)
                % {"many": many},
            )
    except TranslationRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("surveys_office:translation_file", token=token, file=found.token)
