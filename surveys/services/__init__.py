"""Every write of `surveys`. Keyword-only, one transaction each, time passed in as `at`."""

from surveys.services.fieldwork import move_wave, open_and_close_waves
from surveys.services.responding import (
    Saved,
    find_started,
    hash_of,
    receipt_code,
    restart,
    save_page,
    start,
    submit,
    withdraw,
)

__all__ = [
    "Saved",
    "find_started",
    "hash_of",
    "move_wave",
    "open_and_close_waves",
    "receipt_code",
    "restart",
    "save_page",
    "start",
    "submit",
    "withdraw",
]
