"""What visitors and staff type in, made good or answered with a sentence."""

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import FrameworkNode, Indicator


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
            kept.append(row)
        return kept
