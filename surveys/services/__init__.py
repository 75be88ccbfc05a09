"""Every write of `surveys`. Keyword-only, one transaction each, time passed in as `at`."""

from surveys.services.audit import note
from surveys.services.exclusions import exclude_responses, revert_exclusion
from surveys.services.fieldwork import move_wave, open_and_close_waves
from surveys.services.flags import flag_wave, flag_waves
from surveys.services.handing_in import submit
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
from surveys.services.plans import questionnaire_of, save_plan_entry, save_scheme
from surveys.services.protection import is_guarded, lacks_proof
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
from surveys.services.responding import Saved, note_circumstances, restart, save_page, start
from surveys.services.retention import remove_identities, remove_identities_of
from surveys.services.unfinished import find_started
from surveys.services.unlinking import unlink_due
from surveys.services.waves import (
    adopt_questionnaire,
    create_wave,
    delete_wave,
    edit_wave,
    next_wave,
)

__all__ = [
    "Saved",
    "admit",
    "adopt_questionnaire",
    "correct_quota",
    "create_wave",
    "delete_quota",
    "delete_wave",
    "edit_wave",
    "exclude_responses",
    "find_invitation",
    "find_started",
    "first_incomplete",
    "flag_wave",
    "flag_waves",
    "give_back_places",
    "hash_of",
    "invite",
    "is_guarded",
    "is_over_quota",
    "known_receipt",
    "lacks_proof",
    "make_quotas",
    "mark_stale",
    "move_wave",
    "next_wave",
    "note",
    "note_circumstances",
    "note_letters",
    "note_opened",
    "open_and_close_waves",
    "path_of",
    "questionnaire_of",
    "receipt_code",
    "recount_quotas",
    "recount_wave",
    "reissue",
    "remove_identities",
    "remove_identities_of",
    "restart",
    "resumed_page",
    "revert_exclusion",
    "revoke",
    "save_page",
    "save_plan_entry",
    "save_quota",
    "save_scheme",
    "start",
    "submit",
    "thanks_text",
    "unlink_due",
    "withdraw",
]
