"""The tables of `engagement`. Outside code imports from here, never from the modules inside."""

# Registry ---------------------------------------------------------------------------------------
from engagement.models.access import RegistryAccess
from engagement.models.consent import Consent
from engagement.models.grants import Grant
from engagement.models.interactions import Interaction
from engagement.models.posts import Affiliation, Post, PostHolding
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

# Events, registrations and drafts ---------------------------------------------------------------

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
]
