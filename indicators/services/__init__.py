"""Writes that touch more than one row. Each is one transaction, keyword-only, with time passed in."""

from indicators.services.entry import (
    Conflict,
    Entry,
    may_write,
    once_might_write,
    save_values,
    start_submission,
)
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
    "advance",
    "ask",
    "change_round",
    "close_round",
    "enter_value",
    "may_write",
    "missing_values",
    "once_might_write",
    "possible_steps",
    "remind_reporters",
    "reopen_round",
    "save_values",
    "set_up_round",
    "start_submission",
    "waiting_in",
]
