"""Every write that touches more than one row. Outside code imports from here."""

# Registry ---------------------------------------------------------------------------------------
from engagement.services.consent import give_consent, withdraw_consent
from engagement.services.interactions import record_interaction
from engagement.services.posts import appoint, end_holding

# Events, registrations and drafts ---------------------------------------------------------------

__all__ = [
    "appoint",
    "end_holding",
    "give_consent",
    "record_interaction",
    "withdraw_consent",
    # events, registrations, drafts
]
