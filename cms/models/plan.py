"""The plan as the public reads it: frameworks, their areas, and what is measured there."""

from dataclasses import dataclass, field
from datetime import date

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path

from cms import live
from cms.models.story import StoryPage
from indicators import evidence, printed


@dataclass
class Branch:
    """A node of a framework with what lies below it."""

    node: object
    url: str
    children: list["Branch"] = field(default_factory=list)

    @property
    def is_retired(self) -> bool:
        return self.node.is_retired(timezone.now().date())

    @property
    def is_unconfirmed(self) -> bool:
        return self.node.title_status != "confirmed"

    @property
    def areas(self) -> list["Branch"]:
        """The children that an overview names: single measures are on the area's own page."""
        return [child for child in self.children if child.node.kind != "measure"]


def branches(framework, base: str, *, on: date | None = None) -> list[Branch]:
    """The framework's tree in one query; nodes of published surveys are not part of a plan.

    With `on` only what is part of the framework on that day.
    """
    nodes = framework.nodes.exclude(kind="survey")
    nodes = list(nodes if on is None else nodes.standing(on))
    found = {node.pk: Branch(node, f"{base}{framework.slug}/{node.key}/") for node in nodes}
    roots = []
    for node in nodes:
        above = found.get(node.parent_id)
        (above.children if above else roots).append(found[node.pk])
    return roots


class PlanPage(RoutablePageMixin, StoryPage):
    """The plan, with a page for each area below it. Titles come from the ledger."""

    frameworks = ParentalManyToManyField(
        "indicators.Framework",
        blank=True,
        related_name="+",
        verbose_name=_("frameworks shown"),
    )

    content_panels = [*StoryPage.content_panels, FieldPanel("frameworks")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.StandardPage"]
    max_count = 1
    template = "pages/plan.html"

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        base, today = self.get_url(request) or "/", timezone.now().date()
        shown = list(self.frameworks.order_by("position", "title"))
        context["plans"] = [
            {
                "framework": framework,
                "branches": branches(framework, base, on=today),
                "headline": printed.headline(framework),
                "beside": [one for one in shown if one.pk != framework.pk],
            }
            for framework in shown
        ]
        return context

    @path("")
    def overview(self, request):
        return self.render(request)

    @path("<slug:framework>/<slug:key>/")
    def area(self, request, framework: str, key: str):
        """One node: its parts, its indicators with their latest figures, what people told us."""
        from indicators.models import FrameworkNode, Indicator

        try:
            node = FrameworkNode.objects.select_related("framework", "parent").get(
                framework__slug=framework, key=key, framework__in=self.frameworks.all()
            )
        except FrameworkNode.DoesNotExist as error:
            raise Http404(f"The plan has no area {framework}/{key}.") from error
        base = self.get_url(request) or "/"
        tree = branches(node.framework, base)
        branch = _find(tree, node.pk)
        if branch is None:
            raise Http404(f"The plan has no area {framework}/{key}.")
        indicators = list(
            Indicator.objects.visible_to(request.user)
            .filter(node__in=_nodes(branch))
            .order_by("position", "code", "slug")
        )
        figures = live.figures([(indicator.slug, "ASEAN") for indicator in indicators])
        items = self.breadcrumb(request)
        items[-1]["url"] = base
        if node.parent_id:
            parent = _find(tree, node.parent_id)
            items.append({"label": str(parent.node), "url": parent.url})
        items.append({"label": str(node)})
        return self.render(
            request,
            template="pages/plan_area.html",
            context_overrides={
                "branch": branch,
                "indicators": [
                    {"indicator": one, "figure": figures.get((one.slug, "ASEAN"))}
                    for one in indicators
                ],
                "voices": evidence.of_nodes(_nodes(branch), request.user),
                "breadcrumb": items,
            },
        )


def _find(tree: list[Branch], pk: int) -> Branch | None:
    for branch in tree:
        if branch.node.pk == pk:
            return branch
        below = _find(branch.children, pk)
        if below:
            return below
    return None


def _nodes(branch: Branch) -> list:
    """The node of the branch and every node below it."""
    return [branch.node, *(node for child in branch.children for node in _nodes(child))]
