"""What `engagement` adds to the back office: the groups Stakeholders (200) and Events (210)."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSetGroup

from engagement.backoffice.consultations import CommentViewSet, DraftViewSet
from engagement.backoffice.directory import (
    AccessViewSet,
    CategoryViewSet,
    GrantViewSet,
    InteractionViewSet,
    TagViewSet,
)
from engagement.backoffice.events import EventViewSet
from engagement.backoffice.posts import PostViewSet
from engagement.backoffice.registrations import RegistrationViewSet
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


class EventsGroup(ModelViewSetGroup):
    menu_label = _("Events")
    menu_icon = "calendar-alt"
    menu_order = 210
    items = (EventViewSet, RegistrationViewSet, DraftViewSet, CommentViewSet)


@hooks.register("register_admin_viewset")
def register_events():
    return EventsGroup()
