"""What is measured, and what was promised."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.models.areas import Area
from indicators.models.frameworks import Framework, FrameworkNode, TitleStatus, in_language

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def refuse_reserved(slug: str) -> None:
    """Raise ValidationError for an address under which another page lies."""
    for name in ("indicators:detail", "indicators_office:indicator", "indicators_office:enter"):
        try:
            address = reverse(name, args=[slug])
        except NoReverseMatch:
            # Not an address at all: the field's own validator says so.
            return
        if resolve(address).view_name != name:
            raise ValidationError(
                _("“%(slug)s” is the address of another page. Choose a different one."),
                params={"slug": slug},
            )


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, user: "AnonymousUser") -> "IndicatorQuerySet":
        """Published ones for everybody; the others for those who may see indicators inside."""
        if user is not None and user.is_active and user.has_perm("indicators.view_indicator"):
            return self
        return self.filter(is_published=True)

    def described(self, *, chosen: Iterable[int] = ()) -> "IndicatorQuerySet":
        """Without placeholders, for which there is nothing to record, to ask or to choose.

        `chosen` are the keys of those that were chosen already: they stay, so that none is lost.
        """
        return self.filter(Q(is_placeholder=False) | Q(pk__in=list(chosen)))


class Indicator(models.Model):
    """A KPI or sub-KPI. Values are observations; nothing measured is stored here."""

    class Direction(models.TextChoices):
        UP = "up", _("higher is better")
        DOWN = "down", _("lower is better")
        RANGE = "range", _("within a range is better")
        NONE = "none", _("no direction stated")

    class DataRoute(models.TextChoices):
        SECTORAL_BODY = "sectoral_body", _("recorded by a sectoral body")
        NATIONAL_POLICY = "national_policy", _("national policy, through a focal point")
        PUBLIC_PERCEPTION = "public_perception", _("public perception survey")
        OFFICIAL_STATISTICS = "official_statistics", _("official statistics")
        NOT_STATED = "not_stated", _("not stated in the source")

    class Aggregation(models.TextChoices):
        MEAN = "mean", _("mean of the member states")
        WEIGHTED_MEAN = "weighted_mean", _("mean weighted by population")
        SUM = "sum", _("sum of the member states")
        COUNT = "count", _("count of member states")
        NONE = "none", _("not aggregated from member states")

    class ProgressMethod(models.TextChoices):
        SHARE_OF_WAY = "share_of_way", _("share of the way from baseline to target")
        REQUIRED_PATH = "required_path", _("observed against required yearly growth")
        DIRECTION = "direction", _("direction of change since the baseline")

    class PrintedSufficiency(models.TextChoices):
        SUFFICIENT = "sufficient", _("sufficient")
        INSUFFICIENT = "insufficient", _("insufficient")

    class PrintedProgress(models.TextChoices):
        BETTER = "better", _("a change for the better")
        WORSE = "worse", _("a change for the worse")
        UNCHANGED = "unchanged", _("no change")

    slug = models.SlugField(_("address"), max_length=120, unique=True, validators=[refuse_reserved])
    code = models.CharField(_("code"), max_length=24, blank=True)
    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="indicators", verbose_name=_("framework")
    )
    node = models.ForeignKey(
        FrameworkNode,
        models.PROTECT,
        related_name="indicators",
        null=True,
        blank=True,
        verbose_name=_("measures"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
        verbose_name=_("sub-KPI of"),
    )
    title = models.TextField(_("title"))
    titles = models.JSONField(_("titles in other languages"), default=dict, blank=True)
    title_status = models.CharField(
        _("status of the title"),
        max_length=16,
        choices=TitleStatus.choices,
        default=TitleStatus.UNCONFIRMED,
    )
    description = models.TextField(_("definition"), blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=1)
    direction = models.CharField(
        _("direction"), max_length=8, choices=Direction.choices, default=Direction.NONE
    )
    range_low = models.DecimalField(
        _("range from"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    range_high = models.DecimalField(
        _("range to"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    data_route = models.CharField(
        _("data route"), max_length=24, choices=DataRoute.choices, default=DataRoute.NOT_STATED
    )
    aggregation = models.CharField(
        _("ASEAN aggregate"), max_length=16, choices=Aggregation.choices, default=Aggregation.NONE
    )
    minimum_members = models.PositiveSmallIntegerField(
        _("fewest member states for an aggregate"), null=True, blank=True
    )
    baseline_year = models.PositiveSmallIntegerField(_("baseline year"), null=True, blank=True)
    minimum_n = models.PositiveIntegerField(
        _("fewest respondents for evidence"), null=True, blank=True
    )
    progress_method = models.CharField(
        _("progress method"),
        max_length=16,
        choices=ProgressMethod.choices,
        default=ProgressMethod.DIRECTION,
    )
    population_described = models.TextField(_("population described"), blank=True)
    # What the source says of this one indicator, empty where it does not. Never computed.
    printed_sufficiency = models.CharField(
        _("sufficiency as the source states it"),
        max_length=16,
        choices=PrintedSufficiency.choices,
        blank=True,
    )
    printed_progress = models.CharField(
        _("change as the source reports it"),
        max_length=16,
        choices=PrintedProgress.choices,
        blank=True,
    )
    printed_words = models.TextField(_("the source's own words"), blank=True)
    is_placeholder = models.BooleanField(
        _("placeholder"),
        default=False,
        help_text=_("Stands for an indicator the source counts and does not describe."),
    )
    source = models.CharField(_("source"), max_length=400, blank=True)
    confidence = models.CharField(_("confidence in the row"), max_length=16, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_published = models.BooleanField(_("shown to the public"), default=True)
    history = HistoricalRecords()

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["framework__position", "position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"],
                condition=~Q(code=""),
                name="indicator_code_once_in_a_framework",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.display_title}" if self.code else self.display_title

    def get_absolute_url(self) -> str:
        return reverse("indicators:detail", args=[self.slug])

    @property
    def display_title(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.titles)


class Target(models.Model):
    """A promise: the value an indicator shall have in an area by a period."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="targets", verbose_name=_("indicator")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="targets", verbose_name=_("area"))
    period = models.CharField(_("period"), max_length=10)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6)
    source = models.CharField(_("source"), max_length=400, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["indicator_id", "area_id", "period"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "area", "period"], name="target_once")
        ]

    def __str__(self) -> str:
        return f"{self.indicator.slug} {self.area.code} {self.period}: {self.value}"
