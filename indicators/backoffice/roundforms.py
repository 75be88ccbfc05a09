"""What staff type to set up a round: its dates, what it asks for, and of whom."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Area, Indicator, ReportingRound, SectoralBody
from indicators.periods import is_period
from indicators.reporting.asking import Asked

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_MOST_REMINDERS = 10


class RoundForm(forms.Form):
    """A round's own facts and the indicators on its board; times are UTC."""

    title = forms.CharField(label=_("Title"), max_length=200)
    period = forms.CharField(
        label=_("Period"), max_length=10, help_text=_("A year (2026) or quarter (2026-Q4).")
    )
    opens_at = forms.DateTimeField(label=_("Opens (UTC)"), widget=_MOMENT)
    deadline_at = forms.DateTimeField(label=_("Deadline (UTC)"), widget=_MOMENT)
    reminder_days = forms.CharField(
        label=_("Reminders"),
        max_length=100,
        required=False,
        help_text=_("Days before the deadline, separated by commas; -1 is the day after it."),
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    indicators = forms.MultipleChoiceField(
        label=_("Indicators"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What surveys measure arrives by itself and is shown on the same board."),
    )

    def __init__(
        self, *args: Any, indicators: Sequence[Indicator], round: ReportingRound | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.round = round
        self.known = {one.slug: one for one in indicators}
        self.fields["indicators"].choices = _grouped(indicators)

    def clean_title(self) -> str:
        title = self.cleaned_data["title"]
        others = ReportingRound.objects.filter(title=title)
        if self.round is not None:
            others = others.exclude(pk=self.round.pk)
        if others.exists():
            raise forms.ValidationError(_("Another round has this title. Give it one of its own."))
        return title

    def clean_period(self) -> str:
        period = self.cleaned_data["period"].strip()
        if not is_period(period):
            raise forms.ValidationError(
                _("The period “%(text)s” is not understood. Write 2026, 2026-Q4 or 2026-11."),
                params={"text": period},
            )
        return period

    def clean_reminder_days(self) -> list[int]:
        words = self.cleaned_data["reminder_days"].replace(";", ",").split(",")
        days = set()
        for word in filter(None, (word.strip() for word in words)):
            if not word.lstrip("-").isascii() or not word.lstrip("-").isdigit() or len(word) > 4:
                raise forms.ValidationError(
                    _(
                        "“%(word)s” is not a number of days. Write whole numbers, such as 14, 3, -1."
                    ),
                    params={"word": word},
                )
            days.add(int(word))
        if len(days) > _MOST_REMINDERS or any(abs(day) > 366 for day in days):
            raise forms.ValidationError(
                _("At most ten reminders, each within a year of the deadline.")
            )
        return sorted(days, reverse=True)

    def clean_indicators(self) -> list[Indicator]:
        return [self.known[slug] for slug in self.cleaned_data["indicators"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        opens, ends = data.get("opens_at"), data.get("deadline_at")
        if opens and ends and opens >= ends:
            self.add_error("deadline_at", _("The deadline lies before the opening."))
        return data


class NewRoundForm(RoundForm):
    """With whom to ask: each indicator goes to those its data route leads to."""

    areas = forms.ModelMultipleChoiceField(
        label=_("Member states"),
        queryset=Area.objects.none(),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Asked for policies and official statistics."),
    )
    bodies = forms.ModelMultipleChoiceField(
        label=_("Sectoral bodies"),
        queryset=SectoralBody.objects.none(),
        to_field_name="acronym",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Asked for what sectoral bodies record."),
    )

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].queryset = areas
        self.fields["bodies"].queryset = SectoralBody.objects.order_by("acronym")


class ChangedRoundForm(RoundForm):
    """With the reason that a new deadline needs."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        help_text=_("Needed when the deadline or the period changes."),
    )


class AskedForm(forms.Form):
    """For each indicator, the member states and bodies that are asked for it."""

    def __init__(
        self,
        *args: Any,
        indicators: Sequence[Indicator],
        areas: Sequence[Area],
        bodies: Sequence[SectoralBody],
        asked: dict[int, Asked],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = indicators
        self.areas = {area.code: area for area in areas}
        self.bodies = {body.acronym: body for body in bodies}
        for one in indicators:
            held = asked.get(one.pk, Asked())
            self.fields[f"areas_{one.pk}"] = _choice(
                _("Member states"), self.areas, [str(area) for area in areas],
                [area.code for area in held.areas],
            )  # fmt: skip
            self.fields[f"bodies_{one.pk}"] = _choice(
                _("Sectoral bodies"), self.bodies, list(self.bodies),
                [body.acronym for body in held.bodies],
            )  # fmt: skip

    @property
    def lines(self) -> list[tuple[Indicator, Any, Any]]:
        """Each indicator with its two fields."""
        return [(one, self[f"areas_{one.pk}"], self[f"bodies_{one.pk}"]) for one in self.indicators]

    def asked(self) -> dict[int, Asked]:
        """What was chosen, for the service."""
        return {
            one.pk: Asked(
                tuple(self.areas[code] for code in self.cleaned_data[f"areas_{one.pk}"]),
                tuple(self.bodies[word] for word in self.cleaned_data[f"bodies_{one.pk}"]),
            )
            for one in self.indicators
        }


def _choice(
    label: Any, values: Iterable[str], words: Sequence[str], initial: list[str]
) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        choices=list(zip(values, words, strict=True)),
        initial=initial,
        widget=forms.CheckboxSelectMultiple,
    )


def _grouped(indicators: Sequence[Indicator]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in indicators:
        name = f"{one.framework}: {one.get_data_route_display()}"
        groups.setdefault(name, []).append((one.slug, str(one)))
    return sorted(groups.items())
