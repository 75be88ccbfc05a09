"""What staff type into the ledger's screens."""

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Area
from indicators.periods import is_period


def _period(text: str) -> str:
    text = text.strip()
    if not is_period(text):
        raise forms.ValidationError(
            _("The period “%(text)s” is not understood. Write 2026, 2026-Q4 or 2026-11."),
            params={"text": text},
        )
    return text


class ValueForm(forms.Form):
    """One value entered by hand."""

    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), to_field_name="code"
    )
    period = forms.CharField(
        label=_("Period"), max_length=10, help_text=_("A year (2026), quarter (2026-Q4) or month.")
    )
    value = forms.DecimalField(label=_("Value"), max_digits=20, decimal_places=6)
    low = forms.DecimalField(
        label=_("Interval from"), max_digits=20, decimal_places=6, required=False
    )
    high = forms.DecimalField(
        label=_("Interval to"), max_digits=20, decimal_places=6, required=False
    )
    n = forms.IntegerField(label=_("n"), min_value=0, max_value=2_000_000_000, required=False)
    document = forms.CharField(
        label=_("Source document"),
        max_length=400,
        help_text=_("Title, table and page or address: what somebody needs to find the number."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when a published value changes."),
    )

    def __init__(self, *args, areas, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas

    def clean_period(self) -> str:
        return _period(self.cleaned_data["period"])

    def clean(self):
        low, high = self.cleaned_data.get("low"), self.cleaned_data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("The interval ends before it begins."))
        return self.cleaned_data


class BaselineForm(forms.Form):
    """The year from which progress is measured in one area."""

    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), to_field_name="code"
    )
    year = forms.IntegerField(label=_("Year"), min_value=1000, max_value=2999)
    source = forms.CharField(
        label=_("Source document"),
        max_length=400,
        help_text=_("Where it is written that the area starts from this year."),
    )

    def __init__(self, *args, areas, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas


class TargetForm(forms.Form):
    """A promise for an area and a period. The same area and period again replaces it."""

    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), to_field_name="code"
    )
    period = forms.CharField(label=_("Period"), max_length=10)
    value = forms.DecimalField(label=_("Value"), max_digits=20, decimal_places=6)
    source = forms.CharField(
        label=_("Source document"), max_length=400, help_text=_("Where the promise is written.")
    )

    def __init__(self, *args, areas, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = areas

    def clean_period(self) -> str:
        return _period(self.cleaned_data["period"])
