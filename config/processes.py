"""A handful of child processes that start together and end together."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

from config.parenthood import VARIABLE


class Together:
    """Child processes as one: whichever ends, the others are ended too.

    Every child is told who its parent is, so that it ends by itself should this process be killed
    (see `config.parenthood`).
    """

    def __init__(self, *, env: Mapping[str, str] | None = None) -> None:
        self._env = {**os.environ, **(env or {}), VARIABLE: str(os.getpid())}
        self._children: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start one child; `name` is how messages call it."""
        # A process group of its own: Ctrl-C reaches only us, and we end the children in order.
        # (granian, interrupted together with its workers, takes them for crashed.)
        self._children[name] = subprocess.Popen(  # noqa: S603
            command, env=self._env, process_group=0
        )

    def ended(self) -> str:
        """Return the name of a child that has ended, or an empty text."""
        for name, child in self._children.items():
            if child.poll() is not None:
                return name
        return ""

    def wait(self, stop: threading.Event) -> str:
        """Wait until `stop` is set or a child ends; return the name of the one that did."""
        while not stop.is_set():
            if name := self.ended():
                return name
            stop.wait(0.25)
        return ""

    def end(self, *, patience: float = 15, by: signal.Signals = signal.SIGTERM) -> None:
        """Ask every child to end; after `patience` seconds end it and its own children by force."""
        for child in self._children.values():
            if child.poll() is None:
                child.send_signal(by)
        deadline = time.monotonic() + patience
        for child in self._children.values():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
