"""Uploaded forms: read into a row that shows what was understood, then taken up in one act."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from surveys.errors import EditRefused, ImportRefused
from surveys.models import Questionnaire, QuestionnaireImport, Survey
from surveys.questionnaire.xlsform import read_xlsform
from surveys.services.editing.drafts import create_survey, draft_questionnaire
from surveys.services.editing.storing import edit

KEPT = timedelta(days=7)
"""How long a form waits to be taken up."""


def receive_form(
    *, name: str, data: bytes, at: datetime, by: Any, survey: Survey | None = None
) -> QuestionnaireImport:
    """Read an uploaded form and keep what was understood; no questionnaire changes.

    `survey` is the one it is meant for, None for a new one. Raises `XLSFormRefused` with findings
    for a file that gives no questionnaire.
    """
    name = name.replace("\x00", "")[-200:] or "form"
    found = read_xlsform(data, name)
    return QuestionnaireImport.objects.create(
        file_name=name,
        form_id=found.form_id[:200],
        document=found.document,
        findings=[finding.to_json() for finding in found.findings],
        survey=survey,
        created_at=at,
        by=by,
    )


def open_draft_of(survey: Survey) -> Questionnaire | None:
    """The draft that an import into this survey would replace."""
    return survey.questionnaires.filter(state=Questionnaire.State.DRAFTING).first()


@transaction.atomic
def take_up(
    *,
    received: QuestionnaireImport,
    at: datetime,
    by: Any,
    survey: Survey | None = None,
    code: str = "",
    title: str = "",
    population: str = "",
    revision: int | None = None,
) -> Questionnaire:
    """Make a draft of an uploaded form: in `survey`, or in a new one with these particulars.

    An open draft of the survey gets the form's content as one step that can be undone; `revision`
    is the one its reader saw. Taking the same upload up twice gives the same questionnaire. Raises
    `ImportRefused`, `EditRefused` or `StaleEdit` with a sentence; nothing is changed then.
    """
    held = QuestionnaireImport.objects.select_for_update(of=["self"]).get(pk=received.pk)
    if held.taken_up_at is not None:
        if held.questionnaire is None:
            raise ImportRefused(
                _("The questionnaire made of this file is gone. Upload the file again.")
            )
        return held.questionnaire
    document = held.document
    note = _("Imported from %(file)s") % {"file": held.file_name}
    if survey is None:
        questionnaire = create_survey(
            code=code,
            title=title,
            population=population,
            languages=document["languages"],
            default_language=document["default_language"],
            document=document,
            by=by,
            at=at,
        )
    else:
        questionnaire = _into(survey, document, note, revision, at, by)
    held.questionnaire, held.taken_up_at, held.document = questionnaire, at, {}
    held.survey = questionnaire.survey
    held.save(update_fields=["questionnaire", "taken_up_at", "document", "survey"])
    return questionnaire


def _into(
    survey: Survey,
    document: dict[str, Any],
    note: str,
    revision: int | None,
    at: datetime,
    by: Any,
) -> Questionnaire:
    Survey.objects.select_for_update().get(pk=survey.pk)
    draft = open_draft_of(survey)
    if draft is None:
        return draft_questionnaire(survey=survey, document=document, by=by, at=at, note=note)
    if revision is None:
        raise EditRefused(
            _("Version %(number)s was begun meanwhile. Look again at what would be replaced.")
            % {"number": draft.number}
        )

    def change(current: dict[str, Any]) -> None:
        current.clear()
        current.update(document)

    edit(
        questionnaire=draft,
        revision=revision,
        by=by,
        at=at,
        summary=note,
        change=change,
        subject="import",
    )
    return draft


def forget_imports(*, at: datetime) -> int:
    """Delete uploads that nobody took up in time; return how many."""
    deleted, _by_model = QuestionnaireImport.objects.filter(
        taken_up_at=None, created_at__lt=at - KEPT
    ).delete()
    return deleted
