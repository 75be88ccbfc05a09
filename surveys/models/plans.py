"""How answers become figures: weighting schemes and the analysis plan. Data, not code."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from surveys.models.questionnaires import Survey


class WeightingScheme(models.Model):
    """Base weight, margins to rake to, cap, tolerance and the population behind totals.

    `margins` is a list of {"variables": ["sex", "age_group"], "source": "...", "vintage":
    "...", "shares": {"KH": {"f|15-24": 0.11, ...}}}: shares of the area's population by cell,
    codes joined by "|" in the order of `variables`.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="schemes")
    name = models.CharField(_("name"), max_length=120)
    number = models.PositiveIntegerField(_("version"), default=1)
    base_weight = models.CharField(
        _("question that holds a base weight"), max_length=60, blank=True
    )
    margins = models.JSONField(_("margins"), default=list, blank=True)
    cap = models.FloatField(_("largest weight, in means"), default=5.0)
    tolerance = models.FloatField(_("tolerance of a margin"), default=1e-6)
    minimum_for_raking = models.PositiveIntegerField(
        _("responses an area needs before it is raked"), default=30
    )
    ages = models.CharField(_("ages of the population"), max_length=10, default="15+")
    vintage = models.CharField(_("vintage of the population figures"), max_length=60, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("weighting scheme")
        verbose_name_plural = _("weighting schemes")
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "name", "number"], name="weighting_scheme_version_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, v{self.number}"


class AnalysisPlanEntry(models.Model):
    """One promise of the plan: this question feeds that indicator, by this estimator."""

    class Estimator(models.TextChoices):
        PROPORTION = "proportion", _("share who gave one of the answers")
        MEAN = "mean", _("mean of the scale")
        NET = "net", _("net score: share that counts minus share that counts against, in points")
        EACH = "each", _("share of each answer")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="plan")
    indicator = models.SlugField(_("indicator"), max_length=80)
    question = models.CharField(_("question"), max_length=60)
    row = models.CharField(_("row of the grid"), max_length=60, blank=True)
    estimator = models.CharField(
        _("estimator"), max_length=12, choices=Estimator.choices, default=Estimator.PROPORTION
    )
    counts = models.JSONField(
        _("answers that count"), default=list, blank=True, help_text=_("Codes of choices.")
    )
    counts_against = models.JSONField(
        _("answers that count against"),
        default=list,
        blank=True,
        help_text=_("Codes of choices; for a net score only."),
    )
    outside_base = models.JSONField(
        _("answers outside the base"),
        default=list,
        blank=True,
        help_text=_("Usually empty: don't know belongs in the base. Not asked never does."),
    )
    filter = models.JSONField(_("filter"), null=True, blank=True)
    breakdowns = models.JSONField(
        _("breakdowns"),
        default=list,
        blank=True,
        help_text=_('Lists of [dimension, question] pairs: [[["sex", "sex"]]].'),
    )
    order = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    answer = ""
    """The answer whose share this is, where it is one of the shares of each answer."""

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("entry of the analysis plan")
        verbose_name_plural = _("analysis plan")
        ordering = ["survey", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["survey", "indicator"], name="analysis_plan_indicator_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question} → {self.indicator}"
