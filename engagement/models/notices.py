"""Mail about one registration or one comment, waiting to be sent. The table is the queue."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet):
    def due(self, *, at: datetime):
        """Those to be sent now, the oldest first; also those whose sender died on the way."""
        waiting = [Notice.State.QUEUED, Notice.State.SENDING]
        return self.filter(state__in=waiting, due_at__lte=at).order_by("due_at", "pk")


class Notice(models.Model):
    """One mail. What it says is worked out when it is sent, from what is true then."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        SKIPPED = "skipped", _("no longer true when it was due")

    class Kind(models.TextChoices):
        CONFIRM_ADDRESS = "confirm_address", _("please confirm your address")
        ALREADY_REGISTERED = "already_registered", _("you are registered already")
        RECEIVED = "received", _("received, awaiting approval")
        WAITLISTED = "waitlisted", _("on the waiting list")
        OFFERED = "offered", _("a seat is offered")
        CONFIRMED = "confirmed", _("your place is confirmed")
        CANCELLED = "cancelled", _("your registration was cancelled")
        OFFER_EXPIRED = "offer_expired", _("the offer has expired")
        REJECTED = "rejected", _("not accepted")
        CHANGED = "changed", _("the event has changed")
        CALLED_OFF = "called_off", _("the event was called off")
        REMINDER = "reminder", _("reminder")
        COMMENT_CONFIRM = "comment_confirm", _("please confirm your comment")
        COMMENT_RECEIVED = "comment_received", _("your comment was received")
        COMMENT_ANSWERED = "comment_answered", _("your comment was answered")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    registration = models.ForeignKey(
        "engagement.Registration",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
    )
    comment = models.ForeignKey(
        "engagement.Comment", models.CASCADE, null=True, blank=True, related_name="notices"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(_("queued"))
    due_at = models.DateTimeField(_("due"), db_index=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(registration=None, comment__isnull=False)
                | Q(registration__isnull=False, comment=None),
                name="notice_is_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_state_display()})"
