"""A page whose body is made of blocks."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms import live
from cms.blocks import StoryBlock
from cms.models.basepage import BasePage


class StoryPage(BasePage):
    """Adds the body, and reads the figures of all its blocks together."""

    body = StreamField(StoryBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    class Meta:
        abstract = True

    def figure_streams(self) -> list:
        """The streams of this page that may hold figure blocks."""
        return [self.body]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["figures"] = live.figures_on(*self.figure_streams())
        return context
