"""Areas and who belonged to which group when. "The ASEAN mean" means nothing without the date."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

# Names live in the table; they are listed here so that translators meet them.
TRANSLATABLE_NAMES = (
    gettext_noop("Brunei Darussalam"),
    gettext_noop("Cambodia"),
    gettext_noop("Indonesia"),
    gettext_noop("Lao PDR"),
    gettext_noop("Malaysia"),
    gettext_noop("Myanmar"),
    gettext_noop("Philippines"),
    gettext_noop("Singapore"),
    gettext_noop("Thailand"),
    gettext_noop("Timor-Leste"),
    gettext_noop("Viet Nam"),
)


class AreaQuerySet(models.QuerySet["Area"]):
    def member_states(self, on: date, group: str = "ASEAN") -> "AreaQuerySet":
        """The areas that were members of `group` on the date, by name."""
        return (
            self.filter(memberships__group__code=group, memberships__valid_from__lte=on)
            .filter(Q(memberships__valid_to=None) | Q(memberships__valid_to__gt=on))
            .distinct()
            .order_by("name")
        )


class Area(models.Model):
    """A state, or a group of states such as ASEAN."""

    class Kind(models.TextChoices):
        MEMBER_STATE = "member_state", _("member state")
        GROUP = "group", _("group of states")
        PARTNER = "partner", _("other state or partner")

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    iso3 = models.CharField(_("ISO 3166 alpha-3"), max_length=3, blank=True)
    iso_numeric = models.CharField(_("ISO 3166 numeric"), max_length=3, blank=True)
    languages = models.JSONField(_("official languages (BCP 47)"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    source = models.CharField(_("source"), max_length=300, blank=True)
    history = HistoricalRecords()

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["name"]

    def __str__(self) -> str:
        return gettext(self.name) if self.name else self.code


class AreaMembership(models.Model):
    """`area` belonged to `group` from `valid_from` up to, not including, `valid_to`."""

    group = models.ForeignKey(Area, models.CASCADE, related_name="members", verbose_name=_("group"))
    area = models.ForeignKey(
        Area, models.CASCADE, related_name="memberships", verbose_name=_("area")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "area", "valid_from"], name="area_membership_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")),
                name="area_membership_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} in {self.group} from {self.valid_from}"


class Population(models.Model):
    """People of an age range in an area and year. Vintages differ, so each row names its own."""

    area = models.ForeignKey(
        Area, models.CASCADE, related_name="populations", verbose_name=_("area")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    ages = models.CharField(_("ages"), max_length=16, default="15+")
    value = models.BigIntegerField(_("people"))
    vintage = models.CharField(_("vintage"), max_length=60)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        ordering = ["area", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "year", "ages", "vintage"], name="population_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.ages} {self.year}: {self.value} ({self.vintage})"
