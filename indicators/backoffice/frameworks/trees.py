"""The list of frameworks, and the tree of one with everything that can be done to it."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from indicators.backoffice.access import needs
from indicators.frameworks import Branch, branches
from indicators.models import Framework, Indicator


@dataclass(frozen=True)
class Line:
    """A node on the page. `opens` begins the list of its parts, `closes` ends that many lists."""

    branch: Branch
    indicators: list[Indicator]
    is_retired: bool
    is_first: bool
    is_last: bool
    opens: bool
    closes: range


@require_safe
@needs("view_framework")
def index(request: HttpRequest) -> HttpResponse:
    """Every framework with how much it holds."""
    frameworks = Framework.objects.annotate(
        node_count=Count("nodes", distinct=True),
        indicator_count=Count("indicators", distinct=True),
        newest_version=Max("versions__number"),
    )
    return render(
        request,
        "indicators/backoffice/frameworks/index.html",
        {
            "page_title": _("Frameworks"),
            "header_icon": "list-ul",
            "frameworks": frameworks,
            "may_add": request.user.has_perm("indicators.add_framework"),
        },
    )


@require_safe
@needs("view_framework")
def tree(request: HttpRequest, slug: str) -> HttpResponse:
    """The tree, with indicators at the nodes they measure."""
    framework = get_object_or_404(Framework, slug=slug)
    user = request.user
    by_node: dict[int | None, list[Indicator]] = defaultdict(list)
    for indicator in Indicator.objects.visible_to(user).filter(framework=framework):
        by_node[indicator.node_id].append(indicator)
    return render(
        request,
        "indicators/backoffice/frameworks/tree.html",
        {
            "page_title": str(framework),
            "page_subtitle": _("framework"),
            "header_icon": "list-ul",
            "framework": framework,
            "lines": lines(framework, by_node),
            "homeless": by_node[None],
            "others": list(Framework.objects.exclude(pk=framework.pk)),
            "may_change": user.has_perm("indicators.change_framework"),
            "may_change_nodes": user.has_perm("indicators.change_frameworknode"),
            "may_change_indicators": user.has_perm("indicators.change_indicator"),
            "may_see_changes": user.has_perm("indicators.view_revision"),
        },
    )


def lines(framework: Framework, by_node: dict[int | None, list[Indicator]]) -> list[Line]:
    """The tree as a template can write it without calling itself."""
    today = timezone.now().date()
    found: list[Line] = []

    def end(place: int, siblings: list[Branch]) -> bool:
        return place == len(siblings) - 1

    roots = branches(framework.nodes.order_by("position", "code"))
    # (siblings, place, how many lists end behind this one)
    waiting = [(roots, place, 0) for place in reversed(range(len(roots)))]
    while waiting:
        siblings, place, ending = waiting.pop()
        branch = siblings[place]
        parts = branch.children
        found.append(
            Line(
                branch=branch,
                indicators=by_node.get(branch.node.pk, []),
                is_retired=branch.node.is_retired(today),
                is_first=place == 0,
                is_last=end(place, siblings),
                opens=bool(parts),
                closes=range(0 if parts else ending),
            )
        )
        for number in reversed(range(len(parts))):
            waiting.append((parts, number, ending + 1 if end(number, parts) else 0))
    return found
