"""Texts consulted on, measure by measure, what was said about them, and what was answered.

A comment points to the wording it was made on and stays there: nothing here cascades.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from engagement.models.events import PROMISES, Iap2
from engagement.registry.visibility import scope
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


class CommentQuerySet(models.QuerySet):
    def received(self):
        """Those that were really made: their address was confirmed, and not taken back."""
        return self.exclude(state__in=[Comment.State.UNCONFIRMED, Comment.State.WITHDRAWN])

    def published(self):
        """Those whose words the public page shows."""
        return self.filter(state__in=[Comment.State.SUBMITTED, Comment.State.ANSWERED])

    def unanswered(self):
        """Those that keep a consultation open."""
        return self.filter(state=Comment.State.SUBMITTED)

    def visible_to(self, user, *, on: date | None = None):
        """For the back office: all, or those from the user's own areas and bodies, or none."""
        allowed = scope(user, "engagement.view_comment", on)
        if allowed.everything:
            return self
        if allowed.nothing:
            return self.none()
        return self.filter(
            Q(area__in=allowed.areas)
            | Q(organisation__body__in=allowed.bodies)
            | Q(organisation__in=allowed.organisations)
            | Q(post__body__in=allowed.bodies)
        ).distinct()


class Comment(models.Model):
    """A remark on the wording of one provision."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("awaiting confirmation by e-mail")
        SUBMITTED = "submitted", _("awaiting an answer")
        ANSWERED = "answered", _("answered")
        HIDDEN = "hidden", _("hidden")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Source(models.TextChoices):
        WEB = "web", _("web")
        MAIL = "mail", _("mail")
        ROOM = "room", _("in the room")

    text = models.ForeignKey(
        ProvisionText, models.PROTECT, related_name="comments", verbose_name=_("wording")
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    quote = models.TextField(_("words it is about"), blank=True)
    body = models.TextField(_("comment"))
    proposed_wording = models.TextField(_("proposed wording"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    name = models.CharField(_("name"), max_length=200)
    show_name = models.BooleanField(_("publish the name"), default=False)
    address = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    person = models.ForeignKey(
        "engagement.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("author"),
    )
    post = models.ForeignKey(
        "engagement.Post",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("post"),
    )
    organisation = models.ForeignKey(
        "engagement.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="comments",
        verbose_name=_("organisation"),
    )
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    area = models.ForeignKey(
        "indicators.Area",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
    )
    source = models.CharField(_("source"), max_length=4, choices=Source, default=Source.WEB)
    state = models.CharField(
        _("state"), max_length=11, choices=State, default=State.UNCONFIRMED, db_index=True
    )
    submitted_at = models.DateTimeField(_("made"))
    idempotency_key = models.CharField(max_length=40, blank=True, editable=False)
    consent_version = models.CharField(
        _("version of the consent wording"), max_length=40, blank=True
    )
    hidden_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    hidden_rule = models.CharField(_("rule it breaks"), max_length=200, blank=True)
    appeal = models.TextField(_("appeal"), blank=True)
    entered_by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_demonstration = models.BooleanField(_("demonstration"), default=False)

    objects = CommentQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["idempotency_key", "token"])

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["submitted_at", "pk"]
        permissions = [("hide_comment", "Can hide a comment")]
        constraints = [
            models.UniqueConstraint(
                fields=["text", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="comment_once_per_form",
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(hidden_rule=""),
                name="comment_hidden_by_a_rule",
                violation_error_message=_("Name the rule the comment breaks."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text}: {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("engagement:comment", args=[self.token])

    @property
    def author(self) -> str:
        """The name as published: empty when the person did not agree to publish it."""
        return self.name if self.show_name else ""


class Disposition(models.Model):
    """The published answer to a comment."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("accepted in part")
        NOTED = "noted", _("noted")
        NOT_ACCEPTED = "not_accepted", _("not accepted")
        OUT_OF_SCOPE = "out_of_scope", _("out of scope")

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="disposition")
    outcome = models.CharField(_("answer"), max_length=12, choices=Outcome)
    reason = models.TextField(_("reason"))
    resulting_text = models.TextField(_("resulting text"), blank=True)
    by = models.ForeignKey(
        "engagement.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.comment}"
