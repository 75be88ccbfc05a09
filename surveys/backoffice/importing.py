"""XLSForms in and out: upload, see what was understood, make a draft of it; download a version."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from surveys.backoffice.access import needs, questionnaire_for
from surveys.errors import EditRefused, ImportRefused, StaleEdit
from surveys.models import Questionnaire, QuestionnaireImport, Survey
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Definition, Question, parse
from surveys.questionnaire.xlsform import (
    MAX_BYTES,
    Finding,
    Level,
    XLSFormRefused,
    megabytes,
    write_xlsform,
)
from surveys.screens import LANGUAGE_NAMES
from surveys.services.importing import receive_form, take_up

ACCEPTED = ".xlsx,.xlsm,.xls,.csv,.md"
_SHOWN = 200
_HEADINGS = {
    Level.UNRESOLVED: gettext_lazy("To settle before publishing"),
    Level.LEFT_OUT: gettext_lazy("Left out"),
    Level.CHANGED: gettext_lazy("Read differently from what is written"),
    Level.REMARK: gettext_lazy("Worth knowing"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_questionnaire")
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a form; what cannot be read is explained on the same page."""
    survey = _survey(request, request.GET.get("survey", ""))
    if request.method != "POST":
        return _upload_page(request, survey)
    file = request.FILES.get("file")
    if file is None:
        sentence = _("Choose a file with the form first.")
        return _upload_page(request, survey, [Finding(Level.LEFT_OUT, sentence)], status=422)
    try:
        received = receive_form(
            name=file.name or "",
            data=file.read(MAX_BYTES + 1),
            at=timezone.now(),
            by=request.user,
            survey=survey,
        )
    except XLSFormRefused as refusal:
        return _upload_page(request, survey, refusal.findings, file.name or "", status=422)
    return redirect("surveys_office:import_review", token=received.token)


def _survey(request: HttpRequest, token: str) -> Survey | None:
    token = token.replace("\x00", "")
    return Survey.objects.visible_to(request.user).filter(token=token).first() if token else None


def _upload_page(
    request: HttpRequest,
    survey: Survey | None,
    findings: Any = (),
    file_name: str = "",
    status: int = 200,
) -> HttpResponse:
    imports = (
        QuestionnaireImport.objects.visible_to(request.user)
        .select_related("questionnaire__survey")
        .defer("document", "findings", "questionnaire__document")
    )
    context = {
        "page_title": _("Import a questionnaire"),
        "header_icon": "upload",
        "survey": survey,
        "findings": [finding_row(one) for one in list(findings)[:_SHOWN]],
        "more": max(0, len(findings) - _SHOWN),
        "file_name": file_name,
        "accepted": ACCEPTED,
        "most": megabytes(MAX_BYTES),
        "waiting": imports.filter(taken_up_at=None, by=request.user)[:5],
        "taken_up": imports.exclude(taken_up_at=None).order_by("-taken_up_at")[:5],
    }
    return render(request, "surveys/backoffice/import.html", context, status=status)


class TakeUpForm(forms.Form):
    """Where the questionnaire goes: a new survey with its particulars, or one there is."""

    target = forms.CharField(required=False, max_length=32)
    code = forms.RegexField(
        regex=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        max_length=40,
        required=False,
        error_messages={
            "invalid": gettext_lazy("Use letters, digits, '-', '_' and '.', such as ASCC-PS.")
        },
    )
    title = forms.CharField(max_length=200, required=False)
    population = forms.CharField(max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("target"):
            sentences = {
                "code": _("Give the survey a code, such as ASCC-PS."),
                "title": _("Give the survey a title."),
                "population": _("Say for whom the survey speaks: residents aged 15 and over."),
            }
            for name, sentence in sentences.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_questionnaire")
def review(request: HttpRequest, token: str) -> HttpResponse:
    """What was understood of a form, and the one button that makes a draft of it."""
    received = (
        QuestionnaireImport.objects.visible_to(request.user)
        .select_related("survey", "questionnaire__survey")
        .filter(token=token.replace("\x00", ""))
        .first()
    )
    if received is None:
        raise Http404(_("There is no such import. It may have waited too long; upload it again."))
    if request.method == "POST":
        form = TakeUpForm(request.POST)
        if form.is_valid():
            if answer := _take_up(request, received, form):
                return answer
    else:
        form = TakeUpForm(initial=_proposed(received))
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "surveys/backoffice/import_review.html",
        _shown(request, received, form),
        status=status,
    )


def _take_up(
    request: HttpRequest, received: QuestionnaireImport, form: TakeUpForm
) -> HttpResponse | None:
    """Make the draft, or put the refusal's sentence on the form."""
    given = form.cleaned_data
    survey = _survey(request, given["target"])
    if given["target"] and survey is None:
        form.add_error("target", _("That survey is not there any more. Choose another."))
        return None
    is_new = received.taken_up_at is None
    try:
        questionnaire = take_up(
            received=received,
            survey=survey,
            code=given["code"],
            title=given["title"],
            population=given["population"],
            revision=_seen_revision(request, survey),
            at=timezone.now(),
            by=request.user,
        )
    except (EditRefused, ImportRefused, StaleEdit) as refusal:
        form.add_error(None, str(refusal))
        return None
    if is_new:
        messages.success(
            request,
            _("“%(questionnaire)s” is a draft made from %(file)s.")
            % {"questionnaire": questionnaire, "file": received.file_name},
        )
    return redirect("surveys_office:questionnaire", token=questionnaire.token)


