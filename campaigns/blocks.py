"""What a mailing's text is made of. Few blocks, because mail programs understand little."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


def open_surveys() -> list[tuple[str, str]]:
    """Return the waves a mailing may point to, as (short name, title)."""
    from surveys.models import Wave

    return [(wave.slug, str(wave)) for wave in Wave.objects.order_by("-pk")[:200]]


def events() -> list[tuple[str, str]]:
    """Return the events a mailing may point to, as (short name, title)."""
    from engagement.models import Event

    return [(event.slug, str(event)) for event in Event.objects.order_by("-pk")[:200]]


def indicators() -> list[tuple[str, str]]:
    """Return the indicators whose figure a mailing may show, as (short name, title)."""
    from indicators.models import Indicator

    rows = (
        Indicator.objects.described().order_by("code", "slug").values_list("slug", "code", "title")
    )
    return [(slug, f"{code} {title}".strip()) for slug, code, title in rows]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        description = _("A heading inside the message.")
        preview_value = "Your voice in the plan"


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs):
        super().__init__(features=["bold", "italic", "link", "ol", "ul"], **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        description = _("Text with bold, italic, lists and links. {name} is the person's name.")
        preview_value = "<p>Dear {salutation}, the consultation is open.</p>"


class ButtonBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Words on the button"), max_length=80)
    url = blocks.URLBlock(label=_("Address"))

    class Meta:
        icon = "link"
        label = _("Button")
        description = _("A link as a button.")
        preview_value = {"label": "Read the plan", "url": "https://example.org/plan/"}


class SurveyBlock(blocks.StructBlock):
    survey = blocks.ChoiceBlock(label=_("Survey"), choices=open_surveys)
    label = blocks.CharBlock(label=_("Words on the button"), max_length=80)

    class Meta:
        icon = "form"
        label = _("Survey")
        description = _("A button that opens a survey.")
        preview_value = {"survey": "", "label": "Answer the survey"}


class EventBlock(blocks.StructBlock):
    event = blocks.ChoiceBlock(label=_("Event"), choices=events)
    label = blocks.CharBlock(label=_("Words on the button"), max_length=80)

    class Meta:
        icon = "date"
        label = _("Event")
        description = _("Title, time and place of a consultation, with a button.")
        preview_value = {"event": "", "label": "Register"}


class FigureBlock(blocks.StructBlock):
    indicator = blocks.ChoiceBlock(label=_("Indicator"), choices=indicators)

    class Meta:
        icon = "order"
        label = _("Figure")
        description = _("The latest value of an indicator, read when the message is sent.")
        preview_value = {"indicator": ""}


class MailingBody(blocks.StreamBlock):
    """Everything a mailing's text may hold."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    button = ButtonBlock()
    survey = SurveyBlock()
    event = EventBlock()
    figure = FigureBlock()

    class Meta:
        icon = "mail"
        label = _("Text of a mailing")
        description = _("Headings, paragraphs, buttons, surveys, events and figures.")
