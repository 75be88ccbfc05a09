"""Ending together with the process that started us, however that one ended."""

import os
import signal
import threading

VARIABLE = "SUARA_PARENT"


def end_with_parent() -> None:
    """Send this process SIGTERM once the process named in `SUARA_PARENT` is no longer its parent.

    A supervisor killed by SIGKILL cannot stop its children; they notice within half a second.
    """
    parent = os.environ.get(VARIABLE, "")
    if parent.isdigit():
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
