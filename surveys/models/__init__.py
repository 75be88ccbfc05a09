"""The tables of `surveys`: what is asked, when, of whom, and what was answered."""

from surveys.models.audit import AuditEntry
from surveys.models.edits import QuestionnaireEdit
from surveys.models.exports import Export
from surveys.models.imports import QuestionnaireImport, ResponseImport
from surveys.models.invitations import SurveyInvitation
from surveys.models.plans import AnalysisPlanEntry, WeightingScheme
from surveys.models.quality import ExclusionSet, QualityFlag
from surveys.models.questionnaires import Questionnaire, Survey
from surveys.models.quotas import Quota
from surveys.models.responses import InvitedResponse, PageKey, Response
from surveys.models.translations import TranslationImport
from surveys.models.waves import ConsentWording, Wave, WaveTransition

__all__ = [
    "AnalysisPlanEntry",
    "AuditEntry",
    "ConsentWording",
    "ExclusionSet",
    "Export",
    "InvitedResponse",
    "PageKey",
    "QualityFlag",
    "Questionnaire",
    "QuestionnaireEdit",
    "QuestionnaireImport",
    "ResponseImport",
    "Quota",
    "Response",
    "Survey",
    "SurveyInvitation",
    "TranslationImport",
    "Wave",
    "WaveTransition",
    "WeightingScheme",
]
