"""The quotas of a wave: the list, the editor, ready-made ones from targets, and the recount."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from surveys import services
from surveys.backoffice.access import needs, wave_for
from surveys.errors import QuotaRefused
from surveys.models import Quota, Wave
from surveys.questionnaire import logic


class QuotaForm(forms.Form):
    """One quota. The condition is written as in XLSForms."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("Stands on every response that finds this quota full."),
    )
    condition = forms.CharField(
        label=gettext_lazy("Who belongs to it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("As in the questionnaire's logic: ${sex} = 'F' and ${age} < 30"),
    )
    limit = forms.IntegerField(label=gettext_lazy("At most"), min_value=0, max_value=100_000_000)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_wave")
def quotas(request: HttpRequest, token: str) -> HttpResponse:
    """The quotas with their counts; POST adds one."""
    if not request.user.has_perm("surveys.change_quota"):
        raise Http404
    wave = wave_for(request.user, token)
    form = QuotaForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(request, wave, form, None):
        return redirect("surveys_office:quotas", token=token)
    return _page(request, wave, form)


def _saved(request: HttpRequest, wave: Wave, form: QuotaForm, quota: Quota | None) -> bool:
    try:
        saved = services.save_quota(
            wave=wave, quota=quota, at=timezone.now(), by=request.user, **form.cleaned_data
        )
    except QuotaRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(
        request,
        _("“%(name)s”: %(taken)d of %(limit)d places taken.")
        % {"name": saved.name, "taken": saved.taken, "limit": saved.limit},
    )
    return True


def _page(request: HttpRequest, wave: Wave, form: QuotaForm) -> HttpResponse:
    definition = wave.questionnaire.definition
    language = definition.default_language
    rows = [
        {"quota": quota, "condition": logic.to_text(logic.read(quota.condition)),
         "is_full": quota.taken >= quota.limit}
        for quota in wave.quotas.all()
    ]  # fmt: skip
    return render(
        request,
        "surveys/backoffice/quotas.html",
        {
            "page_title": wave.title,
            "page_subtitle": _("Quotas"),
            "header_icon": "form",
            "wave": wave,
            "form": form,
            "rows": rows,
            "is_collecting": wave.state == Wave.State.COLLECTING,
            "questions": [
                {
                    "code": question.code,
                    "label": definition.text(question.label, language),
                    "choices": [
                        (choice.code, definition.text(choice.label, language))
                        for choice in question.choices
                    ],
                }
                for question in definition.questions
                if question.kind in ("single", "multiple")
            ],
            "singles": [
                (question.code, definition.text(question.label, language))
                for question in definition.questions
                if question.kind == "single" and question.code != wave.area_question
            ],
        },
        status=422 if form.errors else 200,
    )


def _quota_for(wave: Wave, pk: int) -> Quota:
    quota = wave.quotas.filter(pk=pk).first()
    if quota is None:
        raise Http404(_("There is no such quota."))
    return quota


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_quota")
def edit(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """One quota."""
    wave = wave_for(request.user, token)
    quota = _quota_for(wave, pk)
    form = QuotaForm(
        request.POST or None,
        initial={
            "name": quota.name,
            "condition": logic.to_text(logic.read(quota.condition)),
            "limit": quota.limit,
        },
    )
    if request.method == "POST" and form.is_valid() and _saved(request, wave, form, quota):
        return redirect("surveys_office:quotas", token=token)
    return render(
        request,
        "surveys/backoffice/quota.html",
        {
            "page_title": quota.name,
            "page_subtitle": wave.title,
            "header_icon": "form",
            "wave": wave,
            "quota": quota,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@require_POST
@needs("change_quota")
def make(request: HttpRequest, token: str) -> HttpResponse:
    """A quota per area, or per area and combination of answers, from the targets."""
    wave = wave_for(request.user, token)
    by_code = wave.questionnaire.definition.by_code
    chosen = [
        code
        for code in request.POST.getlist("by")
        if code in by_code and by_code[code].kind == "single"
    ]
    try:
        many = services.make_quotas(
            wave=wave, by_questions=chosen, at=timezone.now(), by=request.user
        )
    except QuotaRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext("%(count)d quota made.", "%(count)d quotas made.", many) % {"count": many},
        )
    return redirect("surveys_office:quotas", token=token)


@require_POST
@needs("change_quota")
def recount(request: HttpRequest, token: str) -> HttpResponse:
    """Count the responses now instead of tonight."""
    wave = wave_for(request.user, token)
    drifted = services.recount_wave(wave=wave, at=timezone.now())
    if drifted:
        messages.error(
            request,
            _("Not as the places say: %(names)s.")
            % {"names": ", ".join(quota.name for quota in drifted)},
        )
    else:
        messages.success(request, _("Every quota has exactly the responses its places say."))
    return redirect("surveys_office:quotas", token=token)


@require_POST
@needs("change_quota")
def act(request: HttpRequest, token: str, pk: int, step: str) -> HttpResponse:
    """Correct a drift, give back places of withdrawn responses, or delete a quota."""
    wave = wave_for(request.user, token)
    quota = _quota_for(wave, pk)
    steps: dict[str, Any] = {
        "correct": services.correct_quota,
        "give-back": services.give_back_places,
    }
    if request.user.has_perm("surveys.delete_quota"):
        steps["delete"] = services.delete_quota
    if step not in steps:
        raise Http404
    try:
        steps[step](quota=quota, at=timezone.now(), by=request.user)
    except QuotaRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done."))
    return redirect("surveys_office:quotas", token=token)
