"""Spreadsheets on their way in: what was uploaded, how it was understood, and what became of it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SILENCE = timedelta(minutes=5)
"""A worker that has not touched its import for so long is taken for dead."""


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: "AnonymousUser") -> "ImportQuerySet":
        """One's own, and those of others for kinds that one answers for as a whole."""
        from indicators.imports.registry import KINDS

        if user is None or not user.is_active or user.is_anonymous:
            return self.none()
        own = [kind.name for kind in KINDS.values() if kind.may_be_imported_by(user)]
        every = [kind.name for kind in KINDS.values() if kind.is_overseen_by(user)]
        return self.filter(Q(kind__in=own, by=user) | Q(kind__in=every))

    def due(self, *, at: datetime) -> "ImportQuerySet":
        """Imports with work to do at `at`: waiting ones, and those whose worker has gone silent."""
        return self.filter(state__in=Import.WORKING).filter(
            Q(claim="") | Q(seen_at__lt=at - SILENCE)
        )


class Import(models.Model):
    """One uploaded file. Nothing of it is in the ledger until it is applied, and then all of it is.

    Whoever works on it holds `claim` and touches `seen_at`; after `SILENCE` without a touch
    somebody else may claim it and begin again. The file lies in private storage under
    `stored_name` until `forget_imports` deletes it.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("failed")

    WORKING = (State.CHECKING, State.APPLYING, State.UNDOING)

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    kind = models.CharField(_("kind"), max_length=30)
    file_name = models.CharField(_("file"), max_length=200)
    stored_name = models.CharField(max_length=200, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    head_row = models.PositiveIntegerField(_("row of the headings"), default=0)
    headings = models.JSONField(_("headings"), default=list)
    # Column of the kind to place in the file, counted from 0.
    mapping = models.JSONField(_("columns"), default=dict)
    decimal_sign = models.CharField(_("decimal sign"), max_length=1, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UPLOADED
    )
    rows_done = models.PositiveIntegerField(_("rows read"), default=0)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    count_new = models.PositiveIntegerField(_("new"), default=0)
    count_changed = models.PositiveIntegerField(_("changed"), default=0)
    count_unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    count_bad = models.PositiveIntegerField(_("bad"), default=0)
    reason = models.TextField(_("reason"), blank=True)
    # A sentence for `gettext` and what stands in it: it is told in the reader's language.
    error = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("uploaded"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("applied by"),
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "seen_at"], name="import_queue")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        """Whether somebody is working on it or about to."""
        return self.state in self.WORKING

    @property
    def after_failure(self) -> str:
        """The state it is in when what is under way comes to nothing: what was applied stays so."""
        return self.State.APPLIED if self.state == self.State.UNDOING else self.State.FAILED

    @property
    def percent(self) -> int:
        """Whole percent of the rows gone through; 100 only when it is over."""
        if not self.is_under_way:
            return 100
        return min(99, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

    @property
    def count_good(self) -> int:
        """Rows that applying it writes."""
        return self.count_new + self.count_changed

    @property
    def sentence(self) -> str:
        """Why it failed or has to be checked again, in the reader's language; "" otherwise."""
        from indicators.imports.cells import told

        return told(self.error["text"], self.error.get("details", {})) if self.error else ""


class ImportRow(models.Model):
    """One row of a file that is not as it is held already: what it says, or what is wrong with it.

    `data` is what the row will write and `before` what is held of it, both flat and readable by the
    kind alone. `problems` are lists [column, value, text, details]; `cells` is a bad row as it
    stands in the file, so that it can be given back.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        BAD = "bad", _("bad")

    source = models.ForeignKey(
        Import, models.CASCADE, related_name="rows", verbose_name=_("import")
    )
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    label = models.CharField(_("about"), max_length=300, blank=True)
    data = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    cells = models.JSONField(default=list)

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        ordering = ["source", "number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="import_row_once"),
        ]
        indexes = [models.Index(fields=["source", "outcome", "number"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.number}: {self.label}"


class ColumnMapping(models.Model):
    """Which heading stood for which column when a file of this shape was imported last."""

    kind = models.CharField(_("kind"), max_length=30)
    headings_key = models.CharField(max_length=64)
    headings = models.JSONField(_("headings"), default=list)
    # Column of the kind to heading.
    columns = models.JSONField(_("columns"), default=dict)
    decimal_sign = models.CharField(_("decimal sign"), max_length=1, blank=True)
    used_at = models.DateTimeField(_("last used"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "headings_key"], name="column_mapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {', '.join(self.headings)[:80]}"
