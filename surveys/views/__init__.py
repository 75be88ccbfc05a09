"""The public pages of `surveys`."""

from surveys.views.check import challenge, check
from surveys.views.invitation import invitation
from surveys.views.landing import thanks, wave, wave_list, withdraw
from surveys.views.offline import offline, worker
from surveys.views.respond import respond

__all__ = [
    "challenge",
    "check",
    "invitation",
    "offline",
    "respond",
    "thanks",
    "wave",
    "wave_list",
    "withdraw",
    "worker",
]
