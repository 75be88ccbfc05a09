"""What pages are made of. Blocks stand below pages: pages import blocks, never the reverse."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.live import CampaignBlock, ChartBlock, EventBlock, FigureBlock, SurveyBlock
from cms.blocks.text import (
    ActionBlock,
    DocumentsBlock,
    HeadingBlock,
    ImageBlock,
    ParagraphBlock,
    QuoteBlock,
    TableBlock,
)


class StoryBlock(blocks.StreamBlock):
    """The body of every page."""

    heading = HeadingBlock(group=_("Text"))
    paragraph = ParagraphBlock(group=_("Text"))
    quote = QuoteBlock(group=_("Text"))
    image = ImageBlock(group=_("Text"))
    table = TableBlock(group=_("Text"))
    figure = FigureBlock(group=_("Live"))
    chart = ChartBlock(group=_("Live"))
    survey = SurveyBlock(group=_("Live"))
    event = EventBlock(group=_("Live"))
    campaign = CampaignBlock(group=_("Live"))
    documents = DocumentsBlock(group=_("Links"))
    action = ActionBlock(group=_("Links"))

    class Meta:
        label = _("Body")
        template = "blocks/story.html"


class FiguresBlock(blocks.StreamBlock):
    """A row of key figures."""

    figure = FigureBlock()

    class Meta:
        label = _("Key figures")
        template = "blocks/figures.html"


__all__ = ["FiguresBlock", "StoryBlock"]
