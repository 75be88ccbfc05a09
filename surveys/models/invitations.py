"""Invitations to a wave: a one-use link for one person."""

from datetime import datetime

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from indicators.tokens import new_token
from surveys.models.waves import Wave


class SurveyInvitationQuerySet(models.QuerySet["SurveyInvitation"]):
    def visible_to(self, user) -> "SurveyInvitationQuerySet":
        """Invitations this user may look at: those of people the user may see."""
        from engagement.models import Person

        if not (user.is_active and user.has_perm("surveys.view_surveyinvitation")):
            return self.none()
        if user.has_perm("engagement.view_every_stakeholder"):
            return self
        return self.filter(person__in=Person.objects.visible_to(user))

    def unanswered(self) -> "SurveyInvitationQuerySet":
        """Invitations whose people may be reminded: sent, still valid, and not used."""
        return self.filter(
            state__in=[
                SurveyInvitation.State.SENT,
                SurveyInvitation.State.OPENED,
                SurveyInvitation.State.STARTED,
            ]
        )

    def counts(self) -> dict[str, int]:
        """How many there are in each state; a state without any is left out."""
        return dict(self.order_by().values_list("state").annotate(Count("pk")))


class SurveyInvitation(models.Model):
    """One person's place in one wave. The link holds a secret, this row only its hash.

    In an anonymous wave it knows that it was used and on which day, nothing else: it never becomes
    `opened` or `started`, and no row leads from it to a response.
    """

    class State(models.TextChoices):
        CREATED = "created", _("created")
        SENT = "sent", _("sent")
        OPENED = "opened", _("opened")
        STARTED = "started", _("started")
        USED = "used", _("used")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")
        BOUNCED = "bounced", _("bounced")

    # From which its link still opens the questionnaire.
    USABLE = (State.CREATED, State.SENT, State.OPENED, State.STARTED, State.BOUNCED)

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(
        "engagement.Person",
        on_delete=models.SET_NULL,
        null=True,
        related_name="survey_invitations",
        verbose_name=_("person"),
    )
    link_hash = models.CharField(max_length=64, unique=True, editable=False)
    origin = models.CharField(_("where the people come from"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.CREATED
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    used_on = models.DateField(_("used on"), null=True, blank=True)

    objects = SurveyInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey invitation")
        verbose_name_plural = _("survey invitations")
        constraints = [
            models.UniqueConstraint(fields=["wave", "person"], name="invitation_once_per_person"),
            models.CheckConstraint(
                condition=Q(state="used", used_on__isnull=False)
                | (~Q(state="used") & Q(used_on__isnull=True)),
                name="invitation_used_has_a_day",
            ),
        ]
        indexes = [models.Index(fields=["wave", "state"], name="invitation_state")]
        permissions = [("send_invitations", "Can invite people to surveys and remind them")]

    def __str__(self) -> str:
        return self.token

    def standing(self, *, at: datetime) -> str:
        """The state, with a link whose time is over shown as expired."""
        is_over = self.valid_until is not None and self.valid_until <= at
        return self.State.EXPIRED if is_over and self.state in self.USABLE else self.state
