"""Quotas: limits on completes in a cell, taken under lock."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.models.waves import Wave


class Quota(models.Model):
    """A limit on completes in a cell. `taken` is a claim made under lock, not a statistic.

    A withdrawn response keeps its place (`withdrawn` says how many such there are) until somebody
    gives the places back. `counted` is what the last recount found; it differs from `taken` only
    when something is wrong, and then the fieldwork page says so.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="quotas")
    name = models.CharField(_("name"), max_length=120)
    condition = models.JSONField(_("condition"), help_text=_("An expression tree."))
    limit = models.PositiveIntegerField(_("limit"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    withdrawn = models.PositiveIntegerField(
        _("places of withdrawn responses"), default=0, editable=False
    )
    counted = models.PositiveIntegerField(_("counted"), null=True, editable=False)
    counted_at = models.DateTimeField(_("counted at"), null=True, editable=False)

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ["wave", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "name"], name="quota_name_unique_in_wave"),
            models.CheckConstraint(condition=Q(taken__lte=F("limit")), name="quota_never_over"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_drifted(self) -> bool:
        """Whether the last recount found another number of responses than places taken."""
        return self.counted is not None and self.counted != self.taken
