"""Posts and who held them, and people's ordinary places in organisations. All dated.

Memory belongs to the post: its interactions, nominations and rights stay when the holder changes.
"""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.models.periods import Period, PeriodQuerySet
from engagement.registry.visibility import PostQuerySet
from indicators.tokens import new_token


class Post(models.Model):
    """An office that outlives its holders, such as the SOMHD focal point of Lao PDR."""

    class Kind(models.TextChoices):
        FOCAL_POINT = "focal_point", _("focal point")
        DEPUTY = "deputy", _("deputy")
        LEADER = "leader", _("leader")
        OFFICER = "officer", _("desk officer")

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.FOCAL_POINT)
    organisation = models.ForeignKey(
        "engagement.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("organisation"),
    )
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    body = models.ForeignKey(
        "indicators.SectoralBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sectoral body"),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    abolished_on = models.DateField(_("abolished"), null=True, blank=True)

    objects = PostQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def holder(self, on: date) -> "PostHolding | None":
        """Who holds it that day: the regular holder, else an acting one, else nobody.

        Reads `holdings` with their people, so prefetch them for a list.
        """
        current = [holding for holding in self.holdings.all() if holding.holds(on)]
        current.sort(key=lambda holding: holding.is_acting)
        return current[0] if current else None


class PostHolding(Period):
    """Who held a post, from when to when."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings", verbose_name=_("post"))
    person = models.ForeignKey(
        "engagement.Person", models.PROTECT, related_name="holdings", verbose_name=_("person")
    )
    is_acting = models.BooleanField(_("acting"), default=False)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = PeriodQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("holding of a post")
        verbose_name_plural = _("holdings of posts")
        ordering = ["-valid_from", "-pk"]
        constraints = [Period.ends_after_start("postholding_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.person}, {self.post}"


class Affiliation(Period):
    """A person's ordinary place in an organisation. A new job is a new row."""

    person = models.ForeignKey(
        "engagement.Person", models.CASCADE, related_name="affiliations", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        "engagement.Organisation",
        models.PROTECT,
        related_name="affiliations",
        verbose_name=_("organisation"),
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    is_main = models.BooleanField(_("main place"), default=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    objects = PeriodQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        ordering = ["-valid_from", "-pk"]
        constraints = [Period.ends_after_start("affiliation_ends_after_start")]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}" if self.title else str(self.organisation)
