"""Qualitative evidence: what people said and what was seen, beside the numbers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.models.areas import Area
from indicators.models.frameworks import FrameworkNode
from indicators.models.indicators import Indicator
from indicators.tokens import new_token

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def with_consent(self) -> "EvidenceQuerySet":
        """Each with `scope`, how far the consent in force reaches: that of its newest entry."""
        newest = EvidenceConsent.objects.filter(evidence=OuterRef("pk")).order_by("-at", "-pk")
        return self.annotate(scope=Subquery(newest.values("scope")[:1]))

    def public(self) -> "EvidenceQuerySet":
        """What everybody may read: released, and the consent in force covers publication."""
        return self.with_consent().filter(
            visibility=Evidence.Visibility.PUBLIC, scope__in=EvidenceConsent.PUBLISHABLE
        )

    def visible_to(self, user: "AnonymousUser", on: "date | None" = None) -> "EvidenceQuerySet":
        """Public evidence for everybody; one's own area's and body's with the right to look
        inside; all of it with the right to see every area's."""
        found = self.with_consent()
        if user is not None and user.is_active and user.has_perm("indicators.view_every_evidence"):
            return found
        public = Q(visibility=Evidence.Visibility.PUBLIC, scope__in=EvidenceConsent.PUBLISHABLE)
        if user is None or not user.is_active or not user.has_perm("indicators.view_evidence"):
            return found.filter(public)
        return found.filter(public | Q(area__in=user.granted_areas(on or timezone.now().date())))

    def editable_by(self, user: "AnonymousUser", on: "date | None" = None) -> "EvidenceQuerySet":
        """What the user may change: of every area with the right to see it all, else the own."""
        if user is None or not user.is_active or not user.has_perm("indicators.change_evidence"):
            return self.none()
        if user.has_perm("indicators.view_every_evidence"):
            return self.with_consent()
        return self.with_consent().filter(area__in=user.granted_areas(on or timezone.now().date()))


class Evidence(models.Model):
    """A case study, focus group, interview or document that speaks about indicators or measures.

    Shown to the public only while it is released and the consent in force covers publication.
    `names` are shown to nobody but those who may see participants, and to the public only where
    the consent covers names.
    """

    class Kind(models.TextChoices):
        CASE_STUDY = "case_study", _("case study")
        FOCUS_GROUP = "focus_group", _("focus group")
        INTERVIEW = "interview", _("interview")
        DOCUMENT = "document", _("document")

    class Visibility(models.TextChoices):
        INTERNAL = "internal", _("inside only")
        PUBLIC = "public", _("public")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"))
    quotation = models.TextField(_("quotation"), blank=True)
    language = models.CharField(_("language of the quotation (BCP 47)"), max_length=12, blank=True)
    attribution = models.CharField(
        _("who speaks, without a name"),
        max_length=200,
        blank=True,
        help_text=_("For example: a health volunteer in a rural district."),
    )
    names = models.TextField(
        _("names of participants"),
        blank=True,
        help_text=_("One a line. Shown to the public only if the consent covers names."),
    )
    participants = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        related_name="evidence",
        null=True,
        blank=True,
        verbose_name=_("area"),
    )
    held_on = models.DateField(_("date"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=400)
    link = models.URLField(_("link"), max_length=500, blank=True)
    visibility = models.CharField(
        _("visibility"), max_length=8, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    indicators = models.ManyToManyField(
        Indicator, related_name="evidence", blank=True, verbose_name=_("indicators")
    )
    nodes = models.ManyToManyField(
        FrameworkNode,
        related_name="evidence",
        blank=True,
        verbose_name=_("measures and other parts of a framework"),
    )
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"))
    history = HistoricalRecords(m2m_fields=[indicators, nodes], excluded_fields=["names"])

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualitative evidence")
        verbose_name_plural = _("qualitative evidence")
        ordering = ["-held_on", "title"]
        permissions = [
            ("view_every_evidence", _("Can see the qualitative evidence of every area")),
            ("release_evidence", _("Can release qualitative evidence to the public")),
            ("view_participants", _("Can see the names of participants")),
        ]

    def __str__(self) -> str:
        return self.title


class EvidenceConsent(models.Model):
    """What those who speak allowed, how and in which words. Never edited: the newest entry holds."""

    class Scope(models.TextChoices):
        NOT_NEEDED = "not_needed", _("not needed: nobody is quoted or can be recognised")
        NAMED = "named", _("publication with names")
        PUBLICATION = "publication", _("publication without names")
        INTERNAL = "internal", _("use inside only")
        WITHDRAWN = "withdrawn", _("withdrawn or refused")

    PUBLISHABLE = (Scope.NOT_NEEDED, Scope.NAMED, Scope.PUBLICATION)

    evidence = models.ForeignKey(
        Evidence, models.CASCADE, related_name="consents", verbose_name=_("evidence")
    )
    scope = models.CharField(_("reaches to"), max_length=12, choices=Scope.choices)
    how = models.CharField(
        _("how it was given"),
        max_length=200,
        help_text=_("For example: signed form; said at the beginning of the recording."),
    )
    wording = models.TextField(
        _("wording"), blank=True, help_text=_("The sentence people agreed to, as it was put.")
    )
    at = models.DateTimeField(_("when"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("consent to evidence")
        verbose_name_plural = _("consents to evidence")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_scope_display()} {self.at:%Y-%m-%d}"
