"""Registrations for events, every step they took, and what was sent about them."""

from datetime import date, datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.events import times
from engagement.models.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from engagement.models.events import Event
from engagement.registry.visibility import scope
from indicators.tokens import new_token


def new_uid() -> str:
    """An identifier for calendars. It tells nothing and opens nothing, unlike the token."""
    return uuid4().hex


class RegistrationState(models.TextChoices):
    PENDING = "pending", _("pending")
    WAITLISTED = "waitlisted", _("on the waiting list")
    OFFERED = "offered", _("seat offered")
    CONFIRMED = "confirmed", _("confirmed")
    CANCELLED = "cancelled", _("cancelled")
    REJECTED = "rejected", _("not accepted")
    ATTENDED = "attended", _("attended")


ACTIVE_STATES = [
    RegistrationState.PENDING,
    RegistrationState.WAITLISTED,
    RegistrationState.OFFERED,
    RegistrationState.CONFIRMED,
    RegistrationState.ATTENDED,
]
SEATED_STATES = [
    RegistrationState.OFFERED,
    RegistrationState.CONFIRMED,
    RegistrationState.ATTENDED,
]


class RegistrationQuerySet(models.QuerySet):
    def active(self):
        """Neither cancelled nor rejected: at most one per person and event."""
        return self.filter(state__in=ACTIVE_STATES)

    def seated(self):
        """Those that hold a seat."""
        return self.filter(state__in=SEATED_STATES)

    def queue(self):
        """The waiting list, in the order seats are offered."""
        return self.filter(state=RegistrationState.WAITLISTED).order_by(
            "-priority", "joined_at", "pk"
        )

    def overdue_offers(self, *, at: datetime):
        """Offers whose deadline has passed."""
        return self.filter(state=RegistrationState.OFFERED, offer_expires_at__lte=at)

    def visible_to(self, user, *, on: date | None = None):
        """What this user may see: all, or those of their own areas and bodies, or none."""
        allowed = scope(user, "engagement.view_registration", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        return self.filter(
            Q(area__in=allowed.areas)
            | Q(event__body__in=allowed.bodies)
            | Q(organisation__body__in=allowed.bodies)
            | Q(organisation__in=allowed.organisations)
            | Q(post__body__in=allowed.bodies)
        ).distinct()


class Registration(models.Model):
    """A person's place at an event, from the form to the door."""

    State = RegistrationState

    class Awaiting(models.TextChoices):
        EMAIL = "email", _("confirmation by e-mail")
        APPROVAL = "approval", _("approval")
        NOMINATION = "nomination", _("nomination")

    class Ended(models.TextChoices):
        PERSON = "person", _("cancelled by the person")
        STAFF = "staff", _("cancelled by the organiser")
        DECLINED = "declined", _("offer declined")
        EXPIRED = "expired", _("offer expired")
        EVENT = "event", _("the event was called off")

    class Source(models.TextChoices):
        WEB = "web", _("web form")
        STAFF = "staff", _("entered by staff")
        IMPORT = "import", _("imported")

    event = models.ForeignKey(Event, models.PROTECT, related_name="registrations")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    calendar_uid = models.CharField(max_length=40, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(
        "engagement.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("person"),
    )
    post = models.ForeignKey(
        "engagement.Post",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("post"),
    )
    delegate_of = models.CharField(_("delegate of"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=200)
    address = models.EmailField(_("e-mail address"), max_length=254)
    normalised_address = models.CharField(max_length=254, editable=False)
    organisation = models.ForeignKey(
        "engagement.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("organisation"),
    )
    organisation_text = models.CharField(_("organisation"), max_length=200, blank=True)
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    mode = models.CharField(
        _("attending"),
        max_length=8,
        choices=[(Event.Mode.ONSITE, _("on site")), (Event.Mode.ONLINE, _("online"))],
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    reader_zone = models.CharField(_("own time zone"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PENDING, db_index=True
    )
    awaiting = models.CharField(_("awaiting"), max_length=10, choices=Awaiting, blank=True)
    ended = models.CharField(_("ended"), max_length=10, choices=Ended, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    pools = models.ManyToManyField(
        "engagement.SeatPool", through="engagement.Seat", related_name="registrations"
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    joined_at = models.DateTimeField(_("on the list since"), null=True, blank=True)
    passed_over_pool = models.ForeignKey(
        "engagement.SeatPool", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    passed_over_at = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(_("offer expires"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    join_withdrawn_at = models.DateTimeField(_("link withdrawn"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"))
    idempotency_key = models.CharField(max_length=40, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.WEB)
    consent_version = models.CharField(_("version of the consent wording"), max_length=40)
    consent_wording = models.TextField(_("consent wording shown"), blank=True)
    wants_invitations = models.BooleanField(_("wants further invitations"), default=False)
    is_demonstration = models.BooleanField(_("demonstration"), default=False)

    objects = RegistrationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["idempotency_key", "token"])

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-submitted_at", "-pk"]
        permissions = [
            ("approve_registration", "Can approve, reject and offer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "normalised_address"],
                condition=Q(state__in=[s.value for s in ACTIVE_STATES]),
                name="registration_one_active_per_address",
            ),
            models.UniqueConstraint(
                fields=["event", "person"],
                condition=Q(state__in=[s.value for s in ACTIVE_STATES]) & Q(person__isnull=False),
                name="registration_one_active_per_person",
            ),
            models.UniqueConstraint(
                fields=["event", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="registration_once_per_form",
            ),
            models.CheckConstraint(
                condition=Q(state="offered", offer_expires_at__isnull=False) | ~Q(state="offered"),
                name="registration_offer_has_a_deadline",
            ),
        ]
        indexes = [
            models.Index(
                fields=["event", "-priority", "joined_at", "id"],
                condition=Q(state="waitlisted"),
                name="registration_queue_idx",
            ),
            models.Index(
                fields=["offer_expires_at"],
                condition=Q(state="offered"),
                name="registration_offers_idx",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.event}"

    def get_absolute_url(self) -> str:
        return reverse("engagement:registration", args=[self.token])

    @property
    def holds_seat(self) -> bool:
        return self.state in SEATED_STATES

    @property
    def may_cancel(self) -> bool:
        """Whether the person may still give the place back."""
        return self.state in ACTIVE_STATES and self.state != RegistrationState.ATTENDED

    @property
    def organisation_name(self) -> str:
        return str(self.organisation) if self.organisation_id else self.organisation_text

    def queue_place(self) -> int:
        """The number on the waiting list, from 1; 0 for somebody who is not on it."""
        if self.state != RegistrationState.WAITLISTED:
            return 0
        ahead = Q(priority__gt=self.priority) | Q(
            priority=self.priority, joined_at__lt=self.joined_at
        )
        ahead |= Q(priority=self.priority, joined_at=self.joined_at, pk__lt=self.pk)
        queue = Registration.objects.queue().filter(event=self.event_id)
        return queue.filter(ahead).count() + 1

    @property
    def why_not_promoted(self) -> str:
        """Why a later registration got a seat before this one; empty when none did."""
        if self.state != RegistrationState.WAITLISTED or self.passed_over_at is None:
            return ""
        if self.passed_over_pool is None:
            return gettext("There are no seats for this delegation.")
        return gettext("All seats of “%(pool)s” are taken.") % {"pool": self.passed_over_pool.name}

    def join_link(self) -> str:
        """The link to join online: only for a confirmed place online, while not withdrawn."""
        if self.state not in (RegistrationState.CONFIRMED, RegistrationState.ATTENDED):
            return ""
        if self.mode != Event.Mode.ONLINE or self.join_withdrawn_at is not None:
            return ""
        return self.event.join_url

    @property
    def offer_deadline(self) -> str:
        """The deadline in the event's zone and the person's own."""
        if self.offer_expires_at is None:
            return ""
        return times.written(self.offer_expires_at, self.event.zone, self.reader_zone)


class Seat(models.Model):
    """The seat a registration holds in a pool. The rows are what `SeatPool.taken` claims."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="seats")
    pool = models.ForeignKey("engagement.SeatPool", models.PROTECT, related_name="seats")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registration", "pool"], name="seat_once_per_pool")
        ]

    def __str__(self) -> str:
        return f"{self.pool_id}: {self.registration_id}"


class RegistrationTransition(AppendOnlyModel):
    """One step of a registration: who, when, why. Append-only."""

    class Actor(models.TextChoices):
        PERSON = "person", _("the person")
        STAFF = "staff", _("staff")
        SYSTEM = "system", _("the system")

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="transitions")
    from_state = models.CharField(_("from"), max_length=10, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=RegistrationState)
    actor = models.CharField(_("actor"), max_length=8, choices=Actor)
    by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a registration")
        verbose_name_plural = _("steps of registrations")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state or '–'} → {self.to_state}"


class Need(models.Model):
    """What somebody needs to take part, so that totals can be read without opening answers."""

    class Kind(models.TextChoices):
        INTERPRETATION = "interpretation", _("interpretation")
        WHEELCHAIR = "wheelchair", _("wheelchair access")
        SIGN_LANGUAGE = "sign_language", _("sign language")
        CAPTIONS = "captions", _("captions")
        DIET = "diet", _("diet")
        OTHER = "other", _("something else")

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="needs")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    language = models.CharField(_("language"), max_length=12, blank=True)
    session = models.ForeignKey(
        "engagement.Session", models.SET_NULL, null=True, blank=True, related_name="needs"
    )
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["kind", "language", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "kind", "language"],
                condition=Q(session=None),
                name="need_once_for_the_event",
            ),
            models.UniqueConstraint(
                fields=["registration", "kind", "language", "session"],
                condition=Q(session__isnull=False),
                name="need_once_for_a_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.language or self.detail}".strip()
