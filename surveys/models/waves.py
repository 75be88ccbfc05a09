"""Waves of fieldwork, the record of their state changes, and quotas."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from indicators.tokens import new_token
from surveys.models.questionnaires import Questionnaire, Survey


class WaveQuerySet(models.QuerySet["Wave"]):
    def open(self, *, at: datetime) -> "WaveQuerySet":
        """Waves that take answers at `at`: collecting, and inside their dates."""
        return self.filter(
            Q(opens_at__isnull=True) | Q(opens_at__lte=at),
            Q(closes_at__isnull=True) | Q(closes_at__gt=at),
            state=Wave.State.COLLECTING,
        )

    def public(self) -> "WaveQuerySet":
        """Waves whose page anybody may see, open or over; never a drafted one."""
        return self.exclude(state__in=[Wave.State.DRAFTED, Wave.State.ARCHIVED])

    def listed(self, *, at: datetime) -> "WaveQuerySet":
        """Open waves that anybody may answer, for the public list."""
        return self.open(at=at).filter(takes_open_link=True)

    def stale(self) -> "WaveQuerySet":
        """Waves with responses newer than their figures."""
        return self.filter(stale_at__isnull=False)

    def visible_to(self, user) -> "WaveQuerySet":
        """Waves this user may look at in the back office; nobody sees any by default."""
        if user.is_active and user.has_perm("surveys.view_wave"):
            return self
        return self.none()

    def with_counts(self) -> "WaveQuerySet":
        """Adds `submitted_count` and `started_count`, each counted from an index alone.

        A join would read a hundred thousand whole responses to count them.
        """
        from surveys.models.responses import Response

        return self.annotate(
            submitted_count=Response.objects.submitted().counted(by="wave"),
            started_count=Response.objects.started().counted(by="wave"),
        )


class Wave(models.Model):
    """One period of fieldwork of a survey."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("drafted")
        SCHEDULED = "scheduled", _("scheduled")
        COLLECTING = "collecting", _("collecting")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    class Anonymity(models.TextChoices):
        ANONYMOUS = "anonymous", _("anonymous: nothing leads from an answer to a person")
        CONFIDENTIAL = "confidential", _("confidential: the office can see who answered what")

    class Protection(models.TextChoices):
        OFF = "off", _("off: nothing is asked of the browser")
        ADAPTIVE = "adaptive", _("adaptive: a network that sends many answers must work for them")
        ALWAYS = "always", _("always: every browser proves some work, or a question is asked")

    class Sampling(models.TextChoices):
        OPEN = "non_probability", _("open participation (not a probability sample)")
        QUOTA = "quota", _("quota sample")
        PROBABILITY = "probability", _("probability sample")
        CENSUS = "census", _("everybody in the population")

    token = models.CharField(max_length=32, unique=True, editable=False, default=new_token)
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="waves")
    questionnaire = models.ForeignKey(
        Questionnaire,
        on_delete=models.PROTECT,
        related_name="waves",
        verbose_name=_("questionnaire version"),
        help_text=_("What a new respondent gets. Responses keep the version they were given."),
    )
    weighting = models.ForeignKey(
        "surveys.WeightingScheme",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waves",
        verbose_name=_("weighting scheme"),
    )
    previous = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="following",
        verbose_name=_("wave before"),
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    titles = models.JSONField(_("title in the questionnaire's languages"), default=dict, blank=True)
    purpose = models.JSONField(_("purpose, by language"), default=dict, blank=True)
    period = models.CharField(
        _("period of its figures"), max_length=20, help_text=_("As in the ledger: 2026.")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.DRAFTED, editable=False
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Jakarta")
    anonymity = models.CharField(
        _("anonymity"), max_length=12, choices=Anonymity.choices, default=Anonymity.ANONYMOUS
    )
    sampling_type = models.CharField(
        _("sampling"), max_length=20, choices=Sampling.choices, default=Sampling.OPEN
    )
    mode = models.CharField(_("mode"), max_length=60, default="web, self-completed")
    takes_open_link = models.BooleanField(_("anybody with the address may answer"), default=True)
    takes_invited = models.BooleanField(_("invited people may answer"), default=False)
    protection = models.CharField(
        _("protection of the open link"),
        max_length=10,
        choices=Protection.choices,
        default=Protection.ADAPTIVE,
        help_text=_("Invited people are never asked for it."),
    )
    areas = models.JSONField(
        _("areas"), default=list, blank=True, help_text=_("Codes of member states: KH, ID.")
    )
    area_question = models.CharField(
        _("question that says the area"), max_length=60, default="area"
    )
    targets = models.JSONField(_("responses wanted, by area"), default=dict, blank=True)
    cells = models.JSONField(
        _("questions that make the cells of the fieldwork table"),
        default=list,
        blank=True,
        help_text=_("Such as sex and age_group: responses are counted by area and by these."),
    )
    consent_version = models.CharField(_("consent wording version"), max_length=20, default="1")
    consent_wording = models.JSONField(_("consent wording, by language"), default=dict)
    contact = models.EmailField(_("contact for respondents"), blank=True)
    minimum_seconds = models.PositiveIntegerField(
        _("faster than this is flagged (seconds)"), default=20
    )
    retain_until = models.DateField(_("answers kept until"), null=True, blank=True)
    # The queue of publishing: set by a conditional update at each submission, cleared by the
    # publisher that has read at least up to it.
    stale_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    publishing_since = models.DateTimeField(null=True, blank=True, editable=False)
    published_digest = models.CharField(max_length=64, blank=True, editable=False)
    published_at = models.DateTimeField(_("figures computed"), null=True, editable=False)
    publish_error = models.TextField(blank=True, editable=False)
    # Flags that need a comparison of responses: when they were computed, from how many.
    flags_computed_at = models.DateTimeField(_("flags computed"), null=True, editable=False)
    flags_computed_from = models.PositiveIntegerField(default=0, editable=False)
    identities_removed_at = models.DateTimeField(
        _("identities removed"), null=True, blank=True, editable=False
    )
    # The last day whose used invitations and responses were rewritten so that nothing in the
    # database's own bookkeeping pairs them. See `surveys.services.unlinking`.
    unlinked_through = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)

    objects = WaveQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=[
            "stale_at",
            "publishing_since",
            "published_digest",
            "published_at",
            "publish_error",
            "flags_computed_at",
            "flags_computed_from",
            "unlinked_through",
        ]
    )

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering = ["-opens_at", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("surveys:wave", args=[self.slug])

    def is_open(self, *, at: datetime) -> bool:
        """Whether it takes answers at `at`; the same rule as `WaveQuerySet.open`."""
        return (
            self.state == self.State.COLLECTING
            and (self.opens_at is None or self.opens_at <= at)
            and (self.closes_at is None or at < self.closes_at)
        )

    @property
    def is_anonymous(self) -> bool:
        return self.anonymity == self.Anonymity.ANONYMOUS

    @property
    def source(self) -> str:
        """The words under which the ledger keeps this wave's figures."""
        return f"surveys.wave:{self.slug}"

    def in_language(self, texts: dict[str, str], language: str) -> str:
        """The text in `language`, else in the questionnaire's default language, else any."""
        default = self.questionnaire.definition.default_language
        return texts.get(language) or texts.get(default) or next(iter(texts.values()), "")

    def title_in(self, language: str) -> str:
        return self.in_language(self.titles, language) or self.title

    def purpose_in(self, language: str) -> str:
        return self.in_language(self.purpose, language)

    def consent_in(self, language: str) -> str:
        return self.in_language(self.consent_wording, language)

    def untranslated_in(self, languages: Iterable[str], default: str) -> dict[str, int]:
        """How many of its own texts (title, purpose, consent) each of `languages` lacks.

        A text that has no wording at all is not missing. The plain title counts as the one in
        `default`, the language of a questionnaire that may not be the wave's yet.
        """
        texts = ({default: self.title} | self.titles, self.purpose, self.consent_wording)
        filled = [
            {language for language, text in one.items() if text and text.strip()} for one in texts
        ]
        counts = {
            language: sum(bool(have) and language not in have for have in filled)
            for language in languages
        }
        return {language: many for language, many in counts.items() if many}


class ConsentWording(models.Model):
    """Append-only: what respondents of a wave agreed to, under the version their response keeps."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="consent_wordings")
    version = models.CharField(_("version"), max_length=20)
    wording = models.JSONField(_("wording, by language"), default=dict)
    since = models.DateTimeField(_("in use since"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("consent wording")
        verbose_name_plural = _("consent wordings")
        ordering = ["wave", "-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "version"], name="consent_version_once_in_wave")
        ]

    def __str__(self) -> str:
        return f"{self.wave}: {self.version}"


class WaveTransition(models.Model):
    """Append-only: who moved a wave from which state to which, when, and why."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="transitions")
    from_state = models.CharField(max_length=12, choices=Wave.State.choices)
    to_state = models.CharField(max_length=12, choices=Wave.State.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="wave_transitions",
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change of a wave's state")
        verbose_name_plural = _("changes of waves' states")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.wave}: {self.from_state} → {self.to_state}"
