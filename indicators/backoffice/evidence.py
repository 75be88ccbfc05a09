"""What people told us, as staff see it: list, form, consents, release, history."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from indicators import evidence as voices
from indicators.backoffice.access import needs
from indicators.backoffice.reportforms import ConsentForm, EvidenceFilter, EvidenceForm
from indicators.errors import IndicatorsError
from indicators.models import Area, Evidence, EvidenceConsent
from indicators.services import evidence as services

SHOWN_HISTORY = 50


@require_safe
@needs("view_evidence")
def index(request: HttpRequest) -> HttpResponse:
    """All evidence the user may see, by filters."""
    filters = EvidenceFilter(request.GET)
    found = filters.apply(Evidence.objects.visible_to(request.user))
    page = Paginator(found.select_related("area").order_by("-held_on", "title", "pk"), 50).get_page(
        request.GET.get("p")
    )
    scopes = dict(EvidenceConsent.Scope.choices)
    return render(
        request,
        "indicators/backoffice/evidence.html",
        {
            "page_title": _("Qualitative evidence"),
            "header_icon": "openquote",
            "filters": filters,
            "page_obj": page,
            "rows": [
                (one, scopes.get(one.scope, _("not recorded")), voices.is_public(one))
                for one in page.object_list
            ],
            "may_add": request.user.has_perm("indicators.add_evidence"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_evidence")
def edit(request: HttpRequest, token: str = "") -> HttpResponse:
    """Write down new evidence, or change some."""
    today = timezone.now().date()
    found = None
    if token:
        found = Evidence.objects.editable_by(request.user, today).filter(token=token).first()
        if found is None:
            raise Http404(_("There is no such evidence."))
    everywhere = request.user.has_perm("indicators.view_every_evidence")
    areas = Area.objects.all() if everywhere else request.user.granted_areas(today)
    form = EvidenceForm(
        request.POST or None,
        instance=found,
        areas=areas,
        needs_area=not everywhere,
        sees_names=request.user.has_perm("indicators.view_participants"),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                kept = services.save_evidence(
                    evidence=form.save(commit=False),
                    indicators=form.cleaned_data["indicators"],
                    nodes=form.cleaned_data["nodes"],
                    by=request.user,
                    at=timezone.now(),
                )
            except IndicatorsError as error:
                form.add_error("area", str(error))
            else:
                messages.success(request, _("The evidence is saved."))
                return redirect("indicators_office:evidence_one", token=kept.token)
    return render(
        request,
        "indicators/backoffice/form.html",
        {
            "page_title": _("Qualitative evidence"),
            "page_subtitle": str(found) if found else _("new"),
            "header_icon": "openquote",
            "form": form,
            "save_label": _("Save the evidence"),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_evidence")
def show(request: HttpRequest, token: str) -> HttpResponse:
    """One piece of evidence with its consents and history; takes a new consent."""
    found = _visible(request, token)
    may_change = _editable(request, found)
    form = ConsentForm(request.POST or None) if may_change else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise Http404(_("There is no such evidence."))
        status = 422
        if form.is_valid():
            try:
                services.record_consent(
                    evidence=found, by=request.user, at=timezone.now(), **form.cleaned_data
                )
            except IndicatorsError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The consent is written down."))
                return redirect("indicators_office:evidence_one", token=found.token)
    sees_names = request.user.has_perm("indicators.view_participants")
    return render(
        request,
        "indicators/backoffice/evidence_one.html",
        {
            "page_title": str(found),
            "page_subtitle": found.get_kind_display(),
            "header_icon": "openquote",
            "evidence": found,
            "is_public": voices.is_public(found),
            "names": voices.names_of(found) if sees_names else [],
            "has_names": bool(found.names),
            "consents": list(found.consents.select_related("recorded_by")),
            "indicators": list(found.indicators.select_related("framework")),
            "nodes": list(found.nodes.select_related("framework")),
            "history": _history(found),
            "form": form,
            "may_change": may_change,
            "may_release": request.user.has_perm("indicators.release_evidence"),
        },
        status=status,
    )


@require_POST
@needs("release_evidence")
def release(request: HttpRequest, token: str) -> HttpResponse:
    """Release it to the public, or take it inside again."""
    found = _visible(request, token)
    try:
        services.set_visibility(
            evidence=found,
            visibility=request.POST.get("visibility", ""),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, _("The visibility is changed."))
    except IndicatorsError as error:
        messages.error(request, str(error))
    return redirect("indicators_office:evidence_one", token=found.token)


@require_POST
@needs("change_evidence")
def forget(request: HttpRequest, token: str) -> HttpResponse:
    """Erase the names of the participants."""
    found = _visible(request, token)
    try:
        services.forget_names(evidence=found, by=request.user, at=timezone.now())
        messages.success(request, _("The names are erased."))
    except IndicatorsError as error:
        messages.error(request, str(error))
    return redirect("indicators_office:evidence_one", token=found.token)


def _visible(request: HttpRequest, token: str) -> Evidence:
    found = (
        Evidence.objects.visible_to(request.user)
        .select_related("area", "recorded_by")
        .filter(token=token)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such evidence."))
    return found


def _editable(request: HttpRequest, found: Evidence) -> bool:
    today = timezone.now().date()
    return Evidence.objects.editable_by(request.user, today).filter(pk=found.pk).exists()


def _history(found: Evidence) -> list[tuple]:
    """(when, who, what changed) of each edit, newest first."""
    rows = list(found.history.select_related("history_user")[: SHOWN_HISTORY + 1])
    lines = []
    for new, old in zip(rows, [*rows[1:], None], strict=True):
        if old is None:
            what = _("created") if new.history_type == "+" else ""
        else:
            fields = new.diff_against(old).changed_fields
            labels = [str(Evidence._meta.get_field(name).verbose_name) for name in fields]
            what = ", ".join(labels)
        if what:
            lines.append((new.history_date, new.history_user, what))
    return lines[:SHOWN_HISTORY]
