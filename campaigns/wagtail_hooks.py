"""What `campaigns` adds to the back office: the group Campaigns (230)."""

from wagtail import hooks

from campaigns.backoffice.viewsets import CampaignsGroup


@hooks.register("register_admin_viewset")
def register_campaigns():
    return CampaignsGroup()
