"""Texts consulted on, measure by measure, what was said about them, and what was answered.

A comment points to the wording it was made on and stays there: nothing here cascades.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.models.events import PROMISES, Iap2
from indicators.tokens import new_token


class DraftQuerySet(models.QuerySet):
    def published(self):
        """Those with a version that is or was open for comments."""
        return (
            self.filter(is_public=True)
            .filter(
                versions__state__in=[
                    DraftVersion.State.CONSULTING,
                    DraftVersion.State.CLOSED,
                    DraftVersion.State.SUPERSEDED,
                ]
            )
            .distinct()
        )

    def visible_to(self, user):
        """Published drafts for everybody; all of them for who prepares them."""
        if user is not None and user.is_authenticated and user.has_perm("engagement.view_draft"):
            return self
        return self.published()


class Draft(models.Model):
    """A text on which people are consulted."""

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), blank=True)
    purpose = models.TextField(
        _("purpose"), blank=True, help_text=_("Which decision the comments go into.")
    )
    iap2_level = models.CharField(
        _("level of participation"), max_length=12, choices=Iap2, default=Iap2.CONSULT
    )
    is_public = models.BooleanField(_("public"), default=True)
    event = models.ForeignKey(
        "engagement.Event",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name=_("event"),
    )
    source = models.TextField(_("source"), blank=True)
    is_demonstration = models.BooleanField(_("demonstration"), default=False)

    objects = DraftQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("engagement:draft", args=[self.slug])

    @property
    def promise(self) -> str:
        return PROMISES[self.iap2_level]


class DraftVersion(models.Model):
    """One frozen wording of a draft. Immutable once it is consulted on."""

    class State(models.TextChoices):
        DRAFTING = "drafting", _("being written")
        CONSULTING = "consulting", _("open for comments")
        CLOSED = "closed", _("closed")
        SUPERSEDED = "superseded", _("superseded")

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="versions")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFTING)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closes_at = models.DateTimeField(_("comments until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.TextField(_("what changed and why"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("version of a draft")
        verbose_name_plural = _("versions of drafts")
        ordering = ["draft", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draftversion_number_once"),
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(state="consulting"),
                name="draftversion_one_open_per_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft}, {self.number}"

    def takes_comments(self, at: datetime) -> bool:
        return self.state == self.State.CONSULTING and (
            self.closes_at is None or at < self.closes_at
        )


class Provision(models.Model):
    """One measure of a draft. Its identity outlives every wording."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="provisions")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    code = models.CharField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("provision")
        verbose_name_plural = _("provisions")
        ordering = ["draft", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "code"], name="provision_code_once_per_draft")
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("engagement:provision", args=[self.draft.slug, self.token])


class ProvisionText(models.Model):
    """The wording of a provision in one version and one language."""

    class Change(models.TextChoices):
        NEW = "new", _("new")
        KEPT = "kept", _("kept")
        REWORDED = "reworded", _("reworded")
        SPLIT = "split", _("split")
        MERGED = "merged", _("merged")
        DROPPED = "dropped", _("dropped")

    class Standing(models.TextChoices):
        QUOTED = "quoted", _("quoted from its source")
        INCOMPLETE = "incomplete", _("quoted, incomplete in its source")
        DEMONSTRATION = "demonstration", _("made up for demonstration")
        OWN = "own", _("text of this consultation")

    version = models.ForeignKey(DraftVersion, models.PROTECT, related_name="texts")
    provision = models.ForeignKey(Provision, models.PROTECT, related_name="texts")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en")
    heading = models.CharField(_("heading"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    change = models.CharField(_("change"), max_length=8, choices=Change, default=Change.NEW)
    derived_from = models.ManyToManyField(
        Provision, blank=True, related_name="became", verbose_name=_("comes from")
    )
    standing = models.CharField(
        _("standing"), max_length=14, choices=Standing, default=Standing.OWN
    )
    source = models.TextField(_("source"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["provision__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "provision", "language"], name="provisiontext_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provision}, {self.version.number}"
