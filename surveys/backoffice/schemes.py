"""Weighting schemes: read one, save a new version with its margins pasted or uploaded as CSV."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from surveys import services
from surveys.backoffice.access import needs
from surveys.backoffice.waveforms import survey_for
from surveys.errors import SchemeRefused
from surveys.margins import LARGEST, to_csv
from surveys.models import WeightingScheme

MARGINS = 4


class SchemeForm(forms.ModelForm):
    """A scheme with up to four margins: `csv_1`, `file_1`, `source_1`, `vintage_1`, ..."""

    class Meta:
        model = WeightingScheme
        fields = (
            "name", "base_weight", "cap", "tolerance", "minimum_for_raking", "ages", "vintage",
        )  # fmt: skip
        help_texts = {
            "base_weight": gettext_lazy("Code of a question with a number. Usually empty."),
            "cap": gettext_lazy(
                "No weight exceeds so many means. Smaller is steadier, larger follows the margins "
                "more closely; 5 is usual."
            ),
            "tolerance": gettext_lazy(
                "Raking stops when no margin is further off than this share."
            ),
            "minimum_for_raking": gettext_lazy("An area with fewer responses is not weighted."),
            "ages": gettext_lazy("Which population figures add areas up to ASEAN: 15+."),
            "vintage": gettext_lazy("Empty for the newest."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MARGINS + 1):
            self.fields[f"csv_{number}"] = forms.CharField(
                label=gettext_lazy("Table (CSV)"),
                required=False,
                max_length=LARGEST,
                widget=forms.Textarea(
                    attrs={
                        "rows": 6,
                        "spellcheck": "false",
                        "placeholder": "area,sex,share\nKH,F,0.51\nKH,M,0.49",
                    }
                ),
            )
            self.fields[f"file_{number}"] = forms.FileField(
                label=gettext_lazy("or a CSV file"), required=False
            )
            self.fields[f"source_{number}"] = forms.CharField(
                label=gettext_lazy("Source"), required=False, max_length=300
            )
            self.fields[f"vintage_{number}"] = forms.CharField(
                label=gettext_lazy("Vintage"), required=False, max_length=60
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in range(1, MARGINS + 1):
            file = data.get(f"file_{number}")
            if not file:
                continue
            if file.size > LARGEST:
                self.add_error(f"file_{number}", _("The file is larger than a megabyte."))
                continue
            try:
                data[f"csv_{number}"] = file.read().decode("utf-8-sig").replace("\x00", "")
            except UnicodeDecodeError:
                self.add_error(
                    f"file_{number}", _("The file is not CSV in UTF-8. Save it as that.")
                )
        return data

    def tables(self) -> list[dict[str, str]]:
        """The margins that have a table."""
        return [
            {part: self.cleaned_data[f"{part}_{number}"] for part in ("csv", "source", "vintage")}
            for number in range(1, MARGINS + 1)
            if self.cleaned_data.get(f"csv_{number}", "").strip()
        ]


@require_safe
@needs("view_survey")
def show(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """One version of a scheme: its settings, its margins as tables, the waves that use it."""
    survey = survey_for(request.user, token)
    scheme = survey.schemes.filter(pk=pk).first()
    if scheme is None:
        raise Http404(_("There is no such weighting scheme."))
    return render(
        request,
        "surveys/backoffice/scheme.html",
        {
            "page_title": str(scheme),
            "page_subtitle": survey.title,
            "header_icon": "sliders",
            "survey": survey,
            "scheme": scheme,
            "margins": [
                {"margin": margin, "name": " × ".join(margin["variables"]), "csv": to_csv(margin)}
                for margin in scheme.margins
            ],
            "waves": scheme.waves.visible_to(request.user),
            "may_change": request.user.has_perm("surveys.add_weightingscheme"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_weightingscheme")
def add(request: HttpRequest, token: str) -> HttpResponse:
    """A new scheme, or a new version of the one in `?from=`."""
    survey = survey_for(request.user, token)
    before = request.GET.get("from", "")
    old = (
        survey.schemes.filter(pk=before).first()
        if before.isdecimal() and len(before) < 15
        else None
    )
    initial: dict[str, Any] = {}
    if old is not None:
        initial = {name: getattr(old, name) for name in SchemeForm.Meta.fields}
        for number, margin in enumerate(old.margins[:MARGINS], start=1):
            initial |= {
                f"csv_{number}": to_csv(margin),
                f"source_{number}": margin.get("source", ""),
                f"vintage_{number}": margin.get("vintage", ""),
            }
    form = SchemeForm(request.POST or None, request.FILES or None, initial=initial)
    sentences: list[str] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.save_scheme(
                survey=survey,
                name=data["name"].strip(),
                tables=form.tables(),
                settings={name: data[name] for name in SchemeForm.Meta.fields if name != "name"},
                at=timezone.now(),
                by=request.user,
            )
        except SchemeRefused as refusal:
            sentences = refusal.sentences
        else:
            messages.success(
                request,
                _("%(scheme)s is saved. Choose it in a wave's settings to use it.")
                % {"scheme": made},
            )
            return redirect("surveys_office:scheme", token=token, pk=made.pk)
    return render(
        request,
        "surveys/backoffice/scheme_form.html",
        {
            "page_title": _("Weighting scheme"),
            "page_subtitle": survey.title,
            "header_icon": "sliders",
            "form": form,
            "sentences": sentences,
            "questionnaire": services.questionnaire_of(survey),
            "settings": [form[name] for name in SchemeForm.Meta.fields],
            "margins": [
                {"number": number, "fields": [form[f"{part}_{number}"] for part in ("csv", "file", "source", "vintage")],
                 "is_open": number == 1 or bool(form[f"csv_{number}"].value())}
                for number in range(1, MARGINS + 1)
            ],
        },
        status=422 if sentences or form.errors else 200,
    )  # fmt: skip
