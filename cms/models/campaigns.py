"""The public page of a campaign."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms import live
from cms.choosers import campaign_chooser
from cms.models.basepage import BasePage
from cms.models.story import StoryPage


class CampaignPage(StoryPage):
    """What a campaign wants, and every way to take part: read from the campaign itself."""

    campaign = models.ForeignKey(
        "campaigns.Campaign",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("campaign"),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("campaign", widget=campaign_chooser.widget_class),
        FieldPanel("body"),
    ]
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.StandardPage"]
    template = "pages/campaign.html"

    class Meta:
        verbose_name = _("campaign page")
        verbose_name_plural = _("campaign pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        at = timezone.now()
        campaign = self.campaign
        context["campaign"] = live.campaign_state(campaign, at=at)
        if campaign is None:
            return context
        slugs = list(campaign.indicators.values_list("slug", flat=True))
        found = live.figures([(slug, "ASEAN") for slug in slugs])
        context |= {
            "nodes": list(campaign.nodes.select_related("framework")),
            "campaign_figures": list(found.values()),
            "waves": live.open_waves_of(list(campaign.surveys.all()), at=at),
            "events": live.events_of(campaign, at=at),
        }
        return context
