"""Page types of the public site, and what is set for the whole site."""

from cms.models.campaigns import CampaignPage
from cms.models.home import HomePage
from cms.models.news import NewsIndexPage, NewsPage
from cms.models.plan import PlanPage
from cms.models.settings import SiteSettings
from cms.models.standard import ResourceIndexPage, StandardPage

__all__ = [
    "CampaignPage",
    "HomePage",
    "NewsIndexPage",
    "NewsPage",
    "PlanPage",
    "ResourceIndexPage",
    "SiteSettings",
    "StandardPage",
]
