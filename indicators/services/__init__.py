"""Writes that touch more than one row. Each is one transaction, keyword-only, with time passed in."""

from indicators.services.reporting import (
    STEPS,
    advance,
    possible_steps,
    save_values,
    start_submission,
)
from indicators.services.values import enter_value

__all__ = [
    "STEPS",
    "advance",
    "enter_value",
    "possible_steps",
    "save_values",
    "start_submission",
]
