"""What was measured. Rows are written by `indicators.ledger.record` and by nothing else."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from indicators.models.areas import Area
from indicators.models.indicators import Indicator
from indicators.tokens import new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

DECIMAL = {"max_digits": 20, "decimal_places": 6, "null": True, "blank": True}


class ObservationStatus(models.TextChoices):
    """SDMX code list CL_OBS_STATUS, the part we use."""

    NORMAL = "A", _("normal value")
    BREAK = "B", _("break in the series: the definition changed")
    DEFINITION = "D", _("definition differs")
    ESTIMATED = "E", _("estimated, or an aggregate of partial coverage")
    NOT_COLLECTED = "L", _("not collected")
    CANNOT_EXIST = "M", _("cannot exist")
    MISSING = "O", _("missing")
    PROVISIONAL = "P", _("provisional")
    SUPPRESSED = "Q", _("not shown, to protect respondents")
    LOW_RELIABILITY = "U", _("low reliability")


class ObservationQuerySet(models.QuerySet["Observation"]):
    def published(self) -> "ObservationQuerySet":
        """Values that stand: published and not withdrawn."""
        return self.filter(state=Observation.State.PUBLISHED)

    def totals(self) -> "ObservationQuerySet":
        """Values for everybody, not for a breakdown."""
        return self.filter(breakdown="")

    def of_newest_year(self) -> "ObservationQuerySet":
        """Of each indicator, area and breakdown the values of the last year that has any: what a
        newest value is chosen from, without reading the years before it."""
        same = (
            Observation.objects.published()
            .filter(
                indicator=models.OuterRef("indicator"),
                area=models.OuterRef("area"),
                breakdown=models.OuterRef("breakdown"),
            )
            .order_by("-period")
        )
        last = models.Subquery(same.values("period")[:1])
        return self.filter(period__gte=Substr(last, 1, 4))

    def visible_to(self, user: "AnonymousUser") -> "ObservationQuerySet":
        """Published values of published indicators; everything for those who may look inside."""
        if user is not None and user.is_active and user.has_perm("indicators.view_observation"):
            return self
        return self.published().filter(indicator__is_published=True)


class Observation(models.Model):
    """One value: indicator x area x period x breakdown x source."""

    class State(models.TextChoices):
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Qualifier(models.TextChoices):
        EXACT = "", _("as printed")
        APPROXIMATE = "approx", _("approximately")
        MORE_THAN = "gt", _("more than")
        LESS_THAN = "lt", _("less than")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="observations", verbose_name=_("indicator")
    )
    area = models.ForeignKey(
        Area, models.PROTECT, related_name="observations", verbose_name=_("area")
    )
    period = models.CharField(_("period"), max_length=10)
    breakdown = models.CharField(_("breakdown"), max_length=200, blank=True)
    # Words that say where the value came from, such as "surveys.wave:awareness-2026".
    source = models.CharField(_("source"), max_length=120)
    value = models.DecimalField(_("value"), **DECIMAL)
    low = models.DecimalField(_("interval from"), **DECIMAL)
    high = models.DecimalField(_("interval to"), **DECIMAL)
    n = models.PositiveIntegerField(_("n"), null=True, blank=True)
    n_effective = models.DecimalField(_("effective n"), **DECIMAL)
    status = models.CharField(
        _("status"),
        max_length=1,
        choices=ObservationStatus.choices,
        default=ObservationStatus.NORMAL,
    )
    qualifier = models.CharField(
        _("qualifier"), max_length=8, choices=Qualifier.choices, blank=True, default=""
    )
    method = models.CharField(_("method"), max_length=200, blank=True)
    provenance = models.JSONField(_("provenance"), default=dict, blank=True)
    members = models.JSONField(_("member set"), default=list, blank=True)
    population_vintage = models.CharField(_("population vintage"), max_length=60, blank=True)
    digest = models.CharField(_("digest of the source"), max_length=80, blank=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)
    # When the source changed after this value was computed; empty while the value is up to date.
    stale_since = models.DateTimeField(_("stale since"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.PUBLISHED
    )
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("recorded by"),
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["indicator_id", "area_id", "period", "breakdown"]
        permissions = [
            ("record_observation", _("Can enter a value by hand")),
            ("export_observation", _("Can export unpublished values")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "area", "period", "breakdown", "source"],
                name="observation_once",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="observation_interval_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["source"], name="observation_source"),
            models.Index(fields=["area", "breakdown", "period"], name="observation_area_period"),
            # What changed since a moment is counted from the index alone.
            models.Index(
                fields=["recorded_at", "indicator", "breakdown", "state"],
                name="observation_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.area_id} {self.period} {self.breakdown}".strip()

    @property
    def breaks_series(self) -> bool:
        """Whether it begins a series of its own, because what came before was asked or defined
        otherwise. Its status says so unless another status had to be said."""
        return self.status == ObservationStatus.BREAK or bool(self.provenance.get("series_break"))

    @property
    def is_stale(self) -> bool:
        """Whether the source has changed since the value was computed."""
        return self.stale_since is not None


class Revision(models.Model):
    """What a published observation was before, who changed it and why. Only the ledger writes it."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("changed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REINSTATED = "reinstated", _("published again")

    observation = models.ForeignKey(
        Observation, models.PROTECT, related_name="revisions", verbose_name=_("observation")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    digest_before = models.CharField(max_length=80, blank=True)
    digest_after = models.CharField(max_length=80, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.changed_at:%Y-%m-%d %H:%M}"

    @property
    def is_recomputation(self) -> bool:
        """Whether a source's own recomputation changed the value, and no person."""
        return self.kind == self.Kind.CHANGED and self.changed_by_id is None and not self.reason


class Recording(models.Model):
    """The last state of one source as it was recorded: its digest, and the row to lock on."""

    source = models.CharField(_("source"), max_length=120, unique=True)
    digest = models.CharField(_("digest"), max_length=80, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), null=True, blank=True)
    # Counts whatever changed what readers see of the source: pages are kept until it does.
    version = models.PositiveBigIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    def __str__(self) -> str:
        return self.source
