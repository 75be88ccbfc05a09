"""Every write that touches more than one row. Outside code imports from here."""

# Registry ---------------------------------------------------------------------------------------
from engagement.services.consent import give_consent, withdraw_consent
from engagement.services.interactions import record_interaction

# Events, registrations and drafts ---------------------------------------------------------------

__all__ = [
    "give_consent",
    "record_interaction",
    "withdraw_consent",
    # events, registrations, drafts
]
