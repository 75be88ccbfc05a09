"""Two frameworks side by side, and what of one continues what of the other."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from indicators import services
from indicators.backoffice.access import needs
from indicators.backoffice.frameworks.forms import MappingForm
from indicators.frameworks import mapped
from indicators.models import Framework, NodeMapping


@require_http_methods(["GET", "HEAD", "POST"])
@needs("view_framework")
def beside(request: HttpRequest, slug: str, other: str) -> HttpResponse:
    """Both trees, every pair that is mapped, and what is not; a form for another pair."""
    left, right = get_object_or_404(Framework, slug=slug), get_object_or_404(Framework, slug=other)
    may_map = request.user.has_perm("indicators.change_nodemapping")
    if left == right or (request.method == "POST" and not may_map):
        raise Http404
    edited = _edited(request, left, right)
    form = MappingForm(
        request.POST if request.method == "POST" else None, instance=edited, left=left, right=right
    )
    if request.method == "POST" and form.is_valid():
        services.map_nodes(by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The two nodes are mapped."))
        return redirect("indicators_office:framework_mapping", slug=slug, other=other)
    return render(
        request,
        "indicators/backoffice/frameworks/mapping.html",
        {
            "page_title": _("Mapping"),
            "page_subtitle": f"{left} · {right}",
            "header_icon": "link",
            "beside": mapped.side_by_side(left, right),
            "form": form if may_map else None,
            "may_map": may_map,
        },
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@needs("delete_nodemapping")
def remove(request: HttpRequest, slug: str, other: str, pk: int) -> HttpResponse:
    """Take one mapping back."""
    mapping = get_object_or_404(
        NodeMapping,
        pk=pk,
        from_node__framework__slug__in=[slug, other],
        to_node__framework__slug__in=[slug, other],
    )
    services.unmap_nodes(mapping=mapping, by=request.user, at=timezone.now())
    messages.success(request, _("The mapping is taken back."))
    return redirect("indicators_office:framework_mapping", slug=slug, other=other)


def _edited(request: HttpRequest, left: Framework, right: Framework) -> NodeMapping | None:
    """The pair whose note is to be changed, when the page was opened for it."""
    wanted = request.GET.get("pair", "")
    if not wanted.isdecimal() or len(wanted) > 15:
        return None
    return NodeMapping.objects.filter(
        pk=wanted, from_node__framework=left, to_node__framework=right
    ).first()
