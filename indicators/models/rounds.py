"""Dated calls for values: what is asked, of whom, until when, and who was reminded."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models.areas import Area
from indicators.models.frameworks import SectoralBody
from indicators.models.indicators import Indicator
from indicators.tokens import new_token

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser


def default_reminder_days() -> list[int]:
    """Days before the deadline on which reminders go out; a negative one lies after it."""
    return list(settings.REPORTING_REMINDER_DAYS)


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
    # Everything on the round's board. Who is asked for it stands in AskedValue: nobody, for what
    # arrives from surveys by itself.
    indicators = models.ManyToManyField(
        Indicator, related_name="rounds", blank=True, verbose_name=_("indicators")
    )
    instructions = models.TextField(_("instructions"), blank=True)
    reminder_days = models.JSONField(_("reminders"), default=default_reminder_days, blank=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)

    objects = ReportingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting round")
        verbose_name_plural = _("reporting rounds")
        ordering = ["-deadline_at"]

    def __str__(self) -> str:
        return self.title

    def is_open(self, at: "datetime") -> bool:
        """Whether it takes new values at the moment."""
        return self.opens_at <= at and self.closed_at is None


class AskedValue(models.Model):
    """A round asks one area or one body for one indicator."""

    round = models.ForeignKey(
        ReportingRound, models.CASCADE, related_name="asked", verbose_name=_("round")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="asked", verbose_name=_("indicator")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    body = models.ForeignKey(
        SectoralBody,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sectoral body"),
    )

    class Meta:
        verbose_name = _("value asked for")
        verbose_name_plural = _("values asked for")
        ordering = ["round", "indicator__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "indicator", "area"],
                condition=Q(body=None),
                name="asked_value_once_per_area",
            ),
            models.UniqueConstraint(
                fields=["round", "indicator", "body"],
                condition=Q(area=None),
                name="asked_value_once_per_body",
            ),
            models.CheckConstraint(
                condition=Q(area=None, body__isnull=False) | Q(area__isnull=False, body=None),
                name="asked_value_of_an_area_or_a_body",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.area or self.body}"


class RoundStep(models.Model):
    """What happened to a round, who did it and why. Never edited."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("set up")
        CHANGED = "changed", _("changed")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")

    round = models.ForeignKey(
        ReportingRound, models.CASCADE, related_name="steps", verbose_name=_("round")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    reason = models.TextField(_("reason"), blank=True)
    # {"deadline_at": ["2026-12-01 00:00", "2026-12-08 00:00"]}: what it was and what it became.
    changes = models.JSONField(_("changes"), default=dict, blank=True)
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
        verbose_name = _("step of a round")
        verbose_name_plural = _("steps of a round")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class Reminder(models.Model):
    """One reminder to one person. The row is made before the mail is sent, and never twice.

    So each goes out at most once: a worker that dies between the row and the mail has sent
    nothing, and nothing is sent again.
    """

    round = models.ForeignKey(
        ReportingRound, models.CASCADE, related_name="reminders", verbose_name=_("round")
    )
    # Days before the deadline; negative after it.
    days = models.SmallIntegerField(_("days before the deadline"))
    # The day it was due: a deadline moved by days is reminded of again.
    due_on = models.DateField(_("due"))
    # "area:VN" or "body:SOMHD".
    whom = models.CharField(_("reports for"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("recipient")
    )
    claimed_at = models.DateTimeField(_("claimed"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("why it was not sent"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-claimed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "days", "due_on", "whom", "recipient"], name="reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.whom} {self.days}"
