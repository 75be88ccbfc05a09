"""One form for all values of a submission, typed in or read from a spreadsheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.errors import UnusableValue
from indicators.imports.cells import CellRefused, told
from indicators.imports.numbers import decimal
from indicators.models import Indicator, Submission, SubmittedValue, ValueStatus
from indicators.reporting.beside import Beside
from indicators.services.entry import Conflict, Entry, checked
from indicators.units import range_words, unit_of

THEIRS = "theirs"


class NumberField(forms.CharField):
    """A number as people type it, exactly: 72.4, 72,4 or 1 234; a percent sign where it fits."""

    def __init__(self, *args: Any, takes_percent: bool, **kwargs: Any) -> None:
        self.takes_percent = takes_percent
        super().__init__(*args, max_length=60, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        # The characters that no text may hold are refused by the field's own validators first.
        text = super().to_python(value)
        self.run_validators(text)
        try:
            return decimal(text, percent=self.takes_percent)
        except CellRefused as refusal:
            raise forms.ValidationError(told(refusal.text, refusal.details)) from refusal

    def validate(self, value: Any) -> None:
        """An empty value is fine: the form asks why."""

    def clean(self, value: Any) -> Decimal | None:
        return self.to_python(value)


@dataclass(frozen=True)
class Item:
    """One indicator of the form with everything that stands beside it."""

    indicator: Indicator
    value: Any
    period: Any
    status: Any
    note: Any
    version: Any
    keep: Any
    range: str
    beside: Beside | None
    conflict: Conflict | None
    from_file: bool
    held: SubmittedValue | None

    @property
    def held_text(self) -> str:
        """The number that stands, as it may be typed again; "" where there is none."""
        return plain_number(self.held.value if self.held else None)

    @property
    def theirs_text(self) -> str:
        """The number somebody else has saved meanwhile."""
        theirs = self.conflict.theirs if self.conflict else None
        return plain_number(theirs.value if theirs else None)

    @property
    def mine_text(self) -> str:
        """The number that was typed against it."""
        return plain_number(self.conflict.mine.value if self.conflict else None)

    @property
    def has_errors(self) -> bool:
        """Whether anything in it was refused."""
        return bool(
            self.value.errors or self.period.errors or self.status.errors or self.note.errors
        )


class EntryForm(forms.Form):
    """A value, its period, what it is and its source for each indicator asked for.

    `read` are entries from a spreadsheet: the form shows them in place of what is held, to be
    looked through and saved.
    """

    file = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        submission: Submission,
        indicators: Sequence[Indicator],
        held: Mapping[int, SubmittedValue],
        versions: Mapping[int, int],
        read: Mapping[int, Entry] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.submission, self.indicators, self.held = submission, indicators, held
        self.read = read or {}
        self.conflicts: dict[int, Conflict] = {}
        for one in indicators:
            self._add(one, held.get(one.pk), versions.get(one.pk, 0))

    def _add(self, one: Indicator, held: SubmittedValue | None, version: int) -> None:
        read = self.read.get(one.pk)
        shown = read or held
        number = shown.value if shown else None
        self.fields[f"value_{one.pk}"] = NumberField(
            label=_("Value"),
            required=False,
            takes_percent=unit_of(one.unit).highest is not None,
            initial=plain_number(number),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        self.fields[f"period_{one.pk}"] = forms.CharField(
            label=_("Period"),
            required=False,
            max_length=10,
            initial=shown.period if shown else self.submission.round.period,
        )
        self.fields[f"status_{one.pk}"] = forms.ChoiceField(
            label=_("What it is"),
            required=False,
            choices=ValueStatus.choices,
            initial=shown.status if shown else ValueStatus.NORMAL,
        )
        self.fields[f"note_{one.pk}"] = forms.CharField(
            label=_("Source, or why there is no data"),
            required=False,
            max_length=2000,
            initial=shown.note if shown else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields[f"version_{one.pk}"] = forms.IntegerField(
            required=False,
            min_value=0,
            max_value=2_000_000_000,
            initial=read.version if read else version,
            widget=forms.HiddenInput,
        )
        self.fields[f"keep_{one.pk}"] = forms.ChoiceField(
            required=False,
            choices=[("mine", _("mine")), (THEIRS, _("theirs"))],
            widget=forms.RadioSelect,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for entry in self._entries():
            key = entry.indicator.pk
            if any(
                f"{name}_{key}" in self.errors for name in ("value", "period", "status", "note")
            ):
                continue
            try:
                checked(entry, self.submission.round)
            except UnusableValue as error:
                self.add_error(f"value_{key}", str(error))
        return data

    def entries(self) -> list[Entry]:
        """What is to be saved, without values where the other person's was chosen."""
        return [
            entry
            for entry in self._entries()
            if self.cleaned_data.get(f"keep_{entry.indicator.pk}") != THEIRS
        ]

    def _entries(self) -> list[Entry]:
        data = self.cleaned_data
        return [
            Entry(
                one,
                (data.get(f"period_{one.pk}") or "").strip() or self.submission.round.period,
                data.get(f"value_{one.pk}"),
                data.get(f"status_{one.pk}") or ValueStatus.NORMAL,
                data.get(f"note_{one.pk}") or "",
                data.get(f"version_{one.pk}") or 0,
            )
            for one in self.indicators
        ]

    def show_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """Keep what was typed, and take the others' as seen: saving again decides."""
        self.data = self.data.copy()
        for conflict in conflicts:
            key = conflict.mine.indicator.pk
            self.conflicts[key] = conflict
            self.data[f"version_{key}"] = str(conflict.theirs.version if conflict.theirs else 0)
            self.data[f"keep_{key}"] = "mine"

    def items(self, known: Mapping[int, Beside]) -> list[Item]:
        """Everything the page shows, indicator by indicator."""
        return [
            Item(
                indicator=one,
                **{
                    name: self[f"{name}_{one.pk}"]
                    for name in ("value", "period", "status", "note", "version", "keep")
                },
                range=range_words(one.unit),
                beside=known.get(one.pk),
                conflict=self.conflicts.get(one.pk),
                from_file=one.pk in self.read,
                held=self.held.get(one.pk),
            )
            for one in self.indicators
        ]


def plain_number(value: Decimal | None) -> str:
    """The number with a dot and without zeros at its end, as it may be typed again; "" for none."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"
