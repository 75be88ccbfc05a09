"""Reports: a whole framework as it stood at one moment, kept as it was printed."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from indicators.models.frameworks import Framework
from indicators.tokens import new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SILENCE = timedelta(minutes=2)
"""A maker that has not touched its report for so long is taken for dead."""


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: "AnonymousUser") -> "ReportQuerySet":
        """Published reports for everybody; all of them for those who may see reports inside."""
        if user is not None and user.is_active and user.has_perm("indicators.view_report"):
            return self
        return self.published()

    def published(self) -> "ReportQuerySet":
        """Reports that were given to the public, the newest first."""
        return self.filter(state=Report.State.READY, published_at__isnull=False).order_by(
            "-as_of", "-pk"
        )

    def listed(self) -> "ReportQuerySet":
        """Without the large texts, for lists."""
        return self.defer("html", "contents")

    def due(self, *, at: datetime) -> "ReportQuerySet":
        """Reports to be made at `at`: waiting ones, and those whose maker has gone silent."""
        return self.filter(
            Q(state=Report.State.QUEUED) | Q(state=Report.State.RUNNING, seen_at__lt=at - SILENCE)
        )


class Report(models.Model):
    """One framework's results at one moment, in one language: made once, never rendered again.

    `as_of` is the moment whose ledger it shows. `contents` keeps the figures for the next report's
    list of changes, `html` the document as it was made; the PDF lies in private storage under
    `file_name`. Whoever makes it holds `claim` and touches `seen_at`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    title = models.CharField(_("title"), max_length=200)
    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="reports", verbose_name=_("framework")
    )
    number = models.PositiveIntegerField(_("number"))
    language = models.CharField(_("language"), max_length=12, default="en")
    as_of = models.DateTimeField(_("state of the ledger at"))
    previous = models.ForeignKey(
        "self",
        models.SET_NULL,
        related_name="following",
        null=True,
        blank=True,
        verbose_name=_("compared with"),
    )
    contents = models.JSONField(_("contents"), default=dict, blank=True)
    html = models.TextField(_("document"), blank=True, editable=False)
    file_name = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    steps_done = models.PositiveIntegerField(_("steps done"), default=0)
    steps_total = models.PositiveIntegerField(_("steps"), default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("published by"),
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-as_of", "-pk"]
        permissions = [("publish_report", _("Can give a report to the public"))]
        constraints = [
            models.UniqueConstraint(fields=["framework", "number"], name="report_number_once")
        ]
        indexes = [models.Index(fields=["state", "seen_at"], name="report_queue")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("indicators:report", args=[self.token])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_under_way(self) -> bool:
        """Whether it is still worth waiting for."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """Whole percent of the steps done; 100 only when the report is ready."""
        if self.state == self.State.READY:
            return 100
        return min(99, 100 * self.steps_done // self.steps_total) if self.steps_total else 0
