"""Exports that take longer than a page may: a row with a state, a progress and, at the end, a file."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token
from surveys.models.waves import Wave

SILENCE = timedelta(minutes=2)
"""A maker that has not touched its export for so long is taken for dead."""


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user) -> "ExportQuerySet":
        """One's own exports, as long as one may export; nobody sees anybody else's."""
        if user.is_active and user.has_perm("surveys.export_response"):
            return self.filter(by=user)
        return self.none()

    def due(self, *, at: datetime) -> "ExportQuerySet":
        """Exports to be made at `at`: waiting ones, and those whose maker has gone silent."""
        return self.filter(
            Q(state=Export.State.QUEUED) | Q(state=Export.State.RUNNING, seen_at__lt=at - SILENCE)
        )


class Export(models.Model):
    """A file of a wave's responses, made in the background.

    Whoever makes it holds `claim` and touches `seen_at`; after `SILENCE` without a touch somebody
    else may claim it and begin again. The file lies in private storage under `file_name`, is given
    only to `by`, and is deleted at `expires_at`.
    """

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel")
        SAV = "sav", _("SPSS")
        BUNDLE = "bundle", _("replication bundle")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("deleted")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="exports")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="survey_exports"
    )
    file_format = models.CharField(
        _("format"), max_length=8, choices=Format.choices, default=Format.XLSX
    )
    language = models.CharField(_("language of the labels"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    rows_done = models.PositiveIntegerField(_("rows written"), default=0)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    columns = models.PositiveIntegerField(_("columns"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("deleted on"), null=True, db_index=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "seen_at"], name="export_queue")]

    def __str__(self) -> str:
        return self.file_name or self.token

    @property
    def percent(self) -> int:
        """Whole percent of the rows written; 100 only when the file is ready."""
        if self.state == self.State.READY:
            return 100
        return min(99, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

    @property
    def is_under_way(self) -> bool:
        """Whether it is still worth waiting for."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)
