"""Who looked for people, and who tried to open what was not theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from engagement.models.appendonly import AppendOnlyModel, AppendOnlyQuerySet


class RegistryAccess(AppendOnlyModel):
    """One search of the registry, one export, or one refused attempt. Append-only."""

    class Kind(models.TextChoices):
        SEARCH = "search", _("searched")
        REFUSED = "refused", _("refused")
        EXPORT = "export", _("exported")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    user = models.ForeignKey(
        "engagement.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    what = models.CharField(_("what"), max_length=300)
    results = models.PositiveIntegerField(_("results"), null=True, blank=True)
    at = models.DateTimeField(_("when"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("registry access")
        verbose_name_plural = _("registry accesses")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.what}"
