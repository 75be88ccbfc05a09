"""What is handed in to a round, each change of it, and each step on the way to the ledger."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.models.areas import Area
from indicators.models.frameworks import SectoralBody
from indicators.models.indicators import Indicator
from indicators.models.observations import ObservationStatus
from indicators.models.rounds import ReportingRound
from indicators.tokens import new_token

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: "AnonymousUser", on: "date | None" = None) -> "SubmissionQuerySet":
        """Your own area's and body's; all of them for those who accept or publish."""
        if user is None or not user.is_active or not user.has_perm("indicators.view_submission"):
            return self.none()
        if user.has_perm("indicators.view_every_submission"):
            return self
        on = on or timezone.now().date()
        return self.filter(Q(area__in=user.granted_areas(on)) | Q(body__in=user.granted_bodies(on)))


class Submission(models.Model):
    """What one area or one body hands in to a round."""

    class State(models.TextChoices):
        DRAFTING = "drafting", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned with a reason")
        NATIONALLY_APPROVED = "nationally_approved", _("nationally approved")
        ACCEPTED = "accepted", _("accepted")
        PUBLISHED = "published", _("published")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    round = models.ForeignKey(
        ReportingRound, models.PROTECT, related_name="submissions", verbose_name=_("round")
    )
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        related_name="submissions",
        null=True,
        blank=True,
        verbose_name=_("area"),
    )
    body = models.ForeignKey(
        SectoralBody,
        models.PROTECT,
        related_name="submissions",
        null=True,
        blank=True,
        verbose_name=_("sectoral body"),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.DRAFTING
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-round__deadline_at", "area__name", "body__acronym"]
        permissions = [
            ("view_every_submission", _("Can see the submissions of every area and body")),
            ("approve_submission", _("Can approve a submission for a member state")),
            ("accept_submission", _("Can accept or return a submission")),
            ("publish_submission", _("Can publish accepted values")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "area"], condition=Q(body=None), name="submission_once_per_area"
            ),
            models.UniqueConstraint(
                fields=["round", "body"], condition=Q(area=None), name="submission_once_per_body"
            ),
            models.CheckConstraint(
                condition=Q(area=None, body__isnull=False) | Q(area__isnull=False, body=None),
                name="submission_of_an_area_or_a_body",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}: {self.area or self.body}"

    @property
    def is_open_for_entry(self) -> bool:
        """Whether its values may be changed by those who hand them in."""
        return self.state in {self.State.DRAFTING, self.State.RETURNED}


class ValueStatus(models.TextChoices):
    """What a reporter says about a value, or about there being none: a part of CL_OBS_STATUS."""

    NORMAL = ObservationStatus.NORMAL.value, _("a value")
    PROVISIONAL = ObservationStatus.PROVISIONAL.value, _("a provisional value")
    ESTIMATED = ObservationStatus.ESTIMATED.value, _("an estimate")
    BREAK = ObservationStatus.BREAK.value, _("a value under a changed definition")
    NOT_COLLECTED = ObservationStatus.NOT_COLLECTED.value, _("no data: not collected")
    CANNOT_EXIST = ObservationStatus.CANNOT_EXIST.value, _("no data: does not apply here")
    MISSING = ObservationStatus.MISSING.value, _("no data: not available yet")


NO_DATA = frozenset({ValueStatus.NOT_COLLECTED, ValueStatus.CANNOT_EXIST, ValueStatus.MISSING})


class SubmittedValue(models.Model):
    """One value as handed in, or why there is none. Publishing takes it to the ledger."""

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="values", verbose_name=_("submission")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="submitted_values", verbose_name=_("indicator")
    )
    period = models.CharField(_("period"), max_length=10)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=1, choices=ValueStatus.choices, default=ValueStatus.NORMAL
    )
    note = models.TextField(_("source, or why there is no data"), blank=True)
    # Raised with every change: who saves says which one they saw.
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("submitted value")
        verbose_name_plural = _("submitted values")
        ordering = ["indicator__position", "period"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "indicator"], name="submitted_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period}: {self.value}"


class ValueChange(models.Model):
    """A submitted value as somebody saved it. Never edited: together they are its history."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="changes", verbose_name=_("submission")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="+", verbose_name=_("indicator")
    )
    version = models.PositiveIntegerField(_("version"))
    period = models.CharField(_("period"), max_length=10)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    status = models.CharField(_("status"), max_length=1, choices=ValueStatus.choices)
    note = models.TextField(_("source, or why there is no data"), blank=True)
    is_removed = models.BooleanField(_("taken out"), default=False)
    # The name of the file it was read from; empty when it was typed in.
    file = models.CharField(_("file"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )
    acting_as = models.CharField(_("acting as"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of a submitted value")
        verbose_name_plural = _("changes of submitted values")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "indicator", "version"], name="value_change_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.version}: {self.value}"


class SubmissionStep(models.Model):
    """Who took a submission to which state, when, and why. Never edited."""

    submission = models.ForeignKey(
        Submission, models.PROTECT, related_name="steps", verbose_name=_("submission")
    )
    from_state = models.CharField(_("from"), max_length=20, choices=Submission.State.choices)
    to_state = models.CharField(_("to"), max_length=20, choices=Submission.State.choices)
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("by"),
    )
    # The post or role in words: it stays when the person is erased or the post is renamed.
    acting_as = models.CharField(_("acting as"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_to_state_display()} {self.at:%Y-%m-%d}"
