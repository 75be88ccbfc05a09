"""Things that hold from one day until another. Periods are half-open: on `valid_to` it is over.

So a successor whose term starts on the day the predecessor's ends never overlaps with them, and
access that rests on a term is gone on that day.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def in_force(on: date, prefix: str = "") -> Q:
    """The condition "valid on that day", for a related table with its `prefix` ("holdings__")."""
    return (Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": on})) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": on})
    )


class PeriodQuerySet(models.QuerySet):
    def in_force(self, on: date):
        """Those valid on that day."""
        return self.filter(in_force(on))


class Period(models.Model):
    valid_from = models.DateField(
        _("from"), null=True, blank=True, help_text=_("The first day. Empty: always has been.")
    )
    valid_to = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("The day it is over. Empty: until further notice."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValidationError(
                {"valid_to": _("The end must come after the beginning. Choose a later day.")}
            )

    def holds(self, on: date) -> bool:
        """Whether it is valid on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on < self.valid_to
        )

    @staticmethod
    def ends_after_start(name: str) -> models.CheckConstraint:
        """The database's own check of the same rule; `name` must be unique per table."""
        return models.CheckConstraint(
            condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            name=name,
            violation_error_message=_("The end must come after the beginning."),
        )
