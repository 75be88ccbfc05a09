"""Invitations to events, scans at the door, and the calendar messages that were sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.models.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from engagement.models.events import Event
from engagement.models.registrations import Registration
from indicators.tokens import new_token


class EventInvitation(models.Model):
    """An invitation bound to a person or a post. Only the hash of its secret is kept."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="invitations")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    person = models.ForeignKey(
        "engagement.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="event_invitations",
        verbose_name=_("person"),
    )
    post = models.ForeignKey(
        "engagement.Post",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="event_invitations",
        verbose_name=_("post"),
    )
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    may_delegate = models.BooleanField(_("may name a delegate"), default=False)
    registration = models.OneToOneField(
        Registration, models.PROTECT, null=True, blank=True, related_name="invitation"
    )
    invited_at = models.DateTimeField(_("invited"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["secret_hash"])

    class Meta:
        verbose_name = _("invitation to an event")
        verbose_name_plural = _("invitations to events")
        ordering = ["-invited_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, post__isnull=False) | Q(person__isnull=False, post=None),
                name="eventinvitation_is_bound_to_one",
            ),
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=Q(person__isnull=False, revoked_at=None),
                name="eventinvitation_once_per_person",
            ),
            models.UniqueConstraint(
                fields=["event", "post"],
                condition=Q(post__isnull=False, revoked_at=None),
                name="eventinvitation_once_per_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.post}, {self.event}"


class CheckIn(AppendOnlyModel):
    """One scan at the door. The device makes the UUID, so a replayed scan counts once."""

    class Result(models.TextChoices):
        ADMITTED = "admitted", _("admitted")
        REPEATED = "repeated", _("already inside")
        REFUSED = "refused", _("refused")

    uuid = models.UUIDField(unique=True)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="checkins")
    session = models.ForeignKey(
        "engagement.Session", models.SET_NULL, null=True, blank=True, related_name="checkins"
    )
    device = models.CharField(_("device"), max_length=80, blank=True)
    was_offline = models.BooleanField(_("scanned without network"), default=False)
    result = models.CharField(_("result"), max_length=8, choices=Result)
    by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("when"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("scan at the door")
        verbose_name_plural = _("scans at the door")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.registration_id}: {self.result}"


class CalendarMessage(AppendOnlyModel):
    """A calendar message that was sent: same UID, rising sequence, and what it was about."""

    class Method(models.TextChoices):
        REQUEST = "REQUEST", "REQUEST"
        CANCEL = "CANCEL", "CANCEL"

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="calendar_messages")
    uid = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField()
    method = models.CharField(max_length=8, choices=Method)
    material_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar message")
        verbose_name_plural = _("calendar messages")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["uid", "sequence"], name="calendarmessage_sequence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.uid} {self.sequence}"
