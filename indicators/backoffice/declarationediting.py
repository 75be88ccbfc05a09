"""Writing declarations, commitments and actions: three forms that are saved in one way."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from indicators.backoffice.access import needs
from indicators.backoffice.declarationforms import (
    CommitmentForm,
    DeclarationForm,
    FollowUpForm,
)
from indicators.backoffice.declarations import bodies_reporting
from indicators.errors import EditedMeanwhile, IndicatorsError, InvalidEntry, ReasonRequired
from indicators.models import Activity, Commitment, Declaration, FollowUp
from indicators.services import save_commitment, save_declaration, save_follow_up

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@_form_page
@needs("view_declaration")
def declaration(request: HttpRequest, token: str = "") -> HttpResponse:
    """Add a declaration, or change one."""
    found = _found(Declaration, request, token) if token else None
    _may(request, "declaration", found)
    form = DeclarationForm(request.POST or None, instance=found)
    return _edit(
        request,
        form,
        title=str(found) if found else _("New declaration"),
        save=lambda: save_declaration(declaration=found, facts=form.facts(), **_by(request, form)),
        after=lambda saved: redirect("indicators_office:declarations"),
    )


@_form_page
@needs("view_declaration")
def new_commitment(request: HttpRequest, token: str) -> HttpResponse:
    """Add a commitment to a declaration."""
    _may(request, "commitment", None)
    return _commitment(request, _found(Declaration, request, token), None)


@_form_page
@needs("view_declaration")
def commitment(request: HttpRequest, token: str) -> HttpResponse:
    """Change a commitment."""
    found = _found(Commitment, request, token)
    _may(request, "commitment", found)
    return _commitment(request, found.declaration, found)


@_form_page
@needs("view_declaration")
def new_action(request: HttpRequest, token: str) -> HttpResponse:
    """Add what a body does about a commitment it answers for."""
    found = _found(Commitment, request, token)
    bodies = bodies_reporting(request, found)
    if not bodies.exists():
        raise Http404
    return _action(request, found, None, bodies)


@_form_page
@needs("view_declaration")
def action(request: HttpRequest, token: str) -> HttpResponse:
    """Change an action of a body the person reports for today."""
    found = get_object_or_404(
        FollowUp.objects.editable_by(request.user, timezone.now().date()).select_related(
            "commitment__declaration", "body"
        ),
        token=token,
    )
    bodies = bodies_reporting(request, found.commitment)
    return _action(request, found.commitment, found, bodies)


def _commitment(
    request: HttpRequest, parent: Declaration, found: Commitment | None
) -> HttpResponse:
    form = CommitmentForm(request.POST or None, instance=found)
    return _edit(
        request,
        form,
        title=_("Commitment") if found else _("New commitment"),
        about=str(parent),
        save=lambda: save_commitment(
            declaration=parent,
            commitment=found,
            facts=form.facts(),
            responsible_bodies=list(form.cleaned_data["responsible_bodies"]),
            **_by(request, form),
        ),
        after=lambda saved: redirect("indicators_office:commitment", saved.token),
    )


def _action(
    request: HttpRequest, parent: Commitment, found: FollowUp | None, bodies: Any
) -> HttpResponse:
    activities = (
        Activity.objects.visible_to(request.user)
        .filter(lead_body__in=parent.responsible_bodies.all())
        .select_related("lead_body")
    )
    form = FollowUpForm(request.POST or None, instance=found, bodies=bodies, activities=activities)
    return _edit(
        request,
        form,
        title=_("Action") if found else _("New action"),
        about=str(parent),
        save=lambda: save_follow_up(
            commitment=parent, follow_up=found, facts=form.facts(), **_by(request, form)
        ),
        after=lambda saved: redirect("indicators_office:commitment", parent.token),
    )


def _edit(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    save: Callable[[], Any],
    after: Callable[[Any], HttpResponse],
    about: str = "",
) -> HttpResponse:
    status, conflicts = 200, ()
    version = form["version"].value() or ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save()
            except EditedMeanwhile as error:
                form.add_error(None, str(error))
                form.instance.refresh_from_db()
                version, conflicts, status = form.instance.version, error.conflicts, 409
            except InvalidEntry as error:
                form.add_error(error.field or None, str(error))
            except ReasonRequired as error:
                form.add_error("withdrawn_reason", str(error))
            except IndicatorsError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Saved."))
                return after(saved)
    return render(
        request,
        "indicators/backoffice/declaration_form.html",
        {
            "page_title": title,
            "header_icon": "edit",
            "about": about,
            "form": form,
            "version": version,
            "conflicts": conflicts,
        },
        status=status,
    )


def _found(model: Any, request: HttpRequest, token: str) -> Any:
    return get_object_or_404(model.objects.visible_to(request.user), token=token)


def _may(request: HttpRequest, name: str, existing: Any) -> None:
    if not request.user.has_perm(f"indicators.{'change' if existing else 'add'}_{name}"):
        raise Http404


def _by(request: HttpRequest, form: Any) -> dict[str, Any]:
    return {
        "version": form.cleaned_data["version"] if form.instance.pk else None,
        "by": request.user,
        "at": timezone.now(),
        "reason": form.cleaned_data.get("reason", ""),
    }
