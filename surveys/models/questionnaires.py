"""Surveys, the lasting instruments, and questionnaires, their frozen versions."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.tokens import new_token
from surveys.questionnaire.translation import reconciled

if TYPE_CHECKING:
    from surveys.questionnaire.definition import Definition


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user) -> "SurveyQuerySet":
        """Surveys this user may look at in the back office; nobody sees any by default."""
        if user.is_active and user.has_perm("surveys.view_survey"):
            return self
        return self.none()


class Survey(models.Model):
    """A lasting instrument that speaks for one population and is asked in waves."""

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("Stands on exported files, such as ASCC-PS."),
    )
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    population = models.CharField(
        _("population it speaks for"),
        max_length=300,
        help_text=_("An indicator series is bound to one population: residents aged 15 and over."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_surveys",
        verbose_name=_("owner"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)

    objects = SurveyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


def content_hash(document: dict[str, Any]) -> str:
    """The SHA-256 of a questionnaire document, the same for any order of its keys."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, user) -> "QuestionnaireQuerySet":
        """Versions this user may read in the back office; nobody sees any by default."""
        if user.is_active and user.has_perm("surveys.view_questionnaire"):
            return self
        return self.none()


class Questionnaire(models.Model):
    """One version of a survey's content in all its languages.

    A published version never changes: responses refer to it for ever. A correction is a new
    version, which a collecting wave may adopt without stopping.
    """

    class State(models.TextChoices):
        DRAFTING = "drafting", _("drafting")
        PUBLISHED = "published", _("published")
        SUPERSEDED = "superseded", _("superseded")

    BULKY = ("document", "translated_from", "set_aside")
    """Columns that respondents' pages do without."""

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="questionnaires")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.DRAFTING
    )
    document = models.JSONField(_("content"))
    content_hash = models.CharField(_("content hash"), max_length=64, editable=False)
    # Which source wording each translation was made from, and languages taken out but not lost:
    # beside the document, so that its hash stays the hash of what respondents read.
    translated_from = models.JSONField(default=dict, blank=True, editable=False)
    set_aside = models.JSONField(default=dict, blank=True, editable=False)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(
        _("revision"),
        default=0,
        help_text=_("Counts the edits of a draft; an edit of an older revision is refused."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["survey", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="questionnaire_number_unique_in_survey"
            )
        ]

    def __str__(self) -> str:
        return f"{self.survey}, v{self.number}"

    def save(self, **kwargs) -> None:
        new_hash = content_hash(self.document)
        if self.content_hash and self.content_hash != new_hash and self.is_frozen:
            raise ValidationError(
                _(
                    "Version %(number)s is published and responses refer to it. "
                    "Make a new version for the change."
                )
                % {"number": self.number}
            )
        if self.content_hash != new_hash:
            self.translated_from = reconciled(self.document, self.translated_from)
        self.content_hash = new_hash
        if (fields := kwargs.get("update_fields")) is not None and "document" in fields:
            kwargs["update_fields"] = {*fields, "content_hash", "translated_from"}
        super().save(**kwargs)

    @property
    def is_frozen(self) -> bool:
        return self.state != self.State.DRAFTING

    @property
    def definition(self) -> "Definition":
        """The document as frozen dataclasses, parsed once per process and content."""
        from surveys.questionnaire.cache import parsed

        return parsed(self)
