"""Blocks that keep a reference and read what stands there when the page is shown.

A page never stores a number or a state. Figures of one page are read together: the page prepares
them (`cms.live.figures_on`) and the block finds its own in the context; a block shown alone, as in
the editor's preview, reads for itself.
"""

from types import SimpleNamespace

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import live
from cms.blocks.choosers import (
    AreaBlock,
    CampaignChooserBlock,
    EventChooserBlock,
    IndicatorChooserBlock,
    WaveChooserBlock,
)

SAMPLE_FIGURE = SimpleNamespace(
    title=_("A sample figure"),
    observation=True,
    value_text="72.4 %",
    interval_text="69.8 to 74.9 %",
    n=2200,
    n_effective=None,
    period="2026",
    is_demonstration=True,
    is_stale=False,
    url="",
)


class _OfIndicator(blocks.StructBlock):
    indicator = IndicatorChooserBlock(label=_("Indicator"), required=False)
    area = AreaBlock()


class FigureBlock(_OfIndicator):
    heading = blocks.CharBlock(
        label=_("Title"),
        required=False,
        help_text=_("In plain words; the indicator's own title when empty."),
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        indicator = value.get("indicator")
        if indicator is None:
            context["figure"] = SAMPLE_FIGURE if value.get("heading") == SAMPLE_HEADING else None
        else:
            key = (indicator.slug, value.get("area") or "ASEAN")
            prepared = (parent_context or {}).get("figures")
            if prepared is None or key not in prepared:
                prepared = live.figures([key])
            context["figure"] = prepared.get(key)
        return context

    class Meta:
        icon = "order"
        label = _("Key figure")
        description = _("The latest value of an indicator, with its interval and its source.")
        template = "blocks/figure.html"


# The preview shows a made-up figure; only the preview has this exact heading and no indicator.
SAMPLE_HEADING = "Share of people who have heard of ASEAN (sample)"
FigureBlock._meta_class.preview_value = {
    "indicator": None,
    "area": "ASEAN",
    "heading": SAMPLE_HEADING,
}


class ChartBlock(_OfIndicator):
    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        indicator = value.get("indicator")
        context["chart"] = (
            live.chart(indicator, value.get("area") or "ASEAN") if indicator else None
        )
        return context

    class Meta:
        icon = "history"
        label = _("Chart of an indicator")
        description = _("How an indicator has moved, with the same values as a table.")
        template = "blocks/chart.html"
        preview_value = {"indicator": None, "area": "ASEAN"}


class SurveyBlock(blocks.StructBlock):
    wave = WaveChooserBlock(label=_("Survey wave"), required=False)
    text = blocks.TextBlock(label=_("Why to answer"), required=False)
    label = blocks.CharBlock(
        label=_("Words on the button"), max_length=60, default=_("Answer the survey")
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["survey"] = live.wave_state(value.get("wave"))
        return context

    class Meta:
        icon = "form"
        label = _("Survey")
        description = _("An invitation to answer, with the state of the survey now.")
        template = "blocks/survey.html"
        preview_value = {
            "wave": None,
            "text": "Ten minutes, in your language, without your name.",
            "label": "Answer the survey",
        }


class EventBlock(blocks.StructBlock):
    event = EventChooserBlock(label=_("Event"), required=False)
    text = blocks.TextBlock(label=_("Why to come"), required=False)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["event"] = live.event_state(value.get("event"))
        return context

    class Meta:
        icon = "date"
        label = _("Consultation")
        description = _("A consultation event with its date, its place and its state now.")
        template = "blocks/event.html"
        preview_value = {"event": None, "text": "Everybody concerned may come and speak."}


class CampaignBlock(blocks.StructBlock):
    campaign = CampaignChooserBlock(label=_("Campaign"), required=False)
    text = blocks.TextBlock(label=_("Text"), required=False)

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["campaign"] = live.campaign_state(value.get("campaign"))
        return context

    class Meta:
        icon = "group"
        label = _("Campaign")
        description = _("A campaign with its period, linked to its page.")
        template = "blocks/campaign.html"
        preview_value = {"campaign": None, "text": "Have your say on the plan."}
