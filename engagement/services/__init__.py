"""Every write that touches more than one row. Outside code imports from here."""

# Registry ---------------------------------------------------------------------------------------
# Events, registrations and drafts ---------------------------------------------------------------
from engagement.services.attendance import check_in
from engagement.services.consent import give_consent, withdraw_consent
from engagement.services.drafts import (
    answer_comment,
    close_version,
    comment_on,
    confirm_comment,
    hide_comment,
    open_version,
    show_comment,
    withdraw_comment,
    write_provision,
)
from engagement.services.events import (
    add_pool,
    call_off,
    change_capacity,
    save_event,
    send_reminders,
)
from engagement.services.interactions import record_interaction
from engagement.services.notices import queue_notice, send_due_notices
from engagement.services.offers import accept_offer, decline_offer, expire_offers, offer_seat
from engagement.services.posts import appoint, end_holding
from engagement.services.registrations import (
    NeedWanted,
    Registered,
    add_by_staff,
    approve,
    cancel,
    confirm_email,
    events_wording,
    register,
    reject,
)
from engagement.services.waiting import promote

__all__ = [
    "appoint",
    "end_holding",
    "give_consent",
    "record_interaction",
    "withdraw_consent",
    # events, registrations, drafts
    "NeedWanted",
    "Registered",
    "accept_offer",
    "add_by_staff",
    "add_pool",
    "answer_comment",
    "approve",
    "call_off",
    "cancel",
    "change_capacity",
    "check_in",
    "close_version",
    "comment_on",
    "confirm_comment",
    "confirm_email",
    "events_wording",
    "decline_offer",
    "expire_offers",
    "hide_comment",
    "offer_seat",
    "open_version",
    "promote",
    "queue_notice",
    "register",
    "reject",
    "save_event",
    "send_due_notices",
    "send_reminders",
    "show_comment",
    "withdraw_comment",
    "write_provision",
]
