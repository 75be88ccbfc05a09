"""What every page type shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index


class BasePage(Page):
    """A page with an introduction, which lists, search results and link previews use too."""

    lead = models.TextField(
        _("introduction"),
        blank=True,
        max_length=400,
        help_text=_("One to three sentences at the head of the page and wherever it is listed."),
    )

    content_panels = [*Page.content_panels, FieldPanel("lead")]
    search_fields = [*Page.search_fields, index.SearchField("lead")]
    show_in_menus_default = False

    class Meta:
        abstract = True

    @property
    def description(self) -> str:
        """What search engines and link previews say about the page."""
        return self.search_description or self.lead

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["breadcrumb"] = self.breadcrumb(request) if self.depth > 2 else []
        return context

    def breadcrumb(self, request) -> list[dict[str, str]]:
        """The live pages above this one, from the home page down, and this one."""
        above = self.get_ancestors().filter(depth__gte=2).live().order_by("depth")
        items = [{"label": page.title, "url": page.get_url(request) or "/"} for page in above]
        if items:
            items[0]["label"] = _("Home")
        return [*items, {"label": self.title}]
