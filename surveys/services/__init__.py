"""Every write of `surveys`. Keyword-only, one transaction each, time passed in as `at`."""

from surveys.services.audit import note
from surveys.services.fieldwork import move_wave, open_and_close_waves
from surveys.services.invitations import (
    admit,
    find_invitation,
    invite,
    note_letters,
    note_opened,
    reissue,
    revoke,
)
from surveys.services.paths import first_incomplete, path_of, resumed_page
from surveys.services.quotas import (
    correct_quota,
    delete_quota,
    give_back_places,
    make_quotas,
    recount_quotas,
    recount_wave,
    save_quota,
)
from surveys.services.receipts import (
    hash_of,
    is_over_quota,
    known_receipt,
    mark_stale,
    receipt_code,
    thanks_text,
    withdraw,
)
from surveys.services.responding import (
    Saved,
    find_started,
    note_circumstances,
    restart,
    save_page,
    start,
    submit,
)
from surveys.services.unlinking import unlink_due
from surveys.services.waves import (
    adopt_questionnaire,
    create_wave,
    delete_wave,
    edit_wave,
    next_wave,
)

__all__ = [
    "unlink_due",
    "revoke",
    "reissue",
    "note_opened",
    "note_letters",
    "known_receipt",
    "invite",
    "find_invitation",
    "admit",
    "Saved",
    "adopt_questionnaire",
    "correct_quota",
    "create_wave",
    "delete_quota",
    "delete_wave",
    "edit_wave",
    "find_started",
    "first_incomplete",
    "give_back_places",
    "hash_of",
    "is_over_quota",
    "make_quotas",
    "mark_stale",
    "move_wave",
    "next_wave",
    "note",
    "note_circumstances",
    "open_and_close_waves",
    "path_of",
    "receipt_code",
    "recount_quotas",
    "recount_wave",
    "restart",
    "resumed_page",
    "save_page",
    "save_quota",
    "start",
    "submit",
    "thanks_text",
    "withdraw",
]