def _seen_revision(request: HttpRequest, survey: Survey | None) -> int | None:
    """The revision of the survey's open draft when the page was shown."""
    seen = request.POST.get(f"revision_{survey.token}", "") if survey else ""
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


def _proposed(received: QuestionnaireImport) -> dict[str, Any]:
    title = received.document.get("title", {})
    default = received.document.get("default_language", "")
    words = title.get(default) or next(iter(title.values()), received.file_name)
    code = slugify(received.form_id or words).upper()[:40].strip("-") or "SURVEY"
    return {
        "target": received.survey.token if received.survey else "",
        "code": code,
        "title": words[:200],
        "population": "",
    }


def _shown(request: HttpRequest, received: QuestionnaireImport, form: TakeUpForm) -> dict[str, Any]:
    findings = [Finding.from_json(stored) for stored in received.findings]
    context: dict[str, Any] = {
        "page_title": received.file_name,
        "header_icon": "upload",
        "received": received,
        "form": form,
        "groups": _groups(findings),
        "targets": [] if received.taken_up_at else _targets(request),
        "unresolved": sum(one.level == Level.UNRESOLVED for one in findings),
    }
    if received.document:
        context |= _understood(parse(received.document))
    return context


def _groups(findings: list[Finding]) -> list[dict[str, Any]]:
    groups = []
    for level, heading in _HEADINGS.items():
        found = [finding_row(one) for one in findings if one.level == level]
        if found:
            groups.append(
                {
                    "level": level.value,
                    "heading": heading,
                    "count": len(found),
                    "shown": found[:_SHOWN],
                    "more": max(0, len(found) - _SHOWN),
                }
            )
    return groups


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding for the page: where, and the sentence."""
    return {
        "sheet": finding.sheet,
        "row": finding.row or "",
        "column": finding.column,
        "sentence": finding.sentence,
    }


def _targets(request: HttpRequest) -> list[dict[str, Any]]:
    targets = []
    for survey in Survey.objects.visible_to(request.user).prefetch_related("questionnaires"):
        versions = list(survey.questionnaires.all())
        draft = next((one for one in versions if one.state == Questionnaire.State.DRAFTING), None)
        number = max((one.number for one in versions), default=0)
        targets.append(
            {
                "token": survey.token,
                "title": f"{survey.title} ({survey.code})",
                "draft": draft,
                "revision": draft.revision if draft else "",
                "number": draft.number if draft else number + 1,
            }
        )
    return targets


def _understood(definition: Definition) -> dict[str, Any]:
    """The numbers and the pages of what was read."""
    language = definition.default_language
    missing: dict[str, int] = {}
    for cell in definition.untranslated():
        missing[cell.language] = missing.get(cell.language, 0) + 1
    return {
        "definition_title": definition.text(definition.title, language),
        "language": language,
        "figures": _figures(definition),
        "languages": [
            {
                "code": code,
                "name": LANGUAGE_NAMES.get(code, code),
                "missing": missing.get(code, 0),
                "is_default": code == language,
            }
            for code in definition.languages
        ],
        "pages": [
            {
                "number": number,
                "title": definition.text(page.title, language),
                "relevant": logic.to_text(page.relevant) if page.relevant else "",
                "questions": [_question(definition, one, language) for one in page.questions],
            }
            for number, page in enumerate(definition.pages, start=1)
        ],
    }


def _figures(definition: Definition) -> list[tuple[str, int]]:
    """How much of what there is, in words and numbers."""
    kinds = [one.kind for one in definition.questions]
    notes, calculated = kinds.count("note"), kinds.count("calculate")
    pages, asked = len(definition.pages), len(kinds) - notes - calculated
    conditional = sum(one.relevant is not None for one in definition.questions)
    return [
        (ngettext("page", "pages", pages), pages),
        (ngettext("question", "questions", asked), asked),
        (ngettext("note", "notes", notes), notes),
        (ngettext("calculated value", "calculated values", calculated), calculated),
        (
            ngettext("question under a condition", "questions under a condition", conditional),
            conditional,
        ),
    ]


def _question(definition: Definition, question: Question, language: str) -> dict[str, Any]:
    trees = (question.relevant, question.constraint, question.calculation)
    relevant, constraint, calculation = (logic.to_text(one) if one else "" for one in trees)
    return {
        "code": question.code,
        "kind": question.kind,
        "label": definition.text(question.label, language),
        "required": question.required,
        "relevant": relevant,
        "constraint": constraint,
        "calculation": calculation,
        "choices": len(question.choices),
        "rows": len(question.rows),
    }


@require_safe
@needs("view_questionnaire")
def export(request: HttpRequest, token: str) -> HttpResponse:
    """The version as an XLSForm workbook."""
    questionnaire = questionnaire_for(request.user, token)
    name = f"{slugify(questionnaire.survey.code) or 'survey'}-v{questionnaire.number}"
    content = write_xlsform(
        questionnaire.definition,
        form_id=questionnaire.survey.code,
        version=str(questionnaire.number),
        language_names=_ENGLISH_NAMES,
    )
    answer = HttpResponse(
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer["Cache-Control"] = "private, no-store"
    return answer


_ENGLISH_NAMES = {
    "en": "English",
    "id": "Indonesian",
    "ms": "Malay",
    "th": "Thai",
    "vi": "Vietnamese",
    "km": "Khmer",
    "lo": "Lao",
    "my": "Burmese",
    "fil": "Filipino",
    "tet": "Tetum",
    "pt": "Portuguese",
    "zh-hans": "Chinese",
    "ta": "Tamil",
    "fr": "French",
}
"""Names of languages in headings; the code behind them is what counts."""
