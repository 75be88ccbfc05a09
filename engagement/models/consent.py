"""Consent: every time it was given or withdrawn, under which wording, with which evidence."""

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from engagement.models.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from engagement.registry.visibility import ThroughPersonMixin


class ConsentQuerySet(ThroughPersonMixin, AppendOnlyQuerySet):
    def latest_per_person(self):
        """The last word of each person for each purpose and channel."""
        newest = (
            Consent.objects.filter(
                person=OuterRef("person"), purpose=OuterRef("purpose"), channel=OuterRef("channel")
            )
            .order_by("-at", "-pk")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(newest))

    def current(self, *, purpose: str, channel: str = "email"):
        """Consents in force: given, and not withdrawn since. One row per person."""
        return (
            self.filter(purpose=purpose, channel=channel)
            .latest_per_person()
            .filter(state=Consent.State.GIVEN)
        )


class Consent(AppendOnlyModel):
    """One statement of one person for one purpose and channel. Append-only."""

    class Purpose(models.TextChoices):
        CAMPAIGNS = "campaigns", _("news and campaigns")
        EVENTS = "events", _("invitations to consultations")
        SURVEYS = "surveys", _("invitations to surveys")
        DRAFTS = "drafts", _("drafts open for comments")

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")

    class State(models.TextChoices):
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("consent")
        OFFICIAL_DUTY = "official_duty", _("contact of an official post")
        CONTRACT = "contract", _("agreement with the organisation")

    person = models.ForeignKey(
        "engagement.Person", models.PROTECT, related_name="consents", verbose_name=_("person")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.EMAIL)
    state = models.CharField(_("state"), max_length=10, choices=State)
    basis = models.CharField(_("basis"), max_length=16, choices=Basis, default=Basis.CONSENT)
    wording_version = models.CharField(_("version of the wording"), max_length=40)
    wording = models.TextField(_("wording shown"))
    evidence = models.CharField(
        _("evidence"), max_length=300, help_text=_("Where and how: a form, a letter, a mailing.")
    )
    at = models.DateTimeField(_("when"))
    recorded_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                fields=["person", "purpose", "channel", "-at"], name="consent_last_word_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.get_state_display()}"
