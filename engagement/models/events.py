"""Consultation events, the items of their agenda, and the seats they have."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.events import times
from engagement.models.walltime import WallTimeField
from engagement.registry.visibility import scope
from indicators.tokens import new_token


class Level(models.TextChoices):
    """Levels of the community's work, as its documents name them, and the public's own."""

    MINISTERIAL = "ministerial", _("Ministerial")
    SENIOR_OFFICIALS = "senior_officials", _("Senior officials")
    WORKING_GROUP = "working_group", _("Working group")
    SECTORAL_BODY = "sectoral_body", _("Sectoral body")
    REGIONAL_CONSULTATION = "regional_consultation", _("Regional consultation")
    PUBLIC = "public", _("Public")


class Iap2(models.TextChoices):
    """The spectrum of public participation (IAP2). Each level promises something."""

    INFORM = "inform", _("Inform")
    CONSULT = "consult", _("Consult")
    INVOLVE = "involve", _("Involve")
    COLLABORATE = "collaborate", _("Collaborate")
    EMPOWER = "empower", _("Empower")


PROMISES = {
    Iap2.INFORM: _("We keep you informed."),
    Iap2.CONSULT: _(
        "We listen to you, and we tell you publicly what came of what you said, and why."
    ),
    Iap2.INVOLVE: _(
        "We work with you so that your concerns show in the alternatives, and we tell you how "
        "they shaped the decision."
    ),
    Iap2.COLLABORATE: _(
        "We look to you for advice on solutions and build as much of it as possible into the "
        "decision."
    ),
    Iap2.EMPOWER: _("We carry out what you decide."),
}


class EventQuerySet(models.QuerySet):
    def published(self):
        """Everything but drafts: announced, held or called off."""
        return self.exclude(state=Event.State.DRAFT)

    def listed(self):
        """What the public list shows."""
        return self.published().filter(visibility=Event.Visibility.PUBLIC)

    def upcoming(self, *, at: datetime):
        """Not over yet, the next one first."""
        return self.filter(ends_at__gte=at).order_by("starts_at", "pk")

    def past(self, *, at: datetime):
        """Over, the latest first."""
        return self.filter(ends_at__lt=at).order_by("-starts_at", "-pk")

    def visible_to(self, user, *, on: date | None = None):
        """What this user may open. Strangers: published events that are public or unlisted.

        A focal point or a reporter adds the events of their areas and bodies; who may see every
        stakeholder sees every event, those in preparation too.
        """
        open_to_all = ~Q(state=Event.State.DRAFT) & Q(
            visibility__in=[Event.Visibility.PUBLIC, Event.Visibility.UNLISTED]
        )
        allowed = scope(user, "engagement.view_event", on)
        if allowed.everything:
            return self
        mine = Q(area__in=allowed.areas) | Q(body__in=allowed.bodies)
        return self.filter(open_to_all | (~Q(state=Event.State.DRAFT) & mine))


class Event(models.Model):
    """A meeting at which somebody is consulted, at one of the levels."""

    class State(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        PUBLISHED = "published", _("announced")
        CANCELLED = "cancelled", _("called off")

    class Mode(models.TextChoices):
        ONSITE = "onsite", _("on site")
        ONLINE = "online", _("online")
        HYBRID = "hybrid", _("on site and online")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("public")
        UNLISTED = "unlisted", _("by link only")
        RESTRICTED = "restricted", _("those concerned")

    class Admission(models.TextChoices):
        OPEN = "open", _("open to everybody")
        APPROVAL = "approval", _("after approval")
        INVITATION = "invitation", _("by invitation")
        NONE = "none", _("no registration here")

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True, max_length=600)
    description = models.TextField(_("description"), blank=True)
    purpose = models.TextField(
        _("purpose"),
        blank=True,
        help_text=_("Why it is held and which decision its result goes into."),
    )
    outcome = models.TextField(
        _("published response"),
        blank=True,
        help_text=_("What was said, what came of it, and why. Shown after the event."),
    )
    level = models.CharField(_("level"), max_length=24, choices=Level)
    iap2_level = models.CharField(
        _("level of participation"), max_length=12, choices=Iap2, default=Iap2.CONSULT
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    visibility = models.CharField(
        _("visibility"), max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    admission = models.CharField(
        _("admission"), max_length=10, choices=Admission, default=Admission.OPEN
    )
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.ONSITE)
    zone = models.CharField(_("time zone"), max_length=40, choices=times.ZONES)
    starts_wall = WallTimeField(_("starts"), help_text=_("As the clocks at the place show it."))
    ends_wall = WallTimeField(_("ends"))
    starts_at = models.DateTimeField(editable=False, db_index=True)
    ends_at = models.DateTimeField(editable=False, db_index=True)
    time_is_known = models.BooleanField(
        _("the hours are known"),
        default=True,
        help_text=_("Off for a past event of which only the days are known."),
    )
    venue = models.CharField(_("venue"), max_length=300, blank=True)
    join_url = models.URLField(
        _("link to join online"),
        blank=True,
        help_text=_("Shown only to those with a confirmed place online."),
    )
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("The area it concerns. Empty: all."),
    )
    body = models.ForeignKey(
        "indicators.SectoralBody",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sectoral body"),
    )
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(
        _("registration closes"),
        null=True,
        blank=True,
        help_text=_("Empty: when the event starts."),
    )
    offer_hours = models.PositiveSmallIntegerField(_("hours to answer an offered seat"), default=48)
    same_delegation_first = models.BooleanField(
        _("a released seat goes to the same delegation first"), default=False
    )
    requeue_expired = models.BooleanField(
        _("who lets an offer pass goes to the end of the list"),
        default=False,
        help_text=_("Off: they leave the list."),
    )
    interpretation = models.JSONField(
        _("interpretation"), default=list, blank=True, help_text=_("Language tags, for example vi.")
    )
    reached = models.PositiveIntegerField(
        _("people reached"),
        null=True,
        blank=True,
        help_text=_("As a source states it, where attendance was not counted here."),
    )
    source = models.TextField(
        _("source"), blank=True, help_text=_("For an event of the past: where this is stated.")
    )
    is_demonstration = models.BooleanField(_("demonstration"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["join_url"])

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message=_("The end must come after the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(offer_hours__gte=1), name="event_offer_hours_at_least_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, update_fields=None, **kwargs):
        self.derive_times()
        if update_fields is not None and {"zone", "starts_wall", "ends_wall"} & set(update_fields):
            update_fields = {*update_fields, "starts_at", "ends_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("engagement:event", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        if self.zone and self.starts_wall and self.ends_wall:
            self.derive_times()
            if self.ends_at <= self.starts_at:
                raise ValidationError(
                    {"ends_wall": _("The end must come after the beginning. Choose a later time.")}
                )

    def derive_times(self) -> None:
        """Recompute both UTC columns from wall time and zone."""
        self.starts_at = times.to_utc(self.starts_wall, self.zone)
        self.ends_at = times.to_utc(self.ends_wall, self.zone)

    @property
    def promise(self) -> str:
        """What the declared level of participation promises."""
        return PROMISES[self.iap2_level]

    def registration_is_open(self, at: datetime) -> bool:
        """Whether somebody may register at that moment (there may be a waiting list)."""
        closes = self.registration_closes_at or self.starts_at
        opens = self.registration_opens_at
        return (
            self.state == self.State.PUBLISHED
            and self.admission != self.Admission.NONE
            and (opens is None or opens <= at)
            and at < closes
        )

    def is_over(self, at: datetime) -> bool:
        return self.ends_at < at

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    def when(self, reader: str = "") -> list[str]:
        """From when to when: in the event's zone, then in the reader's where that differs."""
        if not self.time_is_known:
            first, last = times.day(self.starts_at, self.zone), times.day(self.ends_at, self.zone)
            return [first if first == last else f"{first} – {last}"]
        lines = [times.span(self.starts_at, self.ends_at, self.zone)]
        if reader and reader in times.CITIES and reader != self.zone:
            lines.append(times.span(self.starts_at, self.ends_at, reader))
        return lines


class Session(models.Model):
    """An item of the agenda."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    speakers = models.CharField(_("speakers"), max_length=300, blank=True)
    starts_wall = WallTimeField(_("starts"))
    ends_wall = WallTimeField(_("ends"))
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs):
        self.starts_at = times.to_utc(self.starts_wall, self.event.zone)
        self.ends_at = times.to_utc(self.ends_wall, self.event.zone)
        super().save(*args, **kwargs)


