"""How much memory a process and all that it has started hold, from /proc (Linux)."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

EVERY = 0.05


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(OSError):
            for children in Path(f"/proc/{one}/task").glob("*/children"):
                waiting += [int(child) for child in children.read_text().split()]
            found.append(one)
    return found


def started(word: str, *, by: int) -> int:
    """The process below `by` whose command has this word; there is exactly one topmost."""
    for pid in family(by):
        with contextlib.suppress(OSError):
            if word in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"):
                return pid
    raise RuntimeError(f"No process with {word} in its command was started.")


def resident(pid: int) -> float:
    """Megabytes held by a process and everything below it, shared pages counted once for each."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
    return total / 1024


class Peak:
    """The most that was held while the block ran, in megabytes."""

    def __init__(self) -> None:
        self.megabytes = 0.0


@contextlib.contextmanager
def peak(pid: int) -> Iterator[Peak]:
    """Look at a process twenty times a second until the block ends."""
    found, is_over = Peak(), threading.Event()

    def look() -> None:
        while not is_over.is_set():
            found.megabytes = max(found.megabytes, resident(pid))
            time.sleep(EVERY)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield found
    finally:
        is_over.set()
        looking.join()
