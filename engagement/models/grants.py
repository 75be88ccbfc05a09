"""Who may act for which area, body or organisation, and from when to when.

A grant is given to a user, or to a post: then each holder has it for the days of the term, and
the access of the predecessor ends with their holding.
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.models.periods import Period, PeriodQuerySet, in_force


class GrantQuerySet(PeriodQuerySet):
    def held_by(self, user, on: date):
        """Grants this user has on that day, their own and those of the posts they hold."""
        if not user.is_active:
            return self.none()
        from engagement.models.posts import PostHolding

        posts = PostHolding.objects.in_force(on).filter(person__user=user).values("post")
        return self.in_force(on).filter(Q(user=user) | Q(post__in=posts))


class Grant(Period):
    """A role (a group's name, see `engagement.roles`) within an area, a body or an organisation."""

    user = models.ForeignKey(
        "engagement.User",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("user"),
    )
    post = models.ForeignKey(
        "engagement.Post",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("post"),
    )
    role = models.CharField(_("role"), max_length=40)
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
    organisation = models.ForeignKey(
        "engagement.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )

    objects = GrantQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, post__isnull=False) | Q(user__isnull=False, post=None),
                name="grant_has_one_holder",
                violation_error_message=_("A grant goes to one user or to one post."),
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=False)
                | Q(body__isnull=False)
                | Q(organisation__isnull=False),
                name="grant_names_something",
                violation_error_message=_("Name an area, a sectoral body or an organisation."),
            ),
            Period.ends_after_start("grant_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.role_label}: {self.area or self.body or self.organisation}"

    @property
    def role_label(self) -> str:
        """The role's name as people read it."""
        from engagement.roles import ROLES

        return str(ROLES[self.role].label) if self.role in ROLES else self.role


__all__ = ["Grant", "GrantQuerySet", "in_force"]
