"""Responses, and what proves that a questionnaire was handed in, held apart on purpose.

A response has no column that points to a person or an invitation. In a confidential wave a row
of `InvitedResponse` joins the two; in an anonymous wave no such row is ever written, and the
response's random key tells nothing about the order of arrival.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from surveys.models.questionnaires import Questionnaire
from surveys.models.waves import Wave


class ResponseQuerySet(models.QuerySet["Response"]):
    def submitted(self) -> "ResponseQuerySet":
        """Complete responses: the only ones that estimates count."""
        return self.filter(state=Response.State.SUBMITTED)

    def started(self) -> "ResponseQuerySet":
        """Unfinished responses that may still be resumed."""
        return self.filter(state=Response.State.STARTED)

    def counted(self, *, by: str) -> Coalesce:
        """How many of these belong to the row of an outer query; `by` is the key to it."""
        mine = self.filter(**{by: OuterRef("pk")}).order_by().values(by)
        return Coalesce(Subquery(mine.annotate(many=Count("*")).values("many")), 0)

    def visible_to(self, user) -> "ResponseQuerySet":
        """Responses this user may read in the back office; nobody sees any by default.

        Without the permission for every area a person sees the areas granted to them.
        """
        if not (user.is_active and user.has_perm("surveys.view_response")):
            return self.none()
        if user.has_perm("surveys.view_every_area"):
            return self
        from django.utils import timezone

        granted = user.granted_areas(timezone.localdate())
        return self.filter(area__in=[area.code for area in granted])


class Response(models.Model):
    """One set of answers under stable codes.

    `answers` holds codes only, never labels. While unfinished it keeps answers that are off the
    path, so that a respondent who turns back finds them; at submission they become "-7" (not
    asked). Dates are days: a moment could be matched with a log.
    """

    class State(models.TextChoices):
        STARTED = "started", _("unfinished")
        SUBMITTED = "submitted", _("submitted")
        OVER_QUOTA = "over_quota", _("over quota")
        SCREENED_OUT = "screened_out", _("screened out")
        ABANDONED = "abandoned", _("abandoned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Source(models.TextChoices):
        OPEN = "open", _("open link")
        INVITED = "invited", _("invitation")
        PANEL = "panel", _("panel")
        IMPORTED = "imported", _("collected elsewhere, imported")

    class Within(models.TextChoices):
        DAY = "day", _("this day")
        WEEK = "week", _("the week from this day on")
        MONTH = "month", _("the month from this day on")
        WAVE = "wave", _("the time of the survey")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="responses")
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="responses"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.STARTED
    )
    source = models.CharField(
        _("source"), max_length=10, choices=Source.choices, default=Source.OPEN
    )
    language = models.CharField(_("language"), max_length=12)
    area = models.CharField(
        _("area"), max_length=10, blank=True, help_text=_("Derived from the answers.")
    )
    answers = models.JSONField(_("answers"), default=dict)
    shown_order = models.JSONField(_("order of choices as shown"), default=dict)
    paradata = models.JSONField(_("paradata"), default=dict)
    consent_version = models.CharField(max_length=20, blank=True)
    consent_language = models.CharField(max_length=12, blank=True)
    consent_on = models.DateField(null=True)
    started_on = models.DateField(_("started"))
    submitted_on = models.DateField(_("submitted"), null=True)
    # How exact `submitted_on` is: in an anonymous wave a day with few answers is widened.
    submitted_within = models.CharField(
        _("submitted within"), max_length=5, choices=Within.choices, default=Within.DAY
    )
    last_page = models.CharField(_("furthest page"), max_length=60, blank=True)
    # Said again in short, so that fieldwork pages count without reading answers: see `derive`.
    cell = models.CharField(_("cell"), max_length=160, blank=True)
    device = models.CharField(_("device"), max_length=10, blank=True)
    seconds = models.PositiveIntegerField(_("seconds on its pages"), null=True)
    quota = models.CharField(_("quota that was full"), max_length=120, blank=True)
    # How people were drawn where they were asked elsewhere: the errors of figures rest on it. The
    # unit is a number within the imported file, so that no village is named.
    stratum = models.CharField(_("stratum"), max_length=80, blank=True)
    sampling_unit = models.CharField(_("sampling unit"), max_length=10, blank=True)
    # Finds the unfinished row from the respondent's cookie; emptied at submission.
    resume_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    # Finds the row from the receipt code, which only the respondent has.
    receipt_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)  # noqa: DJ001
    is_demonstration = models.BooleanField(default=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        indexes = [
            # Everything the fieldwork page counts: it reads this index and no row.
            models.Index(
                fields=[
                    "wave",
                    "state",
                    "area",
                    "cell",
                    "source",
                    "language",
                    "device",
                    "last_page",
                    "submitted_on",
                    "seconds",
                ],
                name="response_fieldwork",
            ),
            # The list of responses in one state, newest first.
            models.Index(fields=["wave", "state", "submitted_on", "id"], name="response_list"),
        ]
        permissions = [
            ("view_every_area", "Can view responses of every area"),
            ("export_response", "Can export responses"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def twin(self) -> "Response":
        """The same content under a new random key, not saved."""
        columns = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if not field.primary_key
        }
        return Response(id=uuid.uuid4(), **columns)

    def derive(self) -> None:
        """Set `device`, `seconds` and `cell` from the paradata and the answers."""
        self.device = str(self.paradata.get("device") or "")[:10]
        durations = self.paradata.get("seconds", {}).values()
        self.seconds = round(sum(durations)) if durations else None
        self.cell = cell_of(self.wave.cells, self.answers)


def cell_of(questions: list[str], answers: Mapping[str, Any]) -> str:
    """The answers to the wave's cell questions joined by "|", such as F|15-24; "" without any."""
    codes = [answers.get(question) for question in questions]
    return "|".join(code if isinstance(code, str) else "" for code in codes)[:160]


class InvitedResponse(models.Model):
    """Joins a response to its invitation: written in confidential waves, never in anonymous."""

    invitation = models.OneToOneField(
        "surveys.SurveyInvitation", on_delete=models.CASCADE, related_name="answered"
    )
    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="invited")

    class Meta:
        verbose_name = _("invited response")
        verbose_name_plural = _("invited responses")

    def __str__(self) -> str:
        return f"{self.invitation} → {self.response}"


class PageKey(models.Model):
    """The proof that one respondent's questionnaire was handed in, once.

    Unique in the database, so that a double click, a reload and two tabs give one response.
    It holds a one-way hash and a day; it does not lead to the response.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    used_on = models.DateField()

    class Meta:
        verbose_name = _("page key")
        verbose_name_plural = _("page keys")

    def __str__(self) -> str:
        return self.key_hash[:8]
