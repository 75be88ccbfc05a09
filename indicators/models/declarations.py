"""Tool 2: what the Leaders and Ministers declared, and what the bodies do about it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.models.activities import Activity
from indicators.models.frameworks import SectoralBody
from indicators.tokens import new_token

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def _may_read(user: "AnonymousUser") -> bool:
    """Every body reads what is followed up by every other; the public does not."""
    return user is not None and user.is_active and user.has_perm("indicators.view_declaration")


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: "AnonymousUser") -> "DeclarationQuerySet":
        return self if _may_read(user) else self.none()

    def without_commitment(self) -> "DeclarationQuerySet":
        return self.filter(commitments=None)


class Declaration(models.Model):
    """A declaration or statement that binds the Community to something."""

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    title = models.CharField(_("title"), max_length=300)
    adopted_on = models.DateField(_("adopted on"))
    adopted_by = models.CharField(
        _("adopted by"), max_length=200, help_text=_("Who adopted it, at which meeting, where.")
    )
    url = models.URLField(_("address of the text"), max_length=400, blank=True)
    source = models.CharField(
        _("source"), max_length=400, help_text=_("The document that says so, with its place.")
    )
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    history = HistoricalRecords()

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["-adopted_on", "title"]

    def __str__(self) -> str:
        return self.title


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: "AnonymousUser") -> "CommitmentQuerySet":
        return self if _may_read(user) else self.none()

    def with_state(self) -> "CommitmentQuerySet":
        """Annotated with `state`, which follows from the actions that are not withdrawn.

        Completed: all of them are. Ongoing: one is, or some are completed and some still planned.
        Planned: none has begun. Open: there is none.
        """

        def has(*statuses: str) -> Exists:
            return Exists(FollowUp.objects.filter(commitment=OuterRef("pk"), status__in=statuses))

        status, state = FollowUp.Status, Commitment.State
        return self.annotate(
            state=Case(
                When(has(status.ONGOING), then=Value(state.ONGOING.value)),
                When(has(status.COMPLETED) & has(status.PLANNED), then=Value(state.ONGOING.value)),
                When(has(status.COMPLETED), then=Value(state.COMPLETED.value)),
                When(has(status.PLANNED), then=Value(state.PLANNED.value)),
                default=Value(state.OPEN.value),
                output_field=models.CharField(),
            )
        )

    def overdue(self, year: int) -> "CommitmentQuerySet":
        """Those due before the year that are not completed. Needs `with_state`."""
        return self.filter(due_year__lt=year).exclude(state=Commitment.State.COMPLETED)


class Commitment(models.Model):
    """One thing a declaration commits to, and who answers for it."""

    class State(models.TextChoices):
        OPEN = "open", _("nothing planned")
        PLANNED = "planned", _("planned")
        ONGOING = "ongoing", _("ongoing")
        COMPLETED = "completed", _("completed")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    declaration = models.ForeignKey(
        Declaration, models.PROTECT, related_name="commitments", verbose_name=_("declaration")
    )
    number = models.CharField(
        _("number"), max_length=24, blank=True, help_text=_("As the declaration numbers it.")
    )
    text = models.TextField(_("text"))
    responsible_bodies = models.ManyToManyField(
        SectoralBody, related_name="commitments", verbose_name=_("responsible bodies")
    )
    due_year = models.PositiveSmallIntegerField(_("due by the end of"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0, editable=False)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    history = HistoricalRecords(m2m_fields=[responsible_bodies])

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["-declaration__adopted_on", "declaration", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.text}" if self.number else self.text


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: "AnonymousUser") -> "FollowUpQuerySet":
        return self if _may_read(user) else self.none()

    def editable_by(self, user: "AnonymousUser", on) -> "FollowUpQuerySet":
        """The actions of the bodies the user reports for on the date."""
        if user is None or not user.is_active or not user.has_perm("indicators.change_followup"):
            return self.none()
        if user.has_perm("indicators.change_any_followup"):
            return self
        return self.filter(body__in=user.granted_bodies(on))


class FollowUp(models.Model):
    """What a body does about a commitment, how far it is, and what shows it."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ONGOING = "ongoing", _("ongoing")
        COMPLETED = "completed", _("completed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="follow_ups", verbose_name=_("commitment")
    )
    body = models.ForeignKey(
        SectoralBody, models.PROTECT, related_name="follow_ups", verbose_name=_("body")
    )
    what = models.TextField(_("what is done"))
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.PLANNED
    )
    status_since = models.DateField(_("status since"), null=True, blank=True)
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    withdrawn_reason = models.TextField(_("why withdrawn"), blank=True)
    evidence = models.TextField(
        _("evidence"), blank=True, help_text=_("What shows it: report, decision, date, numbers.")
    )
    evidence_url = models.URLField(_("address of the evidence"), max_length=400, blank=True)
    activity = models.ForeignKey(
        Activity,
        models.SET_NULL,
        related_name="follow_ups",
        null=True,
        blank=True,
        verbose_name=_("activity of the work plan"),
    )
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    history = HistoricalRecords(excluded_fields=["changed_at"])

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up action")
        verbose_name_plural = _("follow-up actions")
        ordering = ["-changed_at", "-pk"]
        permissions = [("change_any_followup", _("Can change the follow-up of every body"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None)
                | Q(ends_on=None)
                | Q(ends_on__gte=models.F("starts_on")),
                name="follow_up_ends_after_its_start",
            )
        ]

    def __str__(self) -> str:
        return self.what
