"""What `campaigns` adds to the back office: the group Campaigns (230)."""

from django.urls import include, path
from wagtail import hooks

from campaigns.backoffice.viewsets import CampaignsGroup


@hooks.register("register_admin_viewset")
def register_campaigns():
    return CampaignsGroup()


@hooks.register("register_admin_urls")
def invitation_urls():
    from campaigns.backoffice import invitation_urls as urls

    return [path("surveys/", include(urls))]


@hooks.register("surveys_wave_links")
def invitation_links(request, wave):
    from campaigns.backoffice.invitations import wave_links

    return wave_links(request, wave)
