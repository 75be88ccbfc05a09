"""The tables of `engagement`. Outside code imports from here, never from the modules inside."""

# Registry ---------------------------------------------------------------------------------------
from engagement.models.access import RegistryAccess

# Events, registrations and drafts ---------------------------------------------------------------
from engagement.models.attendance import CalendarMessage, CheckIn, EventInvitation
from engagement.models.comments import Comment, Disposition
from engagement.models.consent import Consent
from engagement.models.drafts import Draft, DraftVersion, Provision, ProvisionText
from engagement.models.events import Event, Iap2, Level, SeatPool, Session
from engagement.models.grants import Grant
from engagement.models.interactions import Interaction
from engagement.models.notices import Notice
from engagement.models.posts import Affiliation, Post, PostHolding
from engagement.models.registrations import Need, Registration, RegistrationTransition, Seat
from engagement.models.registry import (
    Category,
    EmailAddress,
    Organisation,
    Person,
    StakeholderName,
    Tag,
)
from engagement.models.segments import Segment
from engagement.models.users import User

__all__ = [
    "Affiliation",
    "Category",
    "Consent",
    "EmailAddress",
    "Grant",
    "Interaction",
    "Organisation",
    "Person",
    "Post",
    "PostHolding",
    "RegistryAccess",
    "Segment",
    "StakeholderName",
    "Tag",
    "User",
    # events, registrations, drafts
    "CalendarMessage",
    "CheckIn",
    "Comment",
    "Disposition",
    "Draft",
    "DraftVersion",
    "Event",
    "EventInvitation",
    "Iap2",
    "Level",
    "Need",
    "Notice",
    "Provision",
    "ProvisionText",
    "Registration",
    "RegistrationTransition",
    "Seat",
    "SeatPool",
    "Session",
]
