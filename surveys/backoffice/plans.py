"""Entries of the analysis plan, checked against the questionnaire when saved."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from indicators.models import Indicator
from surveys import services
from surveys.backoffice.access import needs
from surveys.backoffice.waveforms import survey_for
from surveys.errors import PlanDoesNotFit
from surveys.models import AnalysisPlanEntry
from surveys.questionnaire import logic
from surveys.questionnaire.definition import Definition

PREFILLED = (
    "question", "row", "estimator", "counts", "counts_against", "outside_base", "filter",
    "breakdowns",
)  # fmt: skip
"""Fields that an address may fill, as the analysis workbench's does; nothing is saved by it."""


def _codes(text: str) -> list[str]:
    return list(dict.fromkeys(text.replace(",", " ").split()))


class PlanForm(forms.Form):
    """One promise of the plan. Codes are written with spaces between them."""

    indicator = forms.ChoiceField(label=gettext_lazy("Indicator it feeds"))
    question = forms.ChoiceField(label=gettext_lazy("Question"))
    row = forms.CharField(
        label=gettext_lazy("Row of the grid"), required=False, max_length=60,
        help_text=gettext_lazy("Only for a grid: the code of one row."),
    )  # fmt: skip
    estimator = forms.ChoiceField(
        label=gettext_lazy("What is computed"), choices=AnalysisPlanEntry.Estimator.choices
    )
    counts = forms.CharField(
        label=gettext_lazy("Answers that count"), required=False, max_length=500,
        help_text=gettext_lazy(
            "Codes with spaces between them, such as: 4 5. One where people could choose several. Not "
            "for a mean or the share of each answer."
        ),
    )  # fmt: skip
    counts_against = forms.CharField(
        label=gettext_lazy("Answers that count against"), required=False, max_length=500,
        help_text=gettext_lazy("Only for a net score."),
    )  # fmt: skip
    outside_base = forms.CharField(
        label=gettext_lazy("Answers outside the base"), required=False, max_length=500,
        help_text=gettext_lazy(
            "Usually empty: don't know belongs in the base, and the figure says so. Not asked never does."
        ),
    )  # fmt: skip
    filter = forms.CharField(
        label=gettext_lazy("Counted only where"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("As in the questionnaire's logic: ${heard} = 'yes'. Empty for everybody asked."),
    )  # fmt: skip
    breakdowns = forms.CharField(
        label=gettext_lazy("Broken down by"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One breakdown a line, as dimension=question: sex=sex. Several together: sex=sex, age=age_group."
        ),
    )  # fmt: skip
    order = forms.IntegerField(label=gettext_lazy("Place in the plan"), min_value=0, max_value=9999)
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = definition.default_language
        self.fields["question"].choices = [
            (q.code, f"{q.code}: {definition.text(q.label, language)}"[:120])
            for q in definition.questions
            if q.kind not in ("note", "text", "date")
        ]
        feeds = self.initial.get("indicator", "")
        held = Indicator.objects.filter(slug=feeds).values_list("pk", flat=True)
        self.fields["indicator"].choices = [
            (one.slug, f"{one.code} {one.title}".strip()[:120])
            for one in Indicator.objects.described(chosen=held).order_by("code", "title")
        ]

    def clean_counts(self) -> list[str]:
        return _codes(self.cleaned_data["counts"])

    def clean_counts_against(self) -> list[str]:
        return _codes(self.cleaned_data["counts_against"])

    def clean_outside_base(self) -> list[str]:
        return _codes(self.cleaned_data["outside_base"])

    def clean_breakdowns(self) -> list[list[list[str]]]:
        found = []
        for line in self.cleaned_data["breakdowns"].splitlines():
            if not line.strip():
                continue
            parts = []
            for part in line.split(","):
                dimension, equals, question = (word.strip() for word in part.partition("="))
                if not (equals and dimension and question and dimension.replace("_", "").isalnum()):
                    raise forms.ValidationError(
                        _(
                            "“%(line)s” is not understood. Write dimension=question, such as sex=sex."
                        ),
                        params={"line": line.strip()[:80]},
                    )
                parts.append([dimension, question])
            found.append(parts)
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_analysisplanentry")
def edit(request: HttpRequest, token: str, pk: int | None = None) -> HttpResponse:
    """An entry of the plan, new or not."""
    survey = survey_for(request.user, token)
    entry = survey.plan.filter(pk=pk).first() if pk is not None else None
    if pk is not None and entry is None:
        raise Http404(_("There is no such entry in the plan."))
    questionnaire = services.questionnaire_of(survey)
    if questionnaire is None:
        messages.error(request, _("The survey has no questionnaire yet."))
        return redirect("surveys_office:surveys")
    definition = questionnaire.definition
    given = {name: request.GET[name][:2000] for name in PREFILLED if name in request.GET}
    form = PlanForm(
        request.POST or None, definition=definition, initial=_initial(entry, survey) | given
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            services.save_plan_entry(
                survey=survey,
                entry=entry,
                filter_text=data.pop("filter"),
                columns=data,
                at=timezone.now(),
                by=request.user,
            )
        except PlanDoesNotFit as refusal:
            for column, sentence in refusal.problems.items():
                form.add_error(column, sentence)
        else:
            messages.success(request, _("Saved. Figures are computed anew within seconds."))
            return redirect("surveys_office:surveys")
    language = definition.default_language
    return render(
        request,
        "surveys/backoffice/plan_form.html",
        {
            "page_title": _("Analysis plan"),
            "page_subtitle": survey.title,
            "header_icon": "list-ul",
            "form": form,
            "questionnaire": questionnaire,
            "questions": [
                {
                    "code": question.code,
                    "label": definition.text(question.label, language),
                    "choices": [
                        (c.code, definition.text(c.label, language)) for c in question.choices
                    ],
                    "rows": [
                        (row.code, definition.text(row.label, language)) for row in question.rows
                    ],
                }
                for question in definition.questions
                if question.kind not in ("note", "text", "date")
            ],
        },
        status=422 if form.errors else 200,
    )


def _initial(entry: AnalysisPlanEntry | None, survey: Any) -> dict[str, Any]:
    if entry is None:
        last = survey.plan.last()
        return {"is_active": True, "order": last.order + 1 if last else 0, "breakdowns": "sex=sex"}
    return {
        "indicator": entry.indicator,
        "question": entry.question,
        "row": entry.row,
        "estimator": entry.estimator,
        "counts": " ".join(entry.counts),
        "counts_against": " ".join(entry.counts_against),
        "outside_base": " ".join(entry.outside_base),
        "filter": logic.to_text(logic.read(entry.filter)) if entry.filter else "",
        "breakdowns": "\n".join(
            ", ".join(f"{dimension}={question}" for dimension, question in parts)
            for parts in entry.breakdowns
        ),
        "order": entry.order,
        "is_active": entry.is_active,
    }
