"""What visitors and staff type in, made good or answered with a sentence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Area, Framework, FrameworkNode, Indicator
from indicators.periods import is_period


class TableFilter(forms.Form):
    """The filters above the table of indicators. Unknown values filter nothing."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    characteristic = forms.ChoiceField(label=_("Part of the framework"), required=False)
    route = forms.ChoiceField(
        label=_("Data route"),
        required=False,
        choices=[("", _("All")), *Indicator.DataRoute.choices],
    )
    sufficiency = forms.ChoiceField(
        label=_("Sufficiency"),
        required=False,
        choices=[("", _("All")), ("yes", _("sufficient")), ("no", _("insufficient"))],
    )
    progress = forms.ChoiceField(
        label=_("Progress"),
        required=False,
        choices=[
            ("", _("All")),
            ("better", _("better, or target met")),
            ("worse", _("worse, or not met")),
            ("unchanged", _("unchanged")),
            ("undetermined", _("undetermined")),
            ("none", _("cannot be measured")),
        ],
    )

    def __init__(self, *args, nodes: list[FrameworkNode], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.nodes = nodes
        self.fields["characteristic"].choices = [
            ("", _("All")),
            *((node.key, str(node)) for node in nodes),
            ("none", _("not stated")),
        ]

    def apply(self, rows: list) -> list:
        """The rows that pass every filter that was understood."""
        self.is_valid()
        chosen = self.cleaned_data
        words = chosen.get("q", "").casefold().split()
        kept = []
        for row in rows:
            indicator = row.indicator
            root = indicator.node and (indicator.node.parent or indicator.node)
            text = f"{indicator.code} {indicator.display_title}".casefold()
            if not all(word in text for word in words):
                continue
            if (wanted := chosen.get("characteristic")) and wanted != (
                root.key if root else "none"
            ):
                continue
            if (wanted := chosen.get("route")) and wanted != indicator.data_route:
                continue
            wanted = chosen.get("sufficiency")
            if wanted and (wanted == "yes") != row.sufficiency.is_sufficient:
                continue
            wanted = chosen.get("progress")
            if wanted and wanted != _verdict(row):
                continue
            kept.append(row)
        return kept


class ComparisonForm(forms.Form):
    """Which indicators and areas stand side by side. Unknown words of a list are left out."""

    MOST = 6
    period = forms.CharField(label=_("Period"), max_length=10, required=False)

    def __init__(self, data, *, indicators: list[Indicator], areas: list[Area]) -> None:
        super().__init__(data)
        self.indicators = indicators
        slugs, codes = data.getlist("indicator"), data.getlist("area")
        self.chosen_indicators = [one for one in indicators if one.slug in slugs][: self.MOST]
        self.chosen_areas = [area for area in areas if area.code in codes]
        self.has_too_many = len(set(slugs)) > self.MOST
        self.has_unknown = not {*slugs} <= {one.slug for one in indicators} | {""} or not {
            *codes
        } <= {area.code for area in areas}

    def clean_period(self) -> str:
        period = self.cleaned_data["period"].strip()
        if period and not is_period(period):
            raise forms.ValidationError(
                _("“%(period)s” is no period. Write a year, such as 2026, or 2026-Q4."),
                params={"period": period},
            )
        return period

    def by_framework(self) -> list[tuple[Framework, list[tuple[Indicator, bool]]]]:
        """The indicators to choose from, each with whether it is chosen."""
        found: dict[int, tuple[Framework, list[tuple[Indicator, bool]]]] = {}
        for one in self.indicators:
            part = found.setdefault(one.framework_id, (one.framework, []))
            part[1].append((one, one in self.chosen_indicators))
        return list(found.values())


def _verdict(row) -> str:
    """The verdict of a row in the words of the filter."""
    if not row.sufficiency.is_sufficient:
        return "none"
    return {"met": "better", "not_met": "worse"}.get(row.progress.verdict, row.progress.verdict)
