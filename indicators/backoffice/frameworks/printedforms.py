"""What staff type of the figures that a framework's document prints about itself."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indicators import imports, printed
from indicators.backoffice.frameworks.forms import indented
from indicators.imports import CellRefused
from indicators.imports.cells import UNSTORABLE, told
from indicators.models import Framework
from indicators.printed import editing

_LINES = forms.Textarea(attrs={"rows": 2})
_APART = re.compile(r"[,;\s]")
_PIECES = re.compile(r"[,;\n]")
_MINUS = re.compile(r"^[\N{MINUS SIGN}\N{EN DASH}-]\s*")
MOST_ROWS = 60
KEYS = "figure-keys"
"""The list of keys that fields naming another figure offer."""
TOTAL_LABELS = {
    "indicators": _("KPIs and sub-KPIs"),
    "kpis": _("KPIs, sub-KPIs not counted"),
    "insufficient": _("insufficient evidence"),
    "sufficient": _("sufficient evidence"),
    "progress": _("of the sufficient, clear progress"),
    "goals": _("strategic goals"),
    "objectives": _("objectives"),
    "measures": _("measures"),
}


class TextField(forms.CharField):
    """Words that every file can hold; line ends are written in one way."""

    def __init__(self, *, max_length: int = 2000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        found = super().to_python(value)
        return UNSTORABLE.sub("", found.replace("\r\n", "\n").replace("\r", "\n"))


class NumberField(forms.CharField):
    """A printed number with the digits it is printed with: 21.0 stays 21.0."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "size": 10})
        super().__init__(max_length=40, required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            found = imports.decimal(typed)
        except CellRefused as refusal:
            raise ValidationError(told(refusal.text, refusal.details)) from refusal
        if found is None:
            return ""
        text = f"{found:f}"
        if printed.decimal_of(text) is None:
            raise ValidationError(
                _("“%(number)s” has more digits than can be computed with exactly: 15 at most."),
                params={"number": typed},
            )
        return text


class KeyField(TextField):
    """How a figure is called among those of its table."""

    def clean(self, value: Any) -> str:
        found = super().clean(value)
        if ":" in found or _APART.search(found) or found.startswith("-"):
            raise ValidationError(
                _("“%(key)s” cannot be a key. Write letters, digits and hyphens: done-2019."),
                params={"key": found},
            )
        return found


class TotalForm(forms.Form):
    """A total that the source states, quoted with its place. Without a number it is not stated."""

    value = forms.IntegerField(
        label=_("Number"), required=False, min_value=0, max_value=2_000_000_000
    )
    text = TextField(label=_("What it is called"), required=False, max_length=300)
    quote = TextField(label=_("The source's own words"), required=False, widget=_LINES)
    source = TextField(label=_("Where it is printed"), required=False, max_length=400)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        if data["value"] is None and (data["text"] or data["quote"] or data["source"]):
            self.add_error("value", _("Write the number, or empty everything about it."))
        elif data["value"] is not None and not data["source"]:
            self.add_error("source", _("Say where the number is printed: title, table and page."))
        return data


class TableForm(forms.Form):
    """A table of the document."""

    number = KeyField(label=_("Number"), max_length=20, help_text=_("As it is printed: 3, or 4a."))
    title = TextField(label=_("Title"), max_length=400)
    node = forms.ChoiceField(label=_("About this part of the framework"), required=False)
    source = TextField(
        label=_("Where it is printed"),
        max_length=400,
        help_text=_("Title of the document, section, table and page."),
    )
    quote = TextField(label=_("The source's own words"), required=False, widget=_LINES)

    def __init__(self, *args: Any, framework: Framework, others: Sequence[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.others = others
        choices = indented(framework.nodes.order_by("position", "code"), by="key")
        held = self.initial.get("node", "")
        if held and held not in {key for key, _label in choices}:
            choices.append((held, held))
        self.fields["node"].choices = [("", "---------"), *choices]

    def clean_number(self) -> str:
        number = self.cleaned_data["number"]
        if number in self.others:
            raise ValidationError(
                _("Another table has the number %(number)s. Give each its own."),
                params={"number": number},
            )
        return number


class FigureForm(forms.Form):
    """A printed figure: a number, a percentage, or words."""

    text = TextField(label=_("What it is called"), max_length=300)
    key = KeyField(
        label=_("Key"), max_length=40, help_text=_("By which other figures name it: done.")
    )
    value = NumberField(label=_("Number"))
    percent = NumberField(label=_("Percent"))
    words = TextField(label=_("Or words"), required=False, max_length=300)
    of = TextField(
        label=_("Percent of"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": KEYS}),
        help_text=_("The key of the whole."),
    )
    same_as = TextField(
        label=_("The same as"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"list": KEYS}),
        help_text=_("The key of the figure printed a second time here."),
    )
    source = TextField(
        label=_("Where it is printed"),
        required=False,
        max_length=400,
        help_text=_("If elsewhere than the table."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors:
            return data
        numbers = data["value"] or data["percent"]
        if data["words"] and numbers:
            self.add_error(
                "words", _("Write either numbers or words; a page shows the words alone.")
            )
        elif not (data["words"] or numbers):
            self.add_error("value", _("Write the number, the percentage or the words printed."))
        return data


class RowSet(forms.BaseFormSet):
    """Rows of a list with empty ones behind them; each can be given another place or taken out."""

    @property
    def rows(self) -> list[editing.Row]:
        """What the rows say, in their order, for `printed.editing`."""
        places = {id(form): place for place, form in enumerate(self.initial_forms)}
        return [
            (
                places.get(id(form)),
                {name: form.cleaned_data[name] for name in form.base_fields},
            )
            for form in self.ordered_forms
        ]


class FigureSet(RowSet):
    """The figures of one table, which name each other by their keys."""

    @property
    def rows(self) -> list[editing.Row]:
        def number(text: str) -> int | str:
            return int(text) if text.removeprefix("-").isdecimal() else text

        return [(place, said | {"value": number(said["value"])}) for place, said in super().rows]

    def clean(self) -> None:
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.cleaned_data]
        kept = [form for form in kept if not form.cleaned_data.get("DELETE")]
        keys = [form.cleaned_data["key"] for form in kept]
        numbers = {form.cleaned_data["key"] for form in kept if form.cleaned_data["value"]}
        for place, form in enumerate(kept):
            said = dict(form.cleaned_data)
            if said["key"] in keys[:place]:
                sentence = gettext(
                    "“%(key)s” is used twice in this table. Give each figure its own key."
                )
                form.add_error("key", sentence % said)
            for name, known in (("of", numbers), ("same_as", set(keys))):
                if said[name] and said[name] not in known - {said["key"]}:
                    form.add_error(name, _no_figure(name, said[name], known - {said["key"]}))


def _no_figure(name: str, named: str, known: Collection[str]) -> str:
    words = {"key": named, "keys": ", ".join(sorted(known)) or "–"}
    if name == "of":
        return gettext("“%(key)s” is no number of this table. There are: %(keys)s.") % words
    return gettext("“%(key)s” is no other figure of this table. There are: %(keys)s.") % words


class SumForm(forms.Form):
    """Figures that together make another one."""

    text = TextField(label=_("What is added up"), max_length=300)
    terms = TextField(
        label=_("Figures"),
        widget=_LINES,
        help_text=_("Table:key, parted by commas; a minus subtracts: 1:planned, -1:withdrawn."),
    )
    total = TextField(
        label=_("Make"), max_length=60, help_text=_("A figure, 1:activities, or a number, 100.")
    )
    overlaps = forms.BooleanField(label=_("a thing may count in several of them"), required=False)

    def __init__(self, *args: Any, tables: Sequence[printed.PrintedTable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = tables

    def clean_terms(self) -> list[str]:
        pieces = [piece.strip() for piece in _PIECES.split(self.cleaned_data["terms"])]
        found = [_MINUS.sub("-", piece) for piece in pieces if piece]
        for word in found:
            self._must_be_printed(word.removeprefix("-"))
        return found

    def clean_total(self) -> str:
        typed = self.cleaned_data["total"]
        if printed.decimal_of(typed) is None:
            self._must_be_printed(typed)
        return typed

    def _must_be_printed(self, name: str) -> None:
        figure = printed.figure_called(name, self.tables)
        if figure is None or figure.number is None:
            raise ValidationError(
                _(
                    "“%(name)s” is no printed number. Write the number of a table, a colon and the "
                    "key of a figure, such as 1:planned."
                ),
                params={"name": name},
            )


def figure_rows(data: Mapping[str, Any] | None, held: Sequence[dict[str, Any]]) -> FigureSet:
    """The figures of a table with empty rows behind them."""
    return _rows(FigureForm, FigureSet, data, held, prefix="figures")


def sum_rows(
    data: Mapping[str, Any] | None,
    held: Sequence[dict[str, Any]],
    tables: Sequence[printed.PrintedTable],
) -> RowSet:
    """The sums with empty rows behind them."""
    return _rows(SumForm, RowSet, data, held, prefix="sums", tables=tables)


def _rows(
    form: type[forms.Form],
    kind: type[RowSet],
    data: Mapping[str, Any] | None,
    held: Sequence[dict[str, Any]],
    *,
    prefix: str,
    **more: Any,
) -> Any:
    made = forms.formset_factory(
        form,
        formset=kind,
        extra=3,
        can_delete=True,
        can_order=True,
        max_num=max(MOST_ROWS, len(held)),
        absolute_max=max(MOST_ROWS, len(held)) + 20,
        validate_max=True,
    )
    initial = [{name: editing.shown(row, name) for name in form.base_fields} for row in held]
    return made(data, initial=initial, prefix=prefix, form_kwargs=more)
