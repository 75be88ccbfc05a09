"""What happened to a draft: one row for each edit, with the document as it was before."""

import json
import zlib
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaires import Questionnaire


def pack(document: dict[str, Any]) -> bytes:
    """A document small enough to keep hundreds of: long questionnaires pack to a tenth."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 3)


def unpack(packed: bytes) -> dict[str, Any]:
    """The document that `pack` made small."""
    return json.loads(zlib.decompress(bytes(packed)).decode("utf-8", "surrogatepass"))


class QuestionnaireEdit(models.Model):
    """One step of drafting. `revision` is the number the questionnaire had after it.

    `before` is the packed document that the step replaced, so that it can be undone; `after` is
    kept once it has been undone, so that it can be done again. Steps undone and then overtaken by
    a new one can no longer be redone: `is_overtaken`.
    """

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField(_("revision"))
    summary = models.CharField(_("what was done"), max_length=300)
    subject = models.CharField(_("about"), max_length=150, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    before = models.BinaryField(null=True)
    after = models.BinaryField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    is_overtaken = models.BooleanField(_("overtaken"), default=False)

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        ordering = ["questionnaire", "-pk"]
        indexes = [models.Index(fields=["questionnaire", "revision"])]

    def __str__(self) -> str:
        return self.summary
