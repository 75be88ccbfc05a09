"""Dated calls for values, what is handed in, and each step on the way to the ledger."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from indicators.models.areas import Area
from indicators.models.frameworks import SectoralBody
from indicators.models.indicators import Indicator
from indicators.tokens import new_token

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.contrib.auth.models import AnonymousUser


class ReportingRoundQuerySet(models.QuerySet["ReportingRound"]):
    def open(self, at: "datetime") -> "ReportingRoundQuerySet":
        """Rounds that take values at the moment; a passed deadline is late, not closed."""
        return self.filter(opens_at__lte=at, closed_at=None)

    def visible_to(self, user: "AnonymousUser") -> "ReportingRoundQuerySet":
        if user is not None and user.is_active and user.has_perm("indicators.view_reportinground"):
            return self
        return self.none()


class ReportingRound(models.Model):
    """A dated call for values, usually one each quarter."""

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    title = models.CharField(_("title"), max_length=200, unique=True)
    period = models.CharField(_("period"), max_length=10)
    opens_at = models.DateTimeField(_("opens"))
    deadline_at = models.DateTimeField(_("deadline"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    indicators = models.ManyToManyField(
        Indicator, related_name="rounds", blank=True, verbose_name=_("indicators asked for")
    )
    instructions = models.TextField(_("instructions"), blank=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)

    objects = ReportingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting round")
        verbose_name_plural = _("reporting rounds")
        ordering = ["-deadline_at"]

    def __str__(self) -> str:
        return self.title


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


class SubmittedValue(models.Model):
    """One value as handed in. It reaches the ledger when its submission is published."""

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="values", verbose_name=_("submission")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="submitted_values", verbose_name=_("indicator")
    )
    period = models.CharField(_("period"), max_length=10)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True, blank=True)
    note = models.TextField(_("source or note"), blank=True)

    class Meta:
        verbose_name = _("submitted value")
        verbose_name_plural = _("submitted values")
        ordering = ["indicator__position", "period"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "indicator", "period"], name="submitted_value_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.period}: {self.value}"


class SubmissionStep(models.Model):
    """Who took a submission to which state, when, and why. Never edited."""

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="steps", verbose_name=_("submission")
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

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_to_state_display()} {self.at:%Y-%m-%d}"
