"""Runs the sender in a process and kills it, again and again; then lets it finish.

Usage: python -m tests.campaigns.killing <kills> <seed>. Django is loaded once; every life of the
sender is a fork of it. Each life starts five minutes later by the clock it is given, so that what
the dead one held has expired.
"""

import os
import random
import signal
import sys
import traceback
from datetime import timedelta

import django

LONGEST_LIFE = 0.8


def live(generation: int) -> None:
    """Send until the mailing is over. Ends the process."""
    from django.utils import timezone

    from campaigns.engine import tick
    from campaigns.models import Mailing

    code = 1
    try:
        at = timezone.now() + timedelta(minutes=5 * generation)
        while Mailing.objects.filter(state__in=Mailing.STARTED).exists():
            tick(at=at, limit=1)
            at += timedelta(seconds=1)
        code = 0
    except Exception:  # noqa: BLE001 - the process ends here and its reason must be seen
        traceback.print_exc()
    finally:
        os._exit(code)


def main(kills: int, seed: int) -> int:
    django.setup()
    chance = random.Random(seed)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    killed = 0
    for generation in range(kills):
        child = os.fork()
        if child == 0:
            live(generation)
        # Wakes early when the child ends by itself.
        signal.sigtimedwait([signal.SIGCHLD], chance.uniform(0.02, LONGEST_LIFE))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    child = os.fork()
    if child == 0:
        live(kills)
    _pid, status = os.waitpid(child, 0)
    sys.stdout.write(f"killed {killed}\n")
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
