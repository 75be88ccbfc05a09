"""Pages of text (about, privacy) and the list of resources."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.search import index

from cms.models.basepage import BasePage
from cms.models.story import StoryPage


class StandardPage(StoryPage):
    """A page of text."""

    parent_page_types = ["cms.HomePage", "cms.CampaignPage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]
    template = "pages/standard.html"

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")


class ResourceBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("What it is"), required=False)
    publisher = blocks.CharBlock(label=_("Publisher and date"), required=False)
    document = DocumentChooserBlock(label=_("File"), required=False)
    address = blocks.URLBlock(label=_("or where it is published"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Resource")
        description = _("A document to download or a publication elsewhere.")
        template = "blocks/resource.html"
        preview_value = {
            "title": "A sample document",
            "text": "What stands in it, in one sentence.",
            "publisher": "Publisher, 2025",
            "document": None,
            "address": "https://example.org/",
        }


class ResourceIndexPage(BasePage):
    """Documents and publications that a reader may need."""

    resources = StreamField(
        [("resource", ResourceBlock())], blank=True, verbose_name=_("resources")
    )

    content_panels = [*BasePage.content_panels, FieldPanel("resources")]
    search_fields = [*BasePage.search_fields, index.SearchField("resources")]
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    template = "pages/resources.html"

    class Meta:
        verbose_name = _("list of resources")
        verbose_name_plural = _("lists of resources")
