"""What `engagement` adds to the back office: the groups Stakeholders (200) and Events (210)."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSetGroup

from engagement.backoffice.directory import (
    AccessViewSet,
    CategoryViewSet,
    GrantViewSet,
    InteractionViewSet,
    TagViewSet,
)
from engagement.backoffice.posts import PostViewSet
from engagement.backoffice.segments import SegmentViewSet
from engagement.backoffice.stakeholders import OrganisationViewSet, PersonViewSet

# Stakeholders -----------------------------------------------------------------------------------


class StakeholdersGroup(ModelViewSetGroup):
    menu_label = _("Stakeholders")
    menu_icon = "group"
    menu_order = 200
    items = (
        PersonViewSet,
        OrganisationViewSet,
        PostViewSet,
        SegmentViewSet,
        InteractionViewSet,
        CategoryViewSet,
        TagViewSet,
        GrantViewSet,
        AccessViewSet,
    )


@hooks.register("register_admin_viewset")
def register_stakeholders():
    return StakeholdersGroup()


# Events -----------------------------------------------------------------------------------------
