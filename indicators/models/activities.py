"""Tool 1: what the sectoral bodies planned and did. Read by all bodies, written by their own."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
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

    def standing(self) -> "ActivityQuerySet":
        """All but the withdrawn: what rates are measured against."""
        return self.exclude(status=Activity.Status.WITHDRAWN)

    def of_body(self, acronym: str, part: str = "") -> "ActivityQuerySet":
        """Those a body leads ("lead"), supports ("support"), or takes part in either way ("")."""
        leads, supports = (
            Q(lead_body__acronym=acronym),
            Q(
                pk__in=Activity.supporting_bodies.through.objects.filter(
                    sectoralbody__acronym=acronym
                ).values("activity")
            ),
        )
        return self.filter({"lead": leads, "support": supports}.get(part, leads | supports))

    def serving(self, nodes: Iterable[int]) -> "ActivityQuerySet":
        """Those connected with any of these framework nodes, each once."""
        links = Activity.measures.through.objects.filter(frameworknode__in=list(nodes))
        return self.filter(pk__in=links.values("activity"))

    def in_year(self, year: int) -> "ActivityQuerySet":
        """Those whose years hold the year; where only one year is given, in that one."""
        return self.filter(
            Q(year_from__lte=year, year_to__gte=year)
            | Q(year_from=year, year_to=None)
            | Q(year_from=None, year_to=year)
        )

    def with_words(self, text: str) -> "ActivityQuerySet":
        """Those that have every word somewhere in the title, description, funding or source."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(description__icontains=word)
                | Q(funding__icontains=word)
                | Q(source__icontains=word)
            )
        return found


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
    status_since = models.DateField(
        _("status since"),
        null=True,
        blank=True,
        help_text=_("The day it started, was completed or was withdrawn."),
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
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    # When its body last said that the entry is right, whether or not anything changed.
    confirmed_on = models.DateField(_("confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("confirmed by"),
    )
    # Counted up by every save, so that nobody overwrites what they have not seen.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    history = HistoricalRecords(
        m2m_fields=[supporting_bodies, measures],
        excluded_fields=["confirmed_on", "confirmed_by", "changed_at"],
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["lead_body__acronym", "title"]
        permissions = [("change_any_activity", _("Can change the activities of every body"))]

    def __str__(self) -> str:
        return self.title

    @property
    def years_text(self) -> str:
        """ "2024–2026", "2025", or nothing where no year is given."""
        years = sorted({year for year in (self.year_from, self.year_to) if year})
        return "–".join(str(year) for year in years)
