"""Tool 1: what the sectoral bodies planned and did. Read by all bodies, written by their own."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.models.frameworks import FrameworkNode, SectoralBody
from indicators.tokens import new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: "AnonymousUser") -> "ActivityQuerySet":
        """Every body reads every body's work plan; the public does not."""
        if user is not None and user.is_active and user.has_perm("indicators.view_activity"):
            return self
        return self.none()

    def editable_by(self, user: "AnonymousUser", on) -> "ActivityQuerySet":
        """The activities led by a body the user reports for on the date."""
        if user is None or not user.is_active or not user.has_perm("indicators.change_activity"):
            return self.none()
        if user.has_perm("indicators.change_any_activity"):
            return self
        return self.filter(lead_body__in=user.granted_bodies(on))


class Activity(models.Model):
    """An entry of a sectoral body's work plan."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ONGOING = "ongoing", _("ongoing")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Type(models.TextChoices):
        CAPACITY_BUILDING = "capacity_building", _("capacity building")
        RESEARCH = "research", _("research and publication")
        OUTREACH = "outreach", _("public outreach")
        POLICY = "policy", _("policy formulation")
        GROUNDWORK = "groundwork", _("groundwork")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.PLANNED
    )
    type = models.CharField(_("main type"), max_length=20, choices=Type.choices)
    further_types = models.JSONField(_("further types"), default=list, blank=True)
    lead_body = models.ForeignKey(
        SectoralBody,
        models.PROTECT,
        related_name="activities_led",
        verbose_name=_("lead body"),
    )
    supporting_bodies = models.ManyToManyField(
        SectoralBody,
        related_name="activities_supported",
        blank=True,
        verbose_name=_("supporting bodies"),
    )
    measures = models.ManyToManyField(
        FrameworkNode,
        related_name="activities",
        blank=True,
        verbose_name=_("contributes to"),
    )
    year_from = models.PositiveSmallIntegerField(_("from year"), null=True, blank=True)
    year_to = models.PositiveSmallIntegerField(_("to year"), null=True, blank=True)
    funding = models.CharField(_("funding"), max_length=200, blank=True)
    withdrawn_reason = models.TextField(_("why withdrawn"), blank=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    history = HistoricalRecords(m2m_fields=[supporting_bodies, measures])

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["lead_body__acronym", "title"]
        permissions = [("change_any_activity", _("Can change the activities of every body"))]

    def __str__(self) -> str:
        return self.title
