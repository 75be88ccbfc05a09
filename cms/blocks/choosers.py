"""Chooser blocks, with a stable import path for migrations."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms import choosers

MODULE = "cms.blocks.choosers"

IndicatorChooserBlock = choosers.indicator_chooser.get_block_class(
    name="IndicatorChooserBlock", module_path=MODULE
)
WaveChooserBlock = choosers.wave_chooser.get_block_class(
    name="WaveChooserBlock", module_path=MODULE
)
EventChooserBlock = choosers.event_chooser.get_block_class(
    name="EventChooserBlock", module_path=MODULE
)
CampaignChooserBlock = choosers.campaign_chooser.get_block_class(
    name="CampaignChooserBlock", module_path=MODULE
)


def area_choices() -> list[tuple[str, str]]:
    """(code, name) of every area that a figure can be shown for, groups first."""
    from indicators.models import Area

    return list(Area.objects.order_by("kind", "name").values_list("code", "name"))


class AreaBlock(blocks.ChoiceBlock):
    """The code of an area. Only the editor's form reads the list of areas, never a page."""

    def __init__(self, **kwargs):
        super().__init__(
            **{"choices": area_choices, "label": _("Area"), "default": "ASEAN"} | kwargs
        )

    def to_python(self, value):
        return value
