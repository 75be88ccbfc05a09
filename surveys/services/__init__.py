"""Every write of `surveys`. Keyword-only, one transaction each, time passed in as `at`."""

from surveys.services.fieldwork import move_wave, open_and_close_waves
from surveys.services.receipts import hash_of, mark_stale, receipt_code, withdraw
from surveys.services.responding import (
    Saved,
    find_started,
    first_incomplete,
    restart,
    save_page,
    start,
    submit,
)

__all__ = [
    "Saved",
    "find_started",
    "first_incomplete",
    "hash_of",
    "mark_stale",
    "move_wave",
    "open_and_close_waves",
    "receipt_code",
    "restart",
    "save_page",
    "start",
    "submit",
    "withdraw",
]
