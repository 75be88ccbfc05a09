"""News: a dated list and its items."""

from django.core.paginator import Paginator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from cms.models.basepage import BasePage
from cms.models.story import StoryPage

PER_PAGE = 10


class NewsIndexPage(BasePage):
    """All news, the latest first."""

    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    max_count = 1
    template = "pages/news_index.html"

    class Meta:
        verbose_name = _("news list")
        verbose_name_plural = _("news lists")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        items = NewsPage.objects.child_of(self).live().public().order_by("-published_on", "-pk")
        context["page_obj"] = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
        return context


class NewsPage(StoryPage):
    """One item of news."""

    published_on = models.DateField(_("date"), default=timezone.localdate)
    source = models.CharField(
        _("source"),
        max_length=300,
        blank=True,
        help_text=_("Where the facts come from, so that a reader can check them."),
    )
    is_demonstration = models.BooleanField(_("demonstration data"), default=False)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("published_on"),
        FieldPanel("body"),
        FieldPanel("source"),
        FieldPanel("is_demonstration"),
    ]
    search_fields = [*StoryPage.search_fields, index.FilterField("published_on")]
    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types = []
    template = "pages/news.html"

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")
