"""A mailing: one e-mail to one segment, in one or several languages."""

import hashlib
import json
from datetime import datetime

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from simple_history.models import HistoricalRecords
from wagtail.fields import StreamField

from campaigns.blocks import MailingBody
from indicators.tokens import new_token

# Whoever may invite people to surveys writes, sends and follows the letters that do it.
INVITES = "surveys.send_invitations"


class MailingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MailingQuerySet":
        """Return the mailings `user` may see in the back office: all, those of surveys, or none."""
        if user.has_perm("campaigns.view_mailing"):
            return self
        if user.is_active and user.has_perm(INVITES):
            return self.filter(wave__isnull=False)
        return self.none()

    def sending(self) -> "MailingQuerySet":
        """Return the mailings whose batches may be handed over now."""
        return self.filter(state=Mailing.State.SENDING)


class Mailing(ClusterableModel):
    """One e-mail to one segment. Its state changes by `campaigns.services` and the engine only."""

    class State(models.TextChoices):
        DRAFTING = "drafting", _("being written")
        REVIEWING = "reviewing", _("waiting for approval")
        APPROVED = "approved", _("approved")
        SCHEDULED = "scheduled", _("scheduled")
        MISSED = "missed", _("missed its time")
        PREPARING = "preparing", _("preparing the list")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        HELD = "held", _("held")
        COMPLETED = "completed", _("completed")
        CANCELLED = "cancelled", _("cancelled")

    EDITABLE = (State.DRAFTING, State.REVIEWING, State.APPROVED, State.MISSED)
    STARTED = (State.PREPARING, State.SENDING, State.PAUSED, State.HELD)
    OVER = (State.COMPLETED, State.CANCELLED)

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        on_delete=models.PROTECT,
        related_name="mailings",
        verbose_name=_("campaign"),
    )
    title = models.CharField(
        _("working title"), max_length=200, help_text=_("For the office; nobody else sees it.")
    )
    segment = models.ForeignKey(
        "engagement.Segment",
        on_delete=models.PROTECT,
        related_name="mailings",
        null=True,
        verbose_name=_("segment"),
        help_text=_("Who should receive it. Consent and suppressions are applied by themselves."),
    )
    purpose = models.CharField(
        _("purpose"),
        max_length=20,
        default="campaigns",
        choices=[
            ("campaigns", _("campaigns and news")),
            ("events", _("events")),
            ("surveys", _("surveys")),
            ("drafts", _("drafts open for comments")),
        ],
        help_text=_("Only people who consented to this purpose receive it."),
    )
    default_language = models.CharField(
        _("language for everybody else"),
        max_length=12,
        choices=settings.LANGUAGES,
        default="en",
        help_text=_("Used when a person's own language is not among the contents."),
    )
    sender_name = models.CharField(_("sender's name"), max_length=100, default="Suara")
    reply_to = models.EmailField(_("answers go to"), blank=True)
    tracks_links = models.BooleanField(
        _("count clicks on links"),
        default=True,
        help_text=_("Opens are never tracked."),
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="followed_by",
    )

    wave = models.ForeignKey(
        "surveys.Wave",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="mailings",
        verbose_name=_("survey it invites to"),
    )
    reminds = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reminders",
        verbose_name=_("invitation it reminds of"),
    )
    remind_after = models.PositiveSmallIntegerField(
        _("days after the invitation"), null=True, blank=True, editable=False
    )

    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFTING)
    state_reason = models.TextField(blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="mailings_written",
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="mailings_approved",
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_digest = models.CharField(max_length=64, blank=True, editable=False)
    scheduled_at = models.DateTimeField(_("send at"), null=True, blank=True)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    segment_definition = models.JSONField(default=dict, editable=False)
    recipients = models.PositiveIntegerField(null=True, editable=False)
    exclusions = models.JSONField(default=dict, editable=False)
    lease_owner = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    is_demonstration = models.BooleanField(default=False, editable=False)

    objects = MailingQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["lease_owner", "lease_until", "recipients", "exclusions"]
    )

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("send_mailing", "Can send, pause, resume and cancel mailings"),
            ("approve_mailing", "Can approve mailings"),
        ]
        indexes = [models.Index(fields=["state"], name="mailing_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_editable(self) -> bool:
        """Whether content and audience may still change."""
        return self.state in self.EDITABLE

    @property
    def custom_campaign(self) -> str:
        """The name under which the provider refuses a second copy to the same address."""
        return f"suara-{self.token}"

    def may(self, user, permission: str) -> bool:
        """Whether `user` may do this with it; who invites to surveys may, with survey mailings.

        Approving is another person's, whoever wrote it.
        """
        if user.has_perm(permission):
            return True
        return (
            self.wave_id is not None
            and permission != "campaigns.approve_mailing"
            and user.has_perm(INVITES)
        )

    def languages(self) -> list[str]:
        """Return the languages it is written in, the default one first."""
        codes = sorted(content.language for content in self.contents.all())
        return sorted(codes, key=lambda code: code != self.default_language)

    def digest(self) -> str:
        """Return the SHA-256 of everything an approver approves: texts, audience, sender."""
        document = {
            "title": self.title,
            "segment": self.segment.definition if self.segment else None,
            "purpose": self.purpose,
            "default_language": self.default_language,
            "sender": [self.sender_name, self.reply_to],
            "contents": [
                [
                    content.language,
                    content.subject,
                    content.preheader,
                    content.body.get_prep_value(),
                ]
                for content in sorted(self.contents.all(), key=lambda each: each.language)
            ],
        }
        if self.wave_id:
            document["survey"] = [self.wave_id, self.reminds_id, self.remind_after]
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def change_state(
        self, *, into: str, at: datetime, by=None, reason: str = "", only_from=(), **columns
    ) -> bool:
        """Move to `into` if the state is still one of `only_from`; write the audit row.

        Returns whether this call made the change: of two at once exactly one does. Run it inside
        the caller's transaction.
        """
        old = self.state
        sources = tuple(only_from) or (old,)
        moved = False
        for source in sources:
            rows = Mailing.objects.filter(pk=self.pk, state=source)
            if rows.update(state=into, state_reason=reason, **columns):
                old, moved = source, True
                break
        if not moved:
            return False
        MailingTransition.objects.create(
            mailing=self, old=old, new=into, at=at, by=by, reason=reason
        )
        self.state, self.state_reason = into, reason
        for column, value in columns.items():
            setattr(self, column, value)
        return True


class MailingContent(models.Model):
    """What a mailing says in one language."""

    mailing = ParentalKey(Mailing, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    subject = models.CharField(
        _("subject"),
        max_length=255,
        help_text=_("Merge fields such as {name} may be used here and in the text."),
    )
    preheader = models.CharField(
        _("preheader"),
        max_length=150,
        blank=True,
        help_text=_("The line that mail programs show beside the subject."),
    )
    body = StreamField(
        MailingBody(), verbose_name=_("text"), validators=[MaxLengthValidator(60)], blank=True
    )
    history = HistoricalRecords(excluded_fields=["mailing"])

    class Meta:
        verbose_name = _("content in one language")
        verbose_name_plural = _("contents")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language"],
                name="mailing_content_once_per_language",
                violation_error_message=_("This mailing already has a text in that language."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_language_display()}: {self.subject}"


class MailingTransition(models.Model):
    """Who moved a mailing from which state to which, when and why. Append-only."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="transitions")
    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12, choices=Mailing.State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.old} > {self.new}"