class SeatPoolQuerySet(models.QuerySet):
    def for_registration(self, registration):
        """The pools in which this registration needs a seat, in the order they are taken."""
        return self.filter(
            Q(area=None) | Q(area=registration.area_id),
            Q(mode="") | Q(mode=registration.mode),
            event=registration.event_id,
        ).order_by("pk")


class SeatPool(models.Model):
    """Seats of an event, or of one delegation, or of one way of attending.

    A registration needs a seat in every pool that applies to it. `taken` is a claim made by
    conditional updates, not a statistic; `engagement.events.seats.drift` recomputes it.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="pools")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    name = models.CharField(_("name"), max_length=120)
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("delegation"),
        help_text=_("Empty: people of every area."),
    )
    mode = models.CharField(
        _("attending"),
        max_length=8,
        blank=True,
        choices=[(Event.Mode.ONSITE, _("on site")), (Event.Mode.ONLINE, _("online"))],
        help_text=_("Empty: on site and online."),
    )
    capacity = models.PositiveIntegerField(_("seats"))
    approved_overbook = models.PositiveIntegerField(_("approved beyond the seats"), default=0)
    overbook_reason = models.CharField(_("reason"), max_length=300, blank=True)
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)

    objects = SeatPoolQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["taken"])

    class Meta:
        verbose_name = _("seat pool")
        verbose_name_plural = _("seat pools")
        ordering = ["event", "pk"]
        permissions = [("overbook_seatpool", "Can approve seats beyond the capacity")]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity") + F("approved_overbook")),
                name="seatpool_never_oversold",
                violation_error_message=_(
                    "More seats are taken than that. Choose a higher number."
                ),
            ),
            models.CheckConstraint(
                condition=Q(approved_overbook=0) | ~Q(overbook_reason=""),
                name="seatpool_overbook_has_a_reason",
                violation_error_message=_("Say why more seats than exist were approved."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int:
        """Seats nobody holds. Never below zero, even when more were approved."""
        return max(0, self.capacity - self.taken)
