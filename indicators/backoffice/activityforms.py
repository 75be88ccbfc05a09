"""What staff type into the screens of work plans."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Activity, SectoralBody
from indicators.models.activities import ActivityQuerySet
from indicators.services.activities import FIRST_YEAR, LAST_YEAR
from indicators.trees import Trees

_SORTS = {
    "title": ("title", "pk"),
    "body": ("lead_body__acronym", "title", "pk"),
    "status": ("status", "-status_since", "title", "pk"),
    "type": ("type", "title", "pk"),
    "years": ("year_from", "year_to", "title", "pk"),
    "changed": ("-changed_at", "-pk"),
}


class ActivityFilter(forms.Form):
    """The filters above the list of activities. What is not understood filters nothing."""

    q = forms.CharField(label=_("Words"), max_length=100, required=False)
    body = forms.ChoiceField(label=_("Body"), required=False)
    part = forms.ChoiceField(
        label=_("The body"),
        required=False,
        choices=[("", _("leads or supports")), ("lead", _("leads")), ("support", _("supports"))],
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("all")), *Activity.Status.choices]
    )
    type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", _("all")), *Activity.Type.choices]
    )
    node = forms.ChoiceField(label=_("Contributes to"), required=False)
    year = forms.IntegerField(
        label=_("In the year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False
    )
    sort = forms.ChoiceField(
        required=False, choices=[(key, key) for key in _SORTS], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, bodies: list[SectoralBody], trees: Trees, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trees = trees
        self.fields["body"].choices = [
            ("", _("all")),
            *((body.acronym, body.acronym) for body in bodies),
        ]
        self.fields["node"].choices = [
            ("", _("everything")),
            *(
                (
                    title,
                    [
                        (node.pk, "\N{NO-BREAK SPACE}" * 3 * node.depth + _short(str(node)))
                        for node in nodes
                    ],
                )
                for title, nodes in trees.frameworks()
            ),
        ]

    def chosen(self) -> dict[str, Any]:
        """The filters that were understood, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, activities: ActivityQuerySet) -> ActivityQuerySet:
        """The activities that pass every filter, in the order asked for."""
        chosen = self.chosen()
        if body := chosen.get("body"):
            activities = activities.of_body(body, chosen.get("part", ""))
        if status := chosen.get("status"):
            activities = activities.filter(status=status)
        if type_ := chosen.get("type"):
            activities = activities.filter(type=type_)
        if node := chosen.get("node"):
            activities = activities.serving(self.trees.below(int(node)))
        if year := chosen.get("year"):
            activities = activities.in_year(year)
        if words := chosen.get("q"):
            activities = activities.with_words(words)
        return activities.order_by(*_SORTS[chosen.get("sort") or "body"])


class ActivityForm(forms.ModelForm):
    """An entry of a work plan. Measures are ticked in folded groups, see `choosers`."""

    further_types = forms.MultipleChoiceField(
        label=_("Further types"),
        choices=Activity.Type.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    reason = forms.CharField(
        label=_("Why you change it"),
        max_length=100,
        required=False,
        help_text=_("Optional. It stands in the history."),
    )

    class Meta:
        model = Activity
        fields = (
            "title",
            "description",
            "lead_body",
            "supporting_bodies",
            "status",
            "status_since",
            "withdrawn_reason",
            "type",
            "further_types",
            "year_from",
            "year_to",
            "measures",
            "funding",
            "source",
        )
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "supporting_bodies": forms.CheckboxSelectMultiple,
            "measures": forms.CheckboxSelectMultiple,
            "status_since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "withdrawn_reason": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, bodies: Any, trees: Trees, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead_body"].queryset = bodies
        self.fields["lead_body"].empty_label = None if len(bodies) == 1 else "---------"
        self.fields["supporting_bodies"].queryset = SectoralBody.objects.all()
        self.fields["measures"].queryset = self.fields["measures"].queryset.filter(
            pk__in=[node.pk for node in trees]
        )
        for name in ("year_from", "year_to"):
            self.fields[name].min_value, self.fields[name].max_value = FIRST_YEAR, LAST_YEAR

    def facts(self) -> dict[str, Any]:
        """The entry's own fields, for the service."""
        apart = {"supporting_bodies", "measures", "version", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}

    def _post_clean(self) -> None:
        """The service checks and writes the row; the form must not touch the instance."""


class QuarterRow(forms.Form):
    """One activity in a body's quarterly update."""

    token = forms.CharField(max_length=32, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("Status"), choices=Activity.Status.choices)
    since = forms.DateField(
        label=_("Since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("Reason or note"), max_length=500, required=False)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(
            *args,
            initial={
                "token": activity.token,
                "version": activity.version,
                "status": activity.status,
                "since": activity.status_since,
            },
            **kwargs,
        )
        self.activity = activity


def quarter_of(day: date) -> str:
    """The quarter of a day as the reporting rounds name it: 2026-Q4."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:88]}…"
