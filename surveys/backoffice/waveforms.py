"""Making a wave, changing its settings, making the next one, deleting a draft."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from surveys import services
from surveys.backoffice.access import needs, wave_for
from surveys.errors import WaveRefused
from surveys.models import Questionnaire, Survey, Wave
from surveys.screens import LANGUAGE_NAMES
from surveys.waveform import PROMISES, WaveForm


def survey_for(user: Any, token: str) -> Survey:
    """The survey, if this user may look at it; 404 otherwise."""
    survey = Survey.objects.visible_to(user).filter(token=token.replace("\x00", "")).first()
    if survey is None:
        raise Http404(_("There is no such survey."))
    return survey


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_wave")
def add(request: HttpRequest, token: str) -> HttpResponse:
    """A new wave of a survey, drafted."""
    survey = survey_for(request.user, token)
    if not survey.questionnaires.exclude(state=Questionnaire.State.DRAFTING).exists():
        messages.error(
            request,
            _("“%(survey)s” has no published questionnaire yet. Publish one, then make the wave.")
            % {"survey": survey},
        )
        return redirect("surveys_office:surveys")
    form = WaveForm(request.POST or None, survey=survey)
    if request.method == "POST" and form.is_valid():
        try:
            wave = services.create_wave(
                survey=survey, settings=form.settings(), at=timezone.now(), by=request.user
            )
        except WaveRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(
                request,
                _("“%(wave)s” is drafted. Look it over, then schedule or open it.")
                % {"wave": wave},
            )
            return redirect("surveys_office:wave", token=wave.token)
    return _page(request, form, _("New wave of %(survey)s") % {"survey": survey}, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_wave")
def edit(request: HttpRequest, token: str) -> HttpResponse:
    """The settings of a wave. What its past forbids to change is refused at the field."""
    wave = wave_for(request.user, token)
    form = WaveForm(request.POST or None, survey=wave.survey, wave=wave)
    if request.method == "POST" and form.is_valid():
        version = wave.consent_version
        try:
            changed = services.edit_wave(
                wave=wave, settings=form.settings(), at=timezone.now(), by=request.user
            )
        except WaveRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was different."))
            if wave.consent_version != version:
                messages.info(
                    request,
                    _("The changed consent is version %(version)s. Earlier responses keep theirs.")
                    % {"version": wave.consent_version},
                )
            return redirect("surveys_office:wave", token=wave.token)
    return _page(request, form, wave.title, wave)


def _page(request: HttpRequest, form: WaveForm, title: str, wave: Wave | None) -> HttpResponse:
    def languages() -> list[dict[str, Any]]:
        rows = []
        for code in form.languages:
            fields = [form[f"{part}_{code}"] for part in ("title", "purpose", "consent")]
            rows.append(
                {
                    "code": code,
                    "name": LANGUAGE_NAMES.get(code, code),
                    "fields": fields,
                    "filled": sum(bool(field.value()) for field in fields),
                    "has_errors": any(field.errors for field in fields),
                }
            )
        return rows

    chosen = set(form["areas"].value() or ())
    has_responses = bool(wave and wave.responses.exists())
    return render(
        request,
        "surveys/backoffice/wave_form.html",
        {
            "page_title": title,
            "page_subtitle": _("Settings") if wave else _("New wave"),
            "header_icon": "form",
            "form": form,
            "wave": wave,
            "has_responses": has_responses,
            "promises": [(str(label), text) for label, text in _promises()],
            "languages": languages(),
            "areas": [
                {
                    "code": area.code,
                    "name": area.name,
                    "is_chosen": area.code in chosen,
                    "field": form[f"target_{area.code}"],
                }
                for area in form.area_rows
            ],
            "consents": wave.consent_wordings.all() if wave else [],
        },
        status=422 if form.errors else 200,
    )


def _promises() -> list[tuple[Any, Any]]:
    return [(Wave.Anonymity(value).label, text) for value, text in PROMISES.items()]


@require_POST
@needs("add_wave")
def following(request: HttpRequest, token: str) -> HttpResponse:
    """The next wave, with everything this one has but its answers and its dates."""
    wave = wave_for(request.user, token)
    made = services.next_wave(wave=wave, at=timezone.now(), by=request.user)
    many = made.quotas.count()
    messages.success(
        request,
        _("“%(wave)s” is drafted with the questionnaire, scheme, targets and wordings of its "
          "predecessor and %(quotas)s. Set its dates.")
        % {
            "wave": made,
            "quotas": ngettext("%(count)d quota", "%(count)d quotas", many) % {"count": many},
        },
    )  # fmt: skip
    return redirect("surveys_office:wave_edit", token=made.token)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("delete_wave")
def delete(request: HttpRequest, token: str) -> HttpResponse:
    """Asks first; only an empty draft can go."""
    wave = wave_for(request.user, token)
    if request.method == "POST":
        try:
            services.delete_wave(wave=wave, at=timezone.now(), by=request.user)
        except WaveRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("surveys_office:wave", token=wave.token)
        messages.success(request, _("The draft “%(wave)s” is deleted.") % {"wave": wave})
        return redirect("surveys_office:waves")
    return render(
        request,
        "surveys/backoffice/wave_delete.html",
        {
            "page_title": _("Delete “%(wave)s”?") % {"wave": wave},
            "header_icon": "bin",
            "wave": wave,
        },
    )
