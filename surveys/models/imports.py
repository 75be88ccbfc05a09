"""What was uploaded: forms, until somebody makes a questionnaire of them, and files of responses."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token
from surveys.models.questionnaires import Questionnaire, Survey
from surveys.models.waves import Wave


class QuestionnaireImportQuerySet(models.QuerySet["QuestionnaireImport"]):
    def visible_to(self, user) -> "QuestionnaireImportQuerySet":
        """Imports this user may look at: those who may change questionnaires see all of them."""
        if user.is_active and user.has_perm("surveys.change_questionnaire"):
            return self
        return self.none()


class QuestionnaireImport(models.Model):
    """One uploaded XLSForm, read but not taken up until somebody says so.

    `document` is the draft it gives, `findings` the report as stored by `Finding.to_json`. Once
    taken up, the document is emptied and `questionnaire` holds it; the report stays.
    """

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    file_name = models.CharField(_("file"), max_length=200)
    form_id = models.CharField(_("form id"), max_length=200, blank=True)
    document = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    survey = models.ForeignKey(
        Survey, on_delete=models.CASCADE, null=True, blank=True, related_name="imports"
    )
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.SET_NULL, null=True, blank=True, related_name="imports"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"))
    taken_up_at = models.DateTimeField(_("taken up"), null=True, blank=True)

    objects = QuestionnaireImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported form")
        verbose_name_plural = _("imported forms")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class ResponseImport(models.Model):
    """One file whose rows became responses of a wave. Its digest makes a repetition do nothing."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="response_imports")
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("digest of its content"), max_length=64)
    rows = models.PositiveIntegerField(_("responses"))
    stratum_columns = models.JSONField(_("columns of the strata"), default=list, blank=True)
    unit_column = models.CharField(_("column of the sampling units"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("imported"))

    class Meta:
        verbose_name = _("imported file of responses")
        verbose_name_plural = _("imported files of responses")
        ordering = ["-created_at", "-pk"]
        constraints = [
            # A wave holds one imported file; another one takes its place.
            models.UniqueConstraint(fields=["wave"], name="response_import_once_per_wave"),
        ]

    def __str__(self) -> str:
        return self.file_name
