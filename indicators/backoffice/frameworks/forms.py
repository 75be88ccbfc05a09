"""What staff type to describe frameworks, their nodes and their indicators."""

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators.frameworks import branches, flat
from indicators.models import Framework, FrameworkNode, Indicator, NodeMapping

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_ROWS = forms.Textarea(attrs={"rows": 3})


def newest_entry(instance: models.Model) -> str:
    """The number of the row's newest history entry: what an editor has seen of it."""
    if instance.pk is None:
        return ""
    found = type(instance).history.filter(id=instance.pk).order_by("-history_id")
    return str(found.values_list("history_id", flat=True).first() or "")


class DescribedForm(forms.ModelForm):
    """A row with titles in several languages, saved only if nobody else saved it meanwhile."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.languages = self._languages()
        titles = self.instance.titles or {}
        names = dict(settings.LANGUAGES)
        long = isinstance(self.fields["title"].widget, forms.Textarea)
        for code in self.languages:
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": names.get(code, code)},
                required=False,
                max_length=2000,
                initial=titles.get(code, ""),
                widget=_ROWS if long else forms.TextInput,
            )
        self.fields["seen"].initial = newest_entry(self.instance)
        self.order_fields(self._order())

    def _languages(self) -> list[str]:
        wanted = set(settings.SITE_LANGUAGES) | set(self.instance.titles or {})
        return sorted(wanted - {settings.LANGUAGE_CODE})

    def _order(self) -> list[str]:
        names = [name for name in self.fields if not name.startswith("title_")]
        place = names.index("title") + 1
        titles = [f"title_{code}" for code in self.languages]
        return [*names[:place], *titles, *names[place:]]

    def clean(self):
        data = super().clean()
        if self.instance.pk and data.get("seen") != newest_entry(self.instance):
            raise ValidationError(
                _(
                    "Somebody else saved “%(row)s” while this form was open; nothing of yours was "
                    "saved. Open it again to see what it is now."
                ),
                params={"row": type(self.instance).objects.get(pk=self.instance.pk)},
            )
        return data

    def save(self, commit=True):
        titles = {
            code: self.cleaned_data[f"title_{code}"].strip()
            for code in self.languages
            if self.cleaned_data.get(f"title_{code}", "").strip()
        }
        self.instance.titles = titles
        return super().save(commit=commit)


class FrameworkForm(DescribedForm):
    """A framework itself. Its address is given once."""

    class Meta:
        model = Framework
        fields = (
            "slug",
            "title",
            "description",
            "valid_from",
            "valid_to",
            "position",
            "source",
        )
        widgets = {"description": _ROWS, "valid_from": _DAY, "valid_to": _DAY}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["slug"]

    def clean(self):
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and first > last:
            self.add_error("valid_to", _("It ends before it begins."))
        return data


class NodeForm(DescribedForm):
    """A node of the tree. Where it stands is said by moving it."""

    class Meta:
        model = FrameworkNode
        fields = ("code", "title", "kind", "title_status", "valid_from", "source")
        widgets = {"title": _ROWS, "valid_from": _DAY, "kind": forms.TextInput}

    def __init__(self, *args, kinds: Sequence[str] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        words = ", ".join(kinds)
        if words:
            self.fields["kind"].help_text = _("Levels used so far: %(words)s.") % {"words": words}


class MoveForm(forms.Form):
    """Where a node shall stand."""

    UNDER, BEFORE, BEHIND = "under", "before", "behind"
    how = forms.ChoiceField(
        label=_("Place it"),
        choices=[
            (UNDER, _("as the last part of")),
            (BEFORE, _("right before")),
            (BEHIND, _("right behind")),
        ],
        widget=forms.RadioSelect,
        initial=UNDER,
    )
    node = forms.ChoiceField(label=_("Of this node"), required=False)

    def __init__(self, *args, nodes: Sequence[FrameworkNode], moved: FrameworkNode, **kwargs):
        super().__init__(*args, **kwargs)
        self.nodes = {node.token: node for node in nodes if node.pk != moved.pk}
        choices = indented(node for node in nodes if node.pk != moved.pk)
        self.fields["node"].choices = [("", gettext("The framework itself (top)")), *choices]

    def clean(self):
        data = super().clean()
        if data.get("how") in {self.BEFORE, self.BEHIND} and not data.get("node"):
            self.add_error("node", _("Choose the node it shall stand next to."))
        return data

    @property
    def place(self) -> tuple[FrameworkNode | None, FrameworkNode | None]:
        """(parent, sibling to stand before) for the service."""
        found = self.nodes.get(self.cleaned_data["node"])
        how = self.cleaned_data["how"]
        if how == self.UNDER or found is None:
            return found, None
        parent = next((n for n in self.nodes.values() if n.pk == found.parent_id), None)
        if how == self.BEFORE:
            return parent, found
        siblings = [n for n in self.nodes.values() if n.parent_id == found.parent_id]
        place = siblings.index(found) + 1
        return parent, siblings[place] if place < len(siblings) else None


class RetireForm(forms.Form):
    """From when a node is no longer part of the framework, and why."""

    on = forms.DateField(label=_("Retired on"), widget=_DAY)
    reason = forms.CharField(label=_("Reason"), max_length=100)


class IndicatorForm(DescribedForm):
    """Everything that describes an indicator."""

    class Meta:
        model = Indicator
        fields = (
            "slug",
            "code",
            "title",
            "title_status",
            "node",
            "parent",
            "description",
            "unit",
            "decimals",
            "direction",
            "range_low",
            "range_high",
            "data_route",
            "aggregation",
            "minimum_members",
            "baseline_year",
            "minimum_n",
            "progress_method",
            "population_described",
            "printed_sufficiency",
            "printed_progress",
            "printed_words",
            "is_placeholder",
            "source",
            "confidence",
            "position",
            "is_published",
        )
        widgets = dict.fromkeys(
            ("title", "description", "population_described", "printed_words"), _ROWS
        )

    def __init__(self, *args, framework: Framework, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.framework = framework
        self.instance.framework = framework
        nodes = framework.nodes.order_by("position", "code")
        self.fields["node"].queryset = nodes
        self.fields["node"].choices = [("", "---------"), *indented(nodes, by="pk")]
        self.fields["parent"].queryset = framework.indicators.exclude(pk=self.instance.pk)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Made from the code or the title if left empty.")
        if self.instance.pk:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"] or slugify(
            (self.data.get("code") or self.data.get("title") or "").replace(".", "-")
        )[:110].strip("-")
        if not slug:
            raise ValidationError(_("Write an address of letters, digits and hyphens."))
        return slug

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        others = self.framework.indicators.exclude(pk=self.instance.pk)
        if code and others.filter(code=code).exists():
            raise ValidationError(
                _("Another indicator of this framework has the code “%(code)s”."),
                params={"code": code},
            )
        return code

    def clean(self):
        data = super().clean()
        low, high = data.get("range_low"), data.get("range_high")
        if low is not None and high is not None and low > high:
            self.add_error("range_high", _("The range ends before it begins."))
        if data.get("direction") == Indicator.Direction.RANGE and low is None and high is None:
            self.add_error("range_low", _("Say where the range begins or where it ends."))
        if data.get("is_placeholder") and self.instance.pk:
            held = self.instance.observations.published()
            if held.exists():
                self.add_error("is_placeholder", _("It has values, so it is no placeholder."))
        above = data.get("parent")
        while above is not None and self.instance.pk:
            if above.pk == self.instance.pk:
                self.add_error(
                    "parent", _("An indicator cannot be a sub-KPI of one of its own sub-KPIs.")
                )
                break
            above = above.parent
        return data


class MappingForm(forms.ModelForm):
    """How a node of one framework belongs to a node of another."""

    class Meta:
        model = NodeMapping
        fields = ("from_node", "to_node", "kind", "note", "source")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, left: Framework, right: Framework, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, framework in (("from_node", left), ("to_node", right)):
            nodes = framework.nodes.order_by("position", "code")
            self.fields[name].queryset = nodes
            self.fields[name].choices = [("", "---------"), *indented(nodes, by="pk")]
            self.fields[name].label = str(framework)

    def validate_unique(self) -> None:
        """Stating a pair again replaces what was said of it."""


class FreezeForm(forms.Form):
    """Why a version is frozen."""

    reason = forms.CharField(label=_("Reason"), max_length=400)


class UploadForm(forms.Form):
    """A workbook with a framework."""

    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        help_text=_("Sheets Framework, Nodes, Indicators, Targets, Baselines, Mappings."),
    )


def indented(nodes, *, by: str = "token") -> list[tuple[str, str]]:
    """Choices of a tree's nodes, deeper ones further in."""
    found = []
    for branch in flat(branches(nodes)):
        title = str(branch.node)
        title = title if len(title) <= 90 else f"{title[:89]}…"
        inset = "\N{EM SPACE}" * min(branch.depth, 12)
        found.append((getattr(branch.node, by), f"{inset}{title}"))
    return found
