"""Describing a framework and shaping its tree. Everything works with plain forms."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.frameworks.forms import FrameworkForm, MoveForm, NodeForm, RetireForm
from indicators.errors import IndicatorsError
from indicators.frameworks import below
from indicators.models import Framework, FrameworkNode


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_framework")
def add(request: HttpRequest) -> HttpResponse:
    """A new framework, still without nodes."""
    return _framework_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_framework")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What is said about a framework as a whole."""
    return _framework_form(request, get_object_or_404(Framework, slug=slug))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("add_frameworknode")
def add_node(request: HttpRequest, slug: str) -> HttpResponse:
    """A new node, below the one named by `under` or on top."""
    framework = get_object_or_404(Framework, slug=slug)
    wanted = request.GET.get("under", "")
    parent = get_object_or_404(framework.nodes, token=wanted) if wanted else None
    form = NodeForm(request.POST if request.method == "POST" else None, kinds=_kinds(framework))
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        values = {name: getattr(made, name) for name in (*NodeForm.Meta.fields, "titles")}
        services.add_node(
            framework=framework, parent=parent, by=request.user, at=timezone.now(), **values
        )
        messages.success(request, _("“%(node)s” is part of the framework.") % {"node": made})
        return redirect("indicators_office:framework", slug=framework.slug)
    title = _("New part of %(node)s") % {"node": parent} if parent else _("New node on top")
    return _form(request, form, title, framework, _("Add the node"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_frameworknode")
def edit_node(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Code, titles, level and source of a node."""
    node = _node(slug, token)
    form = NodeForm(
        request.POST if request.method == "POST" else None,
        instance=node,
        kinds=_kinds(node.framework),
    )
    if request.method == "POST" and form.is_valid():
        form.save(commit=False)
        services.save_with_history(node, by=request.user, at=timezone.now())
        messages.success(request, _("“%(node)s” is saved.") % {"node": node})
        return redirect("indicators_office:framework", slug=slug)
    return _form(request, form, _("Edit a node"), node.framework, _("Save the node"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_frameworknode")
def move_node(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Give a node, with everything below it, another place."""
    node = _node(slug, token)
    nodes = list(node.framework.nodes.order_by("position", "code"))
    form = MoveForm(request.POST if request.method == "POST" else None, nodes=nodes, moved=node)
    if request.method == "POST" and form.is_valid():
        parent, before = form.place
        try:
            services.move_node(
                node=node, parent=parent, before=before, by=request.user, at=timezone.now()
            )
        except IndicatorsError as error:
            form.add_error("node", str(error))
        else:
            messages.success(request, _("“%(node)s” has moved.") % {"node": node})
            return redirect("indicators_office:framework", slug=slug)
    title = _("Move %(node)s") % {"node": node}
    return _form(request, form, title, node.framework, _("Move it"))


@require_POST
@needs("change_frameworknode")
def shift_node(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """One place up or down among its siblings."""
    node = _node(slug, token)
    steps = -1 if request.POST.get("to") == "up" else 1
    if services.shift_node(node=node, steps=steps, by=request.user, at=timezone.now()):
        messages.success(request, _("“%(node)s” has changed places.") % {"node": node})
    address = redirect("indicators_office:framework", slug=slug)
    address["Location"] += f"#node-{node.token}"
    return address


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_frameworknode")
def retire_node(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Take a node out of the framework from a day on, or put a retired one back."""
    node = _node(slug, token)
    now = timezone.now()
    if request.method == "POST" and "reinstate" in request.POST:
        services.reinstate_node(node=node, by=request.user, at=now)
        messages.success(request, _("“%(node)s” is part of the framework again.") % {"node": node})
        return redirect("indicators_office:framework", slug=slug)
    form = RetireForm(
        request.POST if request.method == "POST" else None, initial={"on": now.date()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            number = services.retire_node(node=node, by=request.user, at=now, **form.cleaned_data)
        except IndicatorsError as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("%(number)s nodes are retired.") % {"number": number})
            return redirect("indicators_office:framework", slug=slug)
    inside = below(node, node.framework.nodes.all())
    return _form(
        request,
        form,
        _("Retire %(node)s") % {"node": node},
        node.framework,
        _("Retire it"),
        notes=[
            _(
                "%(number)s nodes are retired with it: everything below it. Nothing is deleted; "
                "indicators and activities keep the node."
            )
            % {"number": len(inside)}
        ],
    )


def _framework_form(request: HttpRequest, framework: Framework | None) -> HttpResponse:
    form = FrameworkForm(request.POST if request.method == "POST" else None, instance=framework)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        services.save_with_history(saved, by=request.user, at=timezone.now())
        messages.success(request, _("“%(framework)s” is saved.") % {"framework": saved})
        return redirect("indicators_office:framework", slug=saved.slug)
    title = _("Edit the framework") if framework else _("New framework")
    further = []
    if framework is not None:
        address = reverse("indicators_office:printed_facts", args=[framework.slug])
        further.append((address, _("Printed figures")))
    return _form(request, form, title, framework, _("Save the framework"), further=further)


def _form(
    request: HttpRequest,
    form: object,
    title: str,
    framework: Framework | None,
    save_label: str,
    notes: list[str] | None = None,
    further: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    return render(
        request,
        "indicators/backoffice/frameworks/form.html",
        {
            "page_title": title,
            "page_subtitle": str(framework) if framework else "",
            "header_icon": "edit",
            "framework": framework,
            "form": form,
            "save_label": save_label,
            "notes": notes or [],
            "further": further,
        },
        status=422 if request.method == "POST" else 200,
    )


def _node(slug: str, token: str) -> FrameworkNode:
    return get_object_or_404(
        FrameworkNode.objects.select_related("framework", "parent"),
        framework__slug=slug,
        token=token,
    )


def _kinds(framework: Framework) -> list[str]:
    found = framework.nodes.order_by().values_list("kind", flat=True).distinct()
    return sorted({FrameworkNode(kind=kind).kind for kind in found})
