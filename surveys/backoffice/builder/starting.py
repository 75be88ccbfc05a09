"""Beginning: a new survey with its first draft, or the next draft of a survey there is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from surveys.backoffice.access import needs
from surveys.errors import EditRefused
from surveys.models import Questionnaire, Survey
from surveys.services import editing

START = "surveys/backoffice/builder/start.html"


class Source(forms.ModelChoiceField):
    """A questionnaire to begin from."""

    def label_from_instance(self, questionnaire: Questionnaire) -> str:
        return f"{questionnaire} · {questionnaire.get_state_display()}"


def _sources(user) -> Any:
    return Questionnaire.objects.visible_to(user).select_related("survey").defer("document")


class SurveyForm(forms.Form):
    """What a new survey needs before its first question."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Stands on exported files, such as ASCC-PS."),
        error_messages={"invalid": gettext_lazy("Use letters, digits, '-', '_' and '.' only.")},
    )
    population = forms.CharField(
        label=gettext_lazy("Population it speaks for"),
        max_length=300,
        help_text=gettext_lazy(
            "An indicator series is bound to one population: residents aged 15 and over."
        ),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=settings.LANGUAGES,
        initial=["en"],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("More can be added later."),
    )
    default_language = forms.ChoiceField(
        label=gettext_lazy("Written in"),
        choices=settings.LANGUAGES,
        initial="en",
        help_text=gettext_lazy("The language all others are translated from."),
    )
    source = Source(
        label=gettext_lazy("Begin with"),
        queryset=Questionnaire.objects.none(),
        required=False,
        to_field_name="token",
        empty_label=gettext_lazy("an empty questionnaire"),
        help_text=gettext_lazy("A copied questionnaire brings its own languages."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = _sources(user)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        languages = list(found.get("languages") or [])
        default = found.get("default_language")
        if default and languages and default not in languages:
            languages.insert(0, default)
        found["languages"] = languages
        return found


class DraftForm(forms.Form):
    """What the next draft of a survey begins with."""

    source = Source(
        label=gettext_lazy("Begin with"),
        queryset=Questionnaire.objects.none(),
        required=False,
        to_field_name="token",
        empty_label=gettext_lazy("an empty questionnaire"),
    )
    note = forms.CharField(label=gettext_lazy("What will change"), max_length=300, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = _sources(user)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_survey")
def new_survey(request: HttpRequest) -> HttpResponse:
    """A new survey; its first draft opens in the builder."""
    form = SurveyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            draft = editing.create_survey(**form.cleaned_data, by=request.user, at=timezone.now())
        except EditRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            return redirect("surveys_office:builder", token=draft.token)
    return _show(request, form, _("New survey"), _("Create the survey"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_questionnaire")
def new_draft(request: HttpRequest, token: str) -> HttpResponse:
    """The next draft of a survey, empty or like a version of any survey."""
    survey = Survey.objects.visible_to(request.user).filter(token=token).first()
    if survey is None:
        raise Http404(_("There is no such survey."))
    open_draft = survey.questionnaires.filter(state=Questionnaire.State.DRAFTING).first()
    if open_draft:
        messages.info(
            request,
            _("Version %(number)s is still a draft. Go on in it.") % {"number": open_draft.number},
        )
        return redirect("surveys_office:builder", token=open_draft.token)
    newest = survey.questionnaires.order_by("-number").first()
    initial = {"source": newest.token if newest else ""}
    form = DraftForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft = editing.draft_questionnaire(
                survey=survey,
                by=request.user,
                at=timezone.now(),
                source=form.cleaned_data["source"],
                note=form.cleaned_data["note"],
            )
        except EditRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("surveys_office:builder", token=draft.token)
    return _show(request, form, _("New draft of “%(survey)s”") % {"survey": survey}, _("Begin"))


def _show(request: HttpRequest, form: forms.Form, title: str, button: str) -> HttpResponse:
    context = {
        "page_title": title,
        "header_icon": "form",
        "form": form,
        "button": button,
        "back": reverse("surveys_office:surveys"),
    }
    return render(request, START, context, status=422 if form.errors else 200)
