"""Blocks that hold what an editor writes."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("A heading of a part of the page.")
        template = "blocks/heading.html"
        preview_value = "What happens with your answers"


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs):
        super().__init__(features=["h3", *TEXT_FEATURES], **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        description = _("Paragraphs, small headings, lists and links.")
        template = "blocks/paragraph.html"
        preview_value = "<p>The plan was consulted on with <b>every</b> member state.</p>"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Words"))
    speaker = blocks.CharBlock(label=_("Who said it"), required=False)
    source = blocks.CharBlock(label=_("Where and when"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        description = _("Words of a person or a document, with where they come from.")
        template = "blocks/quote.html"
        preview_value = {
            "text": "Ask first, then write.",
            "speaker": "A participant",
            "source": "Sample text",
        }


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    alternative = blocks.CharBlock(
        label=_("What it shows"),
        required=False,
        help_text=_("For people who cannot see it. Empty for pure decoration."),
    )
    caption = blocks.CharBlock(label=_("Caption and source"), required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        description = _("A picture with a description and its source.")
        template = "blocks/image.html"
        preview_value = {"image": None, "alternative": "", "caption": "Caption and source"}


class DocumentsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False)
    documents = blocks.ListBlock(DocumentChooserBlock(label=_("Document")))

    class Meta:
        icon = "doc-full"
        label = _("Documents")
        description = _("Files to download, with type and size.")
        template = "blocks/documents.html"
        preview_value = {"title": "To read before you answer", "documents": []}


class ActionBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("Text"), required=False)
    label = blocks.CharBlock(label=_("Words on the button"), max_length=60)
    page = blocks.PageChooserBlock(label=_("Page"), required=False)
    address = blocks.CharBlock(
        label=_("or an address"),
        required=False,
        help_text=_("On this site, such as /surveys/, or a full https address."),
    )

    def clean(self, value):
        value = super().clean(value)
        address = value.get("address") or ""
        if not value.get("page") and not address:
            raise blocks.StructBlockValidationError(
                block_errors={"page": ValidationError(_("Choose a page or give an address."))}
            )
        leads_here = address.startswith("/") and not address.startswith(("//", "/\\"))
        if (
            address
            and not leads_here
            and not address.startswith(("https://", "http://", "mailto:"))
        ):
            raise blocks.StructBlockValidationError(
                block_errors={
                    "address": ValidationError(
                        _("An address begins with / on this site, or with https:// elsewhere.")
                    )
                }
            )
        return value

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        page = value.get("page")
        context["url"] = page.url if page else value.get("address")
        return context

    class Meta:
        icon = "pick"
        label = _("Call to action")
        description = _("A title, a sentence and one button.")
        template = "blocks/action.html"
        preview_value = {
            "title": "Tell us what matters to you",
            "text": "Ten minutes, eleven languages, no name.",
            "label": "Answer the survey",
            "page": None,
            "address": "/surveys/",
        }


class TableBlock(TypedTableBlock):
    def __init__(self, **kwargs):
        super().__init__(
            [
                ("text", blocks.CharBlock(label=_("Text"), required=False)),
                ("number", blocks.DecimalBlock(label=_("Number"), required=False)),
            ],
            **kwargs,
        )

    class Meta:
        icon = "table"
        label = _("Table")
        description = _("A table of text and numbers, with a caption.")
        template = "blocks/table.html"
        preview_value = {
            "columns": [
                {"type": "text", "heading": "Member state"},
                {"type": "number", "heading": "Answers"},
            ],
            "rows": [{"values": ["Indonesia", 412]}, {"values": ["Viet Nam", 377]}],
            "caption": "Sample values, not real",
        }
