"""The home page: what is asked now, what was measured, what is new."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField

from cms import live
from cms.blocks import FiguresBlock
from cms.models.news import NewsPage
from cms.models.story import StoryPage


class HomePage(StoryPage):
    """The front door. Surveys, consultations and news list themselves."""

    hero_title = models.CharField(_("headline"), max_length=120)
    headline_figures = StreamField(
        FiguresBlock(max_num=4), blank=True, verbose_name=_("headline figures")
    )
    campaign_page = models.ForeignKey(
        "cms.CampaignPage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("campaign shown"),
    )

    content_panels = [
        *StoryPage.content_panels[:1],
        MultiFieldPanel([FieldPanel("hero_title"), FieldPanel("lead")], heading=_("Head")),
        FieldPanel("headline_figures"),
        PageChooserPanel("campaign_page"),
        FieldPanel("body"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "cms.PlanPage",
        "cms.NewsIndexPage",
        "cms.CampaignPage",
        "cms.ResourceIndexPage",
        "cms.StandardPage",
    ]
    max_count = 1
    template = "pages/home.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def figure_streams(self) -> list:
        return [self.headline_figures, self.body]

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        at = timezone.now()
        waves = live.open_waves(at=at)
        campaign = self.campaign_page
        context |= {
            "waves": waves,
            "featured_wave": waves[0] if waves else None,
            "events": live.upcoming_events(at=at),
            "campaign_page": campaign if campaign and campaign.live else None,
            "news": list(NewsPage.objects.live().public().order_by("-published_on", "-pk")[:3]),
            "news_url": live.first_url("cms.NewsIndexPage"),
        }
        return context
