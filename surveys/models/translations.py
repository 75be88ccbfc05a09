"""Files that translators sent back: what each would change, and what it changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token
from surveys.models.questionnaires import Questionnaire


class TranslationImport(models.Model):
    """One uploaded `.po` or `.xlsx` of a draft, read but not applied until somebody says so.

    `rows` are the wordings of the file as [place, language, wording, source wording, is fuzzy, where
    in the file]; `problems` what could not be read, as [where, sentence]. `replaced` keeps what
    applying it replaced, so that it can be taken back.
    """

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="translation_imports"
    )
    file_name = models.CharField(_("file"), max_length=200)
    rows = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="translation_imports",
    )
    created_at = models.DateTimeField(_("uploaded"))
    applied_at = models.DateTimeField(_("applied"), null=True)
    reverted_at = models.DateTimeField(_("taken back"), null=True)
    replaced = models.JSONField(default=list)

    class Meta:
        verbose_name = _("file of translations")
        verbose_name_plural = _("files of translations")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
