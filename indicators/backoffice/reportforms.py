"""What staff type in to have a report made, and about what people told us."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators import languages
from indicators.models import (
    Area,
    Evidence,
    EvidenceConsent,
    Framework,
    FrameworkNode,
    Indicator,
    Report,
)


class ReportForm(forms.Form):
    """A report to be made."""

    framework = forms.ModelChoiceField(label=_("Framework"), queryset=Framework.objects.all())
    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language"))
    previous = forms.ModelChoiceField(
        label=_("Compared with"),
        queryset=Report.objects.none(),
        required=False,
        help_text=_("An earlier report of the same framework: what has changed since is listed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [
            (code, languages.NAMES.get(code, code)) for code in languages.SITE
        ]
        ready = Report.objects.listed().filter(state=Report.State.READY)
        self.fields["previous"].queryset = ready.select_related("framework")
        self.fields["previous"].label_from_instance = lambda one: (
            f"{one.framework} {one.number} ({one.language}, {one.as_of:%Y-%m-%d}): {one.title}"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        previous, framework = data.get("previous"), data.get("framework")
        if previous and framework and previous.framework_id != framework.pk:
            self.add_error("previous", _("That report is of another framework."))
        return data


class EvidenceForm(forms.ModelForm):
    """What people told us."""

    link = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")

    class Meta:
        model = Evidence
        fields = (
            "kind",
            "title",
            "summary",
            "quotation",
            "language",
            "attribution",
            "participants",
            "names",
            "area",
            "held_on",
            "source",
            "link",
            "indicators",
            "nodes",
        )
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 5}),
            "quotation": forms.Textarea(attrs={"rows": 3}),
            "names": forms.Textarea(attrs={"rows": 3}),
            "held_on": forms.DateInput(attrs={"type": "date"}),
            "indicators": forms.SelectMultiple(attrs={"size": 10}),
            "nodes": forms.SelectMultiple(attrs={"size": 10}),
        }

    def __init__(self, *args: Any, areas, needs_area: bool, sees_names: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas
        self.fields["area"].required = needs_area
        self.fields["area"].empty_label = None if needs_area else _("whole region")
        self.fields["participants"].max_value = 1_000_000
        held = self.instance.indicators.values_list("pk", flat=True) if self.instance.pk else ()
        self.fields["indicators"].queryset = Indicator.objects.described(
            chosen=held
        ).select_related("framework")
        self.fields["indicators"].label_from_instance = lambda one: f"{one.framework}: {one}"
        self.fields["nodes"].queryset = FrameworkNode.objects.select_related("framework").order_by(
            "framework__position", "position"
        )
        self.fields["nodes"].label_from_instance = lambda one: f"{one.framework}: {one}"
        if not sees_names:
            del self.fields["names"]

    def clean_participants(self) -> int | None:
        people = self.cleaned_data["participants"]
        if people is not None and people > 1_000_000:
            raise forms.ValidationError(_("Give the number of people who took part, in figures."))
        return people


class ConsentForm(forms.ModelForm):
    """What those who speak allow from now on."""

    class Meta:
        model = EvidenceConsent
        fields = ("scope", "how", "wording")
        widgets = {"wording": forms.Textarea(attrs={"rows": 3})}


class EvidenceFilter(forms.Form):
    """The filters above the list. Unknown values filter nothing."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *Evidence.Kind.choices]
    )
    scope = forms.ChoiceField(
        label=_("Consent"),
        required=False,
        choices=[("", _("All")), ("none", _("not recorded")), *EvidenceConsent.Scope.choices],
    )
    visibility = forms.ChoiceField(
        label=_("Visibility"),
        required=False,
        choices=[("", _("All")), *Evidence.Visibility.choices],
    )
    area = forms.ModelChoiceField(
        label=_("Area"),
        queryset=Area.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    indicator = forms.ModelChoiceField(
        label=_("Indicator"),
        queryset=Indicator.objects.exclude(evidence=None).distinct(),
        to_field_name="slug",
        required=False,
        empty_label=_("All"),
    )

    def apply(self, found):
        """The evidence that passes every filter that was understood."""
        self.is_valid()
        chosen = self.cleaned_data
        for word in chosen.get("q", "").split():
            found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word))
        if kind := chosen.get("kind"):
            found = found.filter(kind=kind)
        if visibility := chosen.get("visibility"):
            found = found.filter(visibility=visibility)
        if scope := chosen.get("scope"):
            found = found.filter(scope=None if scope == "none" else scope)
        if area := chosen.get("area"):
            found = found.filter(area=area)
        if indicator := chosen.get("indicator"):
            found = found.filter(indicators=indicator)
        return found
