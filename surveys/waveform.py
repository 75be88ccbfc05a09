"""What a survey manager types to make a wave, in the wave's own time zone and languages."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from indicators.models import Area
from indicators.periods import is_period
from surveys.models import Questionnaire, Survey, Wave
from surveys.screens import LANGUAGE_NAMES

ZONES = (
    "Asia/Jakarta", "Asia/Bangkok", "Asia/Brunei", "Asia/Dili", "Asia/Ho_Chi_Minh",
    "Asia/Kuala_Lumpur", "Asia/Makassar", "Asia/Manila", "Asia/Phnom_Penh", "Asia/Singapore",
    "Asia/Vientiane", "Asia/Yangon", "UTC",
)  # fmt: skip
_MOMENT = "%Y-%m-%dT%H:%M"
# What one sentence says about each kind of promise together with "once".
PROMISES = {
    Wave.Anonymity.ANONYMOUS: _(
        "Anonymous and once: a link or a browser can answer one time only, and we keep that it was "
        "used and on which day, but nothing leads from it to the answers, for us either; so nobody "
        "can be reminded by what they answered, and only the receipt code can delete an answer."
    ),
    Wave.Anonymity.CONFIDENTIAL: _(
        "Confidential and once: a link can answer one time only, and the office can see which "
        "invitation gave which answers until the day identities are removed; respondents are told so."
    ),
}


class WaveForm(forms.Form):
    """The settings of a wave. `settings()` gives them under the names of the columns.

    Fields per language are made from the questionnaire: `title_th`, `purpose_th`, `consent_th`.
    """

    questionnaire = forms.ModelChoiceField(
        label=_("Questionnaire version"),
        queryset=Questionnaire.objects.none(),
        help_text=_("What new respondents get. Whoever has begun keeps the version they began."),
    )
    title = forms.CharField(label=_("Title in the office"), max_length=200)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=80,
        required=False,
        help_text=_("The end of the link people get. Made from the title when left empty."),
    )
    period = forms.CharField(
        label=_("Period of its figures"),
        max_length=20,
        help_text=_("A year (2026), a quarter (2026-Q4) or a month (2026-11)."),
    )
    opens_at = forms.DateTimeField(
        label=_("Opens"),
        required=False,
        input_formats=[_MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"),
        required=False,
        input_formats=[_MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        help_text=_("Opens and closes by itself at these times, once it is scheduled."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(zone, zone.replace("_", " ")) for zone in ZONES],
        help_text=_("The times above, and which day it is, are told by this clock."),
    )
    anonymity = forms.ChoiceField(
        label=_("Promise to respondents"),
        choices=Wave.Anonymity.choices,
        widget=forms.RadioSelect,
        help_text=_("Cannot be changed after the first response."),
    )
    sampling_type = forms.ChoiceField(
        label=_("Sampling"),
        choices=Wave.Sampling.choices,
        help_text=_("Printed beside every figure. An open link is never a probability sample."),
    )
    takes_open_link = forms.BooleanField(
        label=_("Anybody with the address may answer"), required=False
    )
    takes_invited = forms.BooleanField(label=_("Invited people may answer"), required=False)
    areas = forms.MultipleChoiceField(
        label=_("Areas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    area_question = forms.ChoiceField(
        label=_("Question that says the area"),
        help_text=_("Its codes must be the codes of the areas, such as KH."),
    )
    cells = forms.MultipleChoiceField(
        label=_("Count by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The fieldwork page counts by area and by these questions together."),
    )
    weighting = forms.ModelChoiceField(
        label=_("Weighting scheme"),
        queryset=None,
        required=False,
        empty_label=_("none: every answer counts the same"),
    )
    retain_until = forms.DateField(
        label=_("Keep what can identify people until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_(
            "On this day free texts, receipt codes, links to invitations and paradata are removed by "
            "themselves. Coded answers and estimates stay."
        ),
    )
    minimum_seconds = forms.IntegerField(
        label=_("Faster than this is flagged (seconds)"),
        min_value=0,
        max_value=3600,
        help_text=_("A flag changes nothing by itself."),
    )
    protection = forms.ChoiceField(
        label=_("Protection of the open link"),
        choices=Wave.Protection.choices,
        help_text=_("Invited people are never asked for it."),
    )
    contact = forms.EmailField(
        label=_("Contact for respondents"),
        required=False,
        help_text=_("Shown on the first page. A shared mailbox is better than a person's."),
    )

    def __init__(self, *args: Any, survey: Survey, wave: Wave | None = None, **kwargs: Any) -> None:
        self.survey, self.wave = survey, wave
        versions = survey.questionnaires.exclude(state=Questionnaire.State.DRAFTING)
        self.newest = wave.questionnaire if wave else versions.order_by("number").last()
        kwargs.setdefault("initial", self._initial())
        super().__init__(*args, **kwargs)
        self.fields["questionnaire"].queryset = versions.order_by("-number")
        self.fields["weighting"].queryset = survey.schemes.order_by("name", "-number")
        self.area_rows = list(Area.objects.filter(kind=Area.Kind.MEMBER_STATE))
        self.fields["areas"].choices = [(area.code, area.name) for area in self.area_rows]
        singles = [
            (question.code, f"{question.code}: {definition.text(question.label, language)}"[:120])
            for definition, language in self._definitions()
            for question in definition.questions
            if question.kind == "single"
        ]
        self.fields["area_question"].choices = singles
        self.fields["cells"].choices = singles
        for area in self.area_rows:
            self.fields[f"target_{area.code}"] = forms.IntegerField(
                label=area.name, required=False, min_value=0, max_value=10_000_000
            )
        for code in self.languages:
            name = LANGUAGE_NAMES.get(code, code)
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": name},
                required=False,
                max_length=200,
            )
            self.fields[f"purpose_{code}"] = forms.CharField(
                label=_("What it is for"),
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"consent_{code}"] = forms.CharField(
                label=_("What people agree to"),
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def _definitions(self) -> list[Any]:
        if self.newest is None:
            return []
        definition = self.newest.definition
        return [(definition, definition.default_language)]

    @property
    def languages(self) -> list[str]:
        """The languages of the questionnaire, its default language first."""
        found: list[str] = []
        for definition, default in self._definitions():
            found = sorted(definition.languages, key=lambda code: code != default)
        return found

    def _initial(self) -> dict[str, Any]:
        wave = self.wave
        if wave is None:
            return {
                "questionnaire": self.newest,
                "title": self.survey.title,
                "period": "",
                "time_zone": "Asia/Jakarta",
                "anonymity": Wave.Anonymity.ANONYMOUS,
                "sampling_type": Wave.Sampling.OPEN,
                "takes_open_link": True,
                "area_question": "area",
                "minimum_seconds": 20,
                "protection": Wave.Protection.ADAPTIVE,
                "weighting": self.survey.schemes.order_by("-number").first(),
            }
        zone = ZoneInfo(wave.time_zone)
        initial = {
            name: getattr(wave, name)
            for name in (
                "questionnaire", "title", "slug", "period", "time_zone", "anonymity",
                "sampling_type", "takes_open_link", "takes_invited", "areas", "area_question",
                "cells", "weighting", "retain_until", "minimum_seconds", "contact", "protection",
            )
        }  # fmt: skip
        for name in ("opens_at", "closes_at"):
            moment = getattr(wave, name)
            # The wall clock of the wave's zone; Django must not convert it again.
            initial[name] = moment.astimezone(zone).strftime(_MOMENT) if moment else None
        initial |= {f"target_{code}": number for code, number in wave.targets.items()}
        for column, prefix in _TEXTS:
            for code, text in getattr(wave, column).items():
                initial[f"{prefix}_{code}"] = text
        return initial

    def clean_period(self) -> str:
        period = self.cleaned_data["period"].strip()
        if not is_period(period):
            raise forms.ValidationError(
                _("The period “%(text)s” is not understood. Write 2026, 2026-Q4 or 2026-11."),
                params={"text": period},
            )
        return period

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        slug = data.get("slug") or slugify(data.get("title", ""))[:80]
        if slug:
            taken = Wave.objects.filter(slug=slug)
            if taken.exclude(pk=self.wave.pk if self.wave else None).exists():
                self.add_error(
                    "slug",
                    _("Another wave has the address “%(slug)s”. Choose another.") % {"slug": slug},
                )
            data["slug"] = slug
        elif "title" in data:
            self.add_error("slug", _("Write an address of letters, digits and dashes."))
        default = self.languages[0] if self.languages else ""
        if default and not data.get(f"consent_{default}", "").strip():
            self.add_error(
                f"consent_{default}",
                _("Say what people agree to: they tick a box under this sentence."),
            )
        return data

    def settings(self) -> dict[str, Any]:
        """What `services.create_wave` and `edit_wave` take."""
        data = self.cleaned_data
        zone = ZoneInfo(data["time_zone"])
        settings = {
            name: data[name]
            for name in (
                "questionnaire", "title", "slug", "period", "time_zone", "anonymity",
                "sampling_type", "takes_open_link", "takes_invited", "areas", "area_question",
                "cells", "weighting", "retain_until", "minimum_seconds", "contact", "protection",
            )
        }  # fmt: skip
        for name in ("opens_at", "closes_at"):
            moment: datetime | None = data[name]
            settings[name] = moment and moment.replace(tzinfo=zone)
        settings["targets"] = {
            area.code: data[f"target_{area.code}"]
            for area in self.area_rows
            if data.get(f"target_{area.code}")
        }
        for column, prefix in _TEXTS:
            kept = dict(getattr(self.wave, column)) if self.wave else {}
            kept |= {code: data[f"{prefix}_{code}"].strip() for code in self.languages}
            settings[column] = {code: text for code, text in kept.items() if text}
        return settings


_TEXTS = (("titles", "title"), ("purpose", "purpose"), ("consent_wording", "consent"))
