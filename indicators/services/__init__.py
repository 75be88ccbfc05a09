"""Writes that touch more than one row. Each is one transaction, keyword-only, with time passed in."""

from indicators.services.activities import StatusChange, change_statuses, save_activity
from indicators.services.baselines import remove_baseline, set_baseline
from indicators.services.declarations import (
    save_commitment,
    save_declaration,
    save_follow_up,
)
from indicators.services.entry import (
    Conflict,
    Entry,
    may_write,
    once_might_write,
    save_values,
    start_submission,
    versions_of,
)
from indicators.services.frameworkimports import (
    apply_import,
    proposal_of,
    read_workbook,
    reopen_version,
)
from indicators.services.frameworks import (
    add_node,
    freeze,
    map_nodes,
    move_node,
    reinstate_node,
    retire_node,
    save_with_history,
    shift_node,
    unmap_nodes,
)
from indicators.services.printedfacts import save_printed_facts
from indicators.services.reminders import remind_reporters
from indicators.services.reporting import STEPS, advance, missing_values, possible_steps
from indicators.services.rounds import (
    ask,
    change_round,
    close_round,
    reopen_round,
    set_up_round,
    waiting_in,
)
from indicators.services.values import enter_value

__all__ = [
    "STEPS",
    "Conflict",
    "Entry",
    "StatusChange",
    "add_node",
    "advance",
    "apply_import",
    "ask",
    "change_round",
    "change_statuses",
    "close_round",
    "enter_value",
    "freeze",
    "map_nodes",
    "may_write",
    "missing_values",
    "move_node",
    "once_might_write",
    "possible_steps",
    "proposal_of",
    "read_workbook",
    "reinstate_node",
    "remind_reporters",
    "remove_baseline",
    "reopen_round",
    "reopen_version",
    "retire_node",
    "save_activity",
    "save_commitment",
    "save_declaration",
    "save_follow_up",
    "save_printed_facts",
    "save_values",
    "save_with_history",
    "set_baseline",
    "set_up_round",
    "shift_node",
    "start_submission",
    "versions_of",
    "unmap_nodes",
    "waiting_in",
]
