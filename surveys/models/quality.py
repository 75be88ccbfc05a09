"""Doubts about responses: flags that are recomputed, exclusions that can be taken back."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token
from surveys.models.responses import Response
from surveys.models.waves import Wave


class QualityFlag(models.Model):
    """A computed doubt about one response. Recomputed and replaced, never edited."""

    class Kind(models.TextChoices):
        SPEEDING = "speeding", _("answered too fast")
        STRAIGHT_LINING = "straight_lining", _("the same answer throughout a grid")
        HONEYPOT = "honeypot", _("filled a field that people do not see")
        DUPLICATE = "duplicate", _("identical answers")
        REPEATED_TEXT = "repeated_text", _("repeated open text")
        BURST = "burst", _("many at once from one place")
        MISMATCH = "mismatch", _("area and language do not fit")
        LOWER_TRUST = "lower_trust", _("sent without the browser's proof of work")
        TAMPERED = "tampered", _("answered questions that were not asked")

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    score = models.FloatField(_("score"), default=1.0, help_text=_("0 = no doubt, 1 = certain."))
    how = models.CharField(_("how computed"), max_length=200)
    computed_on = models.DateField()

    class Meta:
        verbose_name = _("quality flag")
        verbose_name_plural = _("quality flags")
        constraints = [
            models.UniqueConstraint(fields=["response", "kind"], name="quality_flag_once")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ExclusionSet(models.Model):
    """A named, reversible decision to leave responses out of the estimates.

    `filter` names flags and sources: {"flags": ["honeypot"], "sources": ["open"], "least_score":
    0.5}; a response is left out when it has one of the flags (with at least that score) and, if
    sources are named, one of the sources. A response flagged later belongs to it, too.
    """

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="exclusion_sets")
    name = models.CharField(_("name"), max_length=120)
    filter = models.JSONField(_("filter"), default=dict)
    reason = models.CharField(_("reason"), max_length=300)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="exclusion_sets",
    )
    created_at = models.DateTimeField(default=timezone.now)
    reverted_at = models.DateTimeField(null=True, blank=True)
    reverted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reverted_exclusion_sets",
    )

    class Meta:
        verbose_name = _("exclusion set")
        verbose_name_plural = _("exclusion sets")

    def __str__(self) -> str:
        return self.name
