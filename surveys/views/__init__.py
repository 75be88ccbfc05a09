"""The public pages of `surveys`."""

from surveys.views.landing import thanks, wave, wave_list, withdraw
from surveys.views.respond import respond

__all__ = ["respond", "thanks", "wave", "wave_list", "withdraw"]
