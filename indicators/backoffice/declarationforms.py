"""What staff type into the screens of declarations and their follow-up."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models import Activity, Commitment, Declaration, FollowUp, SectoralBody
from indicators.models.declarations import CommitmentQuerySet
from indicators.services.activities import FIRST_YEAR, LAST_YEAR


class CommitmentFilter(forms.Form):
    """The filters above the matrix. What is not understood filters nothing."""

    q = forms.CharField(label=_("Words"), max_length=100, required=False)
    declaration = forms.ChoiceField(label=_("Declaration"), required=False)
    body = forms.ChoiceField(label=_("Responsible body"), required=False)
    state = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("all")), *Commitment.State.choices]
    )
    overdue = forms.BooleanField(label=_("Only what is overdue"), required=False)

    def __init__(
        self,
        *args: Any,
        declarations: list[Declaration],
        bodies: list[SectoralBody],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["declaration"].choices = [
            ("", _("all")),
            *((one.token, f"{one.title} ({one.adopted_on.year})") for one in declarations),
        ]
        self.fields["body"].choices = [
            ("", _("all")),
            *((body.acronym, body.acronym) for body in bodies),
        ]

    def chosen(self) -> dict[str, Any]:
        """The filters that were understood, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, commitments: CommitmentQuerySet, *, on: date) -> CommitmentQuerySet:
        """The commitments that pass every filter, with their state."""
        chosen = self.chosen()
        commitments = commitments.with_state()
        if token := chosen.get("declaration"):
            commitments = commitments.filter(declaration__token=token)
        if acronym := chosen.get("body"):
            links = Commitment.responsible_bodies.through.objects.filter(
                sectoralbody__acronym=acronym
            )
            commitments = commitments.filter(pk__in=links.values("commitment"))
        if state := chosen.get("state"):
            commitments = commitments.filter(state=state)
        if chosen.get("overdue"):
            commitments = commitments.overdue(on.year)
        for word in chosen.get("q", "").split():
            found = FollowUp.objects.filter(what__icontains=word).values("commitment")
            commitments = commitments.filter(Q(text__icontains=word) | Q(pk__in=found))
        return commitments


class _VersionedForm(forms.ModelForm):
    """A form whose row is checked and written by a service, over the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    reason = forms.CharField(
        label=_("Why you change it"),
        max_length=100,
        required=False,
        help_text=_("Optional. It stands in the history."),
    )
    connections: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["reason"]
        else:
            self.fields["version"].initial = self.instance.version

    def facts(self) -> dict[str, Any]:
        """The row's own fields, for the service."""
        apart = {"version", "reason", *self.connections}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def _post_clean(self) -> None:
        """The service checks and writes the row; the form must not touch the instance."""


def _days(*names: str) -> dict[str, forms.DateInput]:
    return {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in names}


class DeclarationForm(_VersionedForm):
    """A declaration."""

    url = forms.URLField(
        label=_("Address of the text"), max_length=400, required=False, assume_scheme="https"
    )

    class Meta:
        model = Declaration
        fields = ("title", "adopted_on", "adopted_by", "url", "source")
        widgets = _days("adopted_on")


class CommitmentForm(_VersionedForm):
    """What a declaration commits to."""

    connections = ("responsible_bodies",)

    class Meta:
        model = Commitment
        fields = ("number", "text", "responsible_bodies", "due_year")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "responsible_bodies": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_year"].widget.attrs |= {"min": FIRST_YEAR, "max": LAST_YEAR}


class _ActivityField(forms.ModelChoiceField):
    def label_from_instance(self, one: Activity) -> str:
        return f"{one.lead_body}: {one.title[:100]} ({one.get_status_display()})"


class FollowUpForm(_VersionedForm):
    """What a body does about a commitment."""

    evidence_url = forms.URLField(
        label=_("Address of the evidence"), max_length=400, required=False, assume_scheme="https"
    )
    activity = _ActivityField(
        label=_("Activity of the work plan"),
        queryset=Activity.objects.none(),
        required=False,
        help_text=_("If it is one: those of the responsible bodies are offered."),
    )

    class Meta:
        model = FollowUp
        fields = (
            "body",
            "what",
            "status",
            "status_since",
            "withdrawn_reason",
            "starts_on",
            "ends_on",
            "evidence",
            "evidence_url",
            "activity",
        )
        widgets = {
            "what": forms.Textarea(attrs={"rows": 3}),
            "evidence": forms.Textarea(attrs={"rows": 3}),
            "withdrawn_reason": forms.Textarea(attrs={"rows": 2}),
        } | _days("status_since", "starts_on", "ends_on")

    def __init__(self, *args: Any, bodies: Any, activities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies
        if len(bodies) == 1:
            self.fields["body"].empty_label = None
        self.fields["activity"].queryset = activities
