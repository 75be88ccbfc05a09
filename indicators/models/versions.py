"""A framework as it was on a day, and a framework on its way in from a file."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.models.frameworks import Framework
from indicators.tokens import new_token


class FrameworkVersion(models.Model):
    """All of a framework, frozen under a number. Never changed and never removed.

    `contents` is what `indicators.frameworks.contents` makes, `digest` the SHA-256 of its canonical
    JSON: who has the file can prove that it is this version.
    """

    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="versions", verbose_name=_("framework")
    )
    number = models.PositiveIntegerField(_("version"))
    reason = models.CharField(_("reason"), max_length=400)
    contents = models.JSONField(_("contents"))
    digest = models.CharField(_("digest"), max_length=64)
    frozen_at = models.DateTimeField(_("frozen at"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("frozen by"),
    )

    class Meta:
        verbose_name = _("version of a framework")
        verbose_name_plural = _("versions of frameworks")
        ordering = ["framework", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "number"], name="framework_version_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.number}"


class FrameworkImport(models.Model):
    """A framework read from a file or an old version, shown before anything of it is applied.

    `draft` is what was read, `problems` what could not be.
    """

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    name = models.CharField(_("file"), max_length=200)
    draft = models.JSONField(_("what was read"), default=dict)
    problems = models.JSONField(_("problems"), default=list)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("uploaded by"),
    )
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    framework = models.ForeignKey(
        Framework,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("framework"),
    )

    class Meta:
        verbose_name = _("import of a framework")
        verbose_name_plural = _("imports of frameworks")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name
