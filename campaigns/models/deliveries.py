"""The ledger of a mailing: one row per person, in batches of at most fifty."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token

BATCH_SIZE = 50


class Batch(models.Model):
    """At most fifty deliveries handed over in one call; its members are fixed for ever."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        LEASED = "leased", _("taken by a worker")
        SUBMITTING = "submitting", _("being handed over")
        WAITING = "waiting", _("waiting to be tried again")
        IN_DOUBT = "in_doubt", _("outcome unknown")
        RECONCILING = "reconciling", _("being checked")
        SETTLED = "settled", _("settled")
        ABANDONED = "abandoned", _("given up")

    OPEN = (
        State.PLANNED,
        State.LEASED,
        State.SUBMITTING,
        State.WAITING,
        State.IN_DOUBT,
        State.RECONCILING,
    )

    mailing = models.ForeignKey(
        "campaigns.Mailing", on_delete=models.CASCADE, related_name="batches"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    lease_owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    checks = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["mailing", "number"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "number"], name="batch_number_once")
        ]
        indexes = [models.Index(fields=["mailing", "state", "not_before"], name="batch_due")]

    def __str__(self) -> str:
        return f"{self.mailing} {self.number}"


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DeliveryQuerySet":
        """Return the deliveries `user` may see: those of people the user may see."""
        from campaigns.models.mailings import Mailing
        from engagement.models import Person

        return self.filter(
            mailing__in=Mailing.objects.visible_to(user),
            person__in=Person.objects.visible_to(user),
        )

    def submitted(self) -> "DeliveryQuerySet":
        """Return the copies that were handed over and not refused."""
        return self.filter(state__in=[Delivery.State.ACCEPTED, Delivery.State.DELIVERED])


class Delivery(models.Model):
    """One person's copy. `token` is the id the transport sees and the key of every personal link.

    No body is stored: the copy is rendered again from the approved content when it is viewed.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SUBMITTING = "submitting", _("being handed over")
        ACCEPTED = "accepted", _("accepted")
        DELIVERED = "delivered", _("delivered")
        SKIPPED = "skipped", _("skipped")
        REJECTED = "rejected", _("rejected")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    FINAL = (State.SKIPPED, State.REJECTED, State.FAILED, State.CANCELLED)

    class Reason(models.TextChoices):
        NO_CONSENT = "no_consent", _("no consent")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        SUPPRESSED = "suppressed", _("suppressed address")
        INVALID = "invalid", _("no valid address")
        SAME_ADDRESS = "same_address", _("same address as somebody else")
        FREQUENCY = "frequency", _("reached the weekly limit")
        ALREADY = "already", _("received the earlier mailing")
        LEFT = "left", _("left during sending")
        ANSWERED = "answered", _("has answered the survey")
        INVITED = "invited", _("invited to the survey already")
        NOT_INVITED = "not_invited", _("not invited to the survey")
        CAME_BACK = "came_back", _("the invitation came back")
        REVOKED = "revoked", _("the survey link was taken back")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    mailing = models.ForeignKey(
        "campaigns.Mailing", on_delete=models.CASCADE, related_name="deliveries"
    )
    person = models.ForeignKey(
        "engagement.Person", on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, null=True, related_name="deliveries")
    address = models.CharField(_("address"), max_length=254, blank=True)
    name = models.CharField(_("name"), max_length=300)
    language = models.CharField(_("language"), max_length=12)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(max_length=20, blank=True, choices=Reason.choices)
    note = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # 64 bits near 2^60 at Mailjet: text, so that no browser rounds it.
    provider_message_id = models.CharField(max_length=64, blank=True)

    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    deferred_at = models.DateTimeField(null=True)
    bounced_soft_at = models.DateTimeField(null=True)
    bounced_hard_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    machine_clicked_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["mailing", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mailing", "person"], name="delivery_once_per_person"),
            models.UniqueConstraint(
                fields=["mailing", "address"],
                condition=~models.Q(state="skipped"),
                name="delivery_once_per_address",
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "state"], name="delivery_state"),
            models.Index(fields=["person", "accepted_at"], name="delivery_person"),
            models.Index(fields=["batch"], name="delivery_batch"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def outbox_name(self) -> str:
        """The name of the copy in the local outbox."""
        return f"delivery-{self.token}"

    # (timestamp, word, label) by precedence: the first that happened is what is shown, so the
    # order in which the provider's facts arrive does not matter.
    PRECEDENCE = (
        ("complained_at", "complained", _("complained")),
        ("bounced_hard_at", "bounced_hard", _("bounced: the address does not exist")),
        ("blocked_at", "blocked", _("blocked by the provider")),
        ("clicked_at", "clicked", _("clicked a link")),
        ("delivered_at", "delivered", _("delivered")),
        ("bounced_soft_at", "bounced_soft", _("bounced for now")),
        ("deferred_at", "deferred", _("delayed")),
        ("accepted_at", "accepted", _("accepted")),
    )

    @property
    def shown_state(self) -> str:
        """The word for what is known of this copy, derived from its timestamps by precedence."""
        return self._shown()[0]

    @property
    def shown_state_label(self):
        """The same in the reader's language."""
        return self._shown()[1]

    def _shown(self):
        if self.state in self.FINAL or self.accepted_at is None:
            return self.state, self.get_state_display()
        for column, word, label in self.PRECEDENCE:
            if getattr(self, column):
                return word, label
        return self.state, self.get_state_display()

    @property
    def reason_sentence(self):
        """Why nothing was sent, or what the transport answered; empty when all is well."""
        if self.reason and self.note:
            return f"{self.get_reason_display()}: {self.note}"
        return self.note or (self.get_reason_display() if self.reason else "")


class SendAttempt(models.Model):
    """One call to a transport, written before the call. Append-only but for its own outcome."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("not known yet")
        ANSWERED = "answered", _("answered")
        NOT_SENT = "not_sent", _("not sent")
        UNKNOWN = "unknown", _("unknown")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="send_attempts")
    number = models.PositiveIntegerField()
    transport = models.CharField(max_length=20)
    group = models.CharField(max_length=64)
    size = models.PositiveSmallIntegerField()
    payload_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    http_status = models.PositiveSmallIntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="attempt_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch} #{self.number}"
